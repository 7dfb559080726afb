"""Codes of a TR through a bottleneck and back: the seed's autoencoder, and what it says of fMRI."""
