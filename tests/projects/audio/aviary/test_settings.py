import pytest

from projects.audio.aviary import Aviary
from projects.errors import UserError


@pytest.mark.parametrize(
    "settings",
    [
        {"species": 1},
        {"species": 91, "recordings": 1000},
        {"species": 90, "recordings": 320},
        {"recordings": 10**7},
        {"seed": -1},
        {"species": True},
        {"species": 2.5},
    ],
)
def test_bad_settings_are_refused_in_one_line(settings):
    """A user would meet a traceback from deep inside numpy, or a broken data set."""
    with pytest.raises(UserError) as refused:
        Aviary(**settings)
    message = str(refused.value)
    assert "\n" not in message
    assert "expected" in message and "got" in message
