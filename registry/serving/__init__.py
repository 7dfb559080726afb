"""A version of a registered model that answers, and how another takes its place."""
