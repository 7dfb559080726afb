"""What all studies share: proposals, trials, workers, and what is told at the end."""
