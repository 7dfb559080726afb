"""Sound as codes on the fMRI time grid, and back: codec, time series, baseline and autoencoder."""
