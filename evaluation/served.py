"""Registered models as they are served."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

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
        with _from_source():
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
