"""Entry point: fills the feature store from recordings, and says what failed."""

import mlflow

from projects.species.data import FeatureConfig
from projects.species.features import FeatureSet, extract_features
from projects.tracking import run_entry_point


def generate_features(config: FeatureConfig) -> None:
    """Computes the features that are missing and logs the summary."""
    features = extract_features(
        config.manifest(), config.built_front_end(), config.store, config.fan_out
    )
    log_features(features)


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


if __name__ == "__main__":
    run_entry_point(FeatureConfig, generate_features, experiment="species")
