"""What came of an extraction, in the active run."""

import mlflow

from projects.audio.extraction import FeatureSet


def log_features(features: FeatureSet) -> None:
    """Logs how many recordings were done, cached and failed, and the failures as a CSV."""
    print(features.summary())
    mlflow.log_metrics(
        {
            "features.done": features.done,
            "features.cached": features.cached,
            "features.failed": len(features.failures),
        }
    )
    mlflow.log_text(features.failures.to_csv(index=False), "features/failures.csv")
