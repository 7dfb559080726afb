"""Studies: Optuna asks a question of a training, and answers it with evidence."""
