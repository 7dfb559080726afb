"""From features to a trained network: settings, batches, the training loop and its resumption."""
