"""The server as it starts."""

import shutil
import subprocess
import sys

import pytest
from conftest import environment

START = "from dashboards.server import create_basic_auth_app; create_basic_auth_app()"


@pytest.mark.slow
@pytest.mark.parametrize(
    "missing", ["MLFLOW_AUTH_ADMIN_PASSWORD", "MLFLOW_FLASK_SERVER_SECRET_KEY"]
)
def test_a_setting_that_is_missing_is_one_line(tmp_path, empty_database, missing):
    """Who sets up accounts would look for the name of a variable in a traceback of two pages."""
    shutil.copy(empty_database, tmp_path / "mlflow.db")
    (tmp_path / "accounts.ini").write_text(
        "[mlflow]\ndefault_permission = READ\nadmin_username = admin\n"
        f"database_uri = sqlite:///{tmp_path}/accounts.db\n"
    )
    settings = {
        "_MLFLOW_SERVER_FILE_STORE": "sqlite:///mlflow.db",
        "MLFLOW_AUTH_CONFIG_PATH": str(tmp_path / "accounts.ini"),
        "MLFLOW_AUTH_ADMIN_PASSWORD": "chosen at the first start",
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "only of this test",
    }
    del settings[missing]
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=tmp_path,
        env={**environment(), **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert missing in last
