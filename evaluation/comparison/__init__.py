"""Several networks side by side: which is better, beyond luck, and what do they differ in."""
