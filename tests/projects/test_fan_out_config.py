import pytest

from projects.errors import UserError
from projects.fan_out_config import FanOutConfig
from projects.parallel import FanOut


def test_what_is_asked_for_is_where_jobs_run():
    asked = {"backend": "dask", "scheduler": "tcp://host:8786", "workers": "3"}
    given = FanOutConfig.validated(asked)
    assert given.fan_out == FanOut(backend="dask", scheduler="tcp://host:8786", workers=3)
    assert FanOutConfig().fan_out == FanOut()


@pytest.mark.parametrize(("name", "value"), [("backend", "spark"), ("workers", 0)])
def test_what_is_not_there_is_refused(name, value):
    with pytest.raises(UserError, match=name):
        FanOutConfig.validated({name: value})
