"""Which species sings in this recording: front ends, augmentation, models and training."""
