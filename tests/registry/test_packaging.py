"""A model is kept without a pickle."""

import pandas as pd
import pytest
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, Schema

from projects.errors import UserError
from registry.packaging import log_served_model


@pytest.mark.parametrize("name", ["pytorch_model.bin", "optimizer.pt", "sub/model.pkl"])
def test_an_artifact_with_a_pickle_is_refused(tmp_path, name):
    """Loading a model from the registry must not run what somebody put into it."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"")
    signature = ModelSignature(inputs=Schema([ColSpec("string", "audio")]))
    with pytest.raises(UserError, match="never as a pickle"):
        log_served_model("m", tmp_path / "c.py", {"a": tmp_path}, signature, pd.DataFrame(), {})
