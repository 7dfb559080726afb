"""Entry point: fills the feature store from recordings, and says what failed."""

from projects.feature_log import log_features
from projects.species.data import FeatureConfig
from projects.species.features import extract_features
from projects.tracking import run_entry_point


def generate_features(config: FeatureConfig) -> None:
    """Computes the features that are missing and logs the summary."""
    features = extract_features(
        config.manifest(), config.built_front_end(), config.store, config.fan_out
    )
    log_features(features)


if __name__ == "__main__":
    run_entry_point(FeatureConfig, generate_features, experiment="species")
