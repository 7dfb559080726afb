"""What a gate may ask of a training, beside what is measured on recordings."""

import mlflow
from mlflow.pyfunc import PyFuncModel

from evaluation.bootstrap import Interval

TRAINING_METRICS = ("train_validation_gap", "epochs_to_best")


def training_metrics(model: PyFuncModel) -> dict[str, Interval]:
    """Those that the run which trained a model has logged."""
    measured = mlflow.MlflowClient().get_run(model.metadata.run_id).data.metrics
    return {name: Interval(measured[name]) for name in TRAINING_METRICS if name in measured}
