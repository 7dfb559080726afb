"""Registered models as they are served."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import mlflow
from mlflow.models import Model
from mlflow.pyfunc import FLAVOR_NAME, MAIN, PyFuncModel
from mlflow.pyfunc.loaders import code_model
from mlflow.pyfunc.model import MODEL_CODE_PATH

from projects.errors import UserError


def load_served(uri: str, kind: str, knows: str) -> PyFuncModel:
    """Loads a registered model and makes sure that it is of the kind that is asked for.

    Args:
        uri: As in `models:/NAME/VERSION`.
        kind: What to call it in an error.
        knows: An attribute that every model of this kind has.

    Raises:
        UserError: There is no such model, it would have to be unpickled, it cannot be loaded, or
            it is of another kind.
    """
    try:
        # Once: an alias may be on another version a moment later.
        folder = mlflow.artifacts.download_artifacts(uri)
        _check_saved_as_code(folder, uri, kind)
        with _from_source():
            model = mlflow.pyfunc.load_model(folder)
        getattr(model.unwrap_python_model(), knows)
    except UserError:
        raise
    except Exception as error:  # Whatever a damaged or foreign model raises while it loads.
        reason = (str(error).splitlines() or [""])[0]
        raise UserError(
            f"model: expected a registered {kind}, got {uri!r}: {type(error).__name__}: {reason}"
        ) from error
    return model


def _check_saved_as_code(folder: str, uri: str, kind: str) -> None:
    """Refuses a pickle unread: what it runs is not in the code whose digest is on record."""
    flavor = Model.load(folder).flavors.get(FLAVOR_NAME, {})
    if flavor.get(MAIN) != code_model.__name__ or MODEL_CODE_PATH not in flavor:
        raise UserError(
            f"model: expected a registered {kind}, saved as code, got {uri!r}, which is not: "
            "nothing is unpickled here, log it anew with python_model=PATH"
        )


@contextmanager
def _from_source() -> Iterator[None]:
    """Neither runs compiled code that lies beside a model, nor leaves any there.

    Python would run it in place of the source, and the digest of a model is that of its source.
    """
    with TemporaryDirectory() as elsewhere:
        before, sys.pycache_prefix = sys.pycache_prefix, elsewhere
        try:
            yield
        finally:
            sys.pycache_prefix = before
