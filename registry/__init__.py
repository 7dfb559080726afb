"""Which model is in use: packaging, registration and promotion."""
