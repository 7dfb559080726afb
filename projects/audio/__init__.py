"""Sound in: decoding, the manifest, grouped splits, the feature store and the demo aviary."""
