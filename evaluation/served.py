"""Registered models as they are served."""

import mlflow
from mlflow.pyfunc import PyFuncModel

from projects.errors import UserError


def load_served(uri: str, kind: str, knows: str) -> PyFuncModel:
    """Loads a registered model and makes sure that it is of the kind that is asked for.

    Args:
        uri: As in `models:/NAME/VERSION`.
        kind: What to call it in an error.
        knows: An attribute that every model of this kind has.

    Raises:
        UserError: There is no such model, it cannot be loaded, or it is of another kind.
    """
    try:
        model = mlflow.pyfunc.load_model(uri)
        getattr(model.unwrap_python_model(), knows)
    except UserError:
        raise
    except Exception as error:  # Whatever a damaged or foreign model raises while it loads.
        reason = (str(error).splitlines() or [""])[0]
        raise UserError(
            f"model: expected a registered {kind}, got {uri!r}: {type(error).__name__}: {reason}"
        ) from error
    return model
