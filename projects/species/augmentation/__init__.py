"""What is done to training features to make the model robust: masks, mixtures, shifts, noise.

A batch is (batch, time, mel) float32, time first. Every draw comes from torch's global CPU
generator, whatever device the features are on, so that a seeded or resumed training repeats.
"""
