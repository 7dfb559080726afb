"""The systems that run on Syrinx, from recordings to trained models."""
