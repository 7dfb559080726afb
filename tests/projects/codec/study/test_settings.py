import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from projects.codec.study import Study
from projects.codec.study.settings import FRAME, SAMPLE_RATE
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError


@pytest.mark.parametrize(
    "settings",
    [{"runs": 0}, {"minutes": 0.1}, {"tr": 0.1}, {"voxels": 3}, {"seed": -1}, {"sead": 1}],
)
def test_bad_settings_are_refused_in_one_line(settings):
    """A user would meet a traceback from deep inside numpy."""
    with pytest.raises(UserError) as refused:
        Study.validated(settings)
    assert "\n" not in str(refused.value)
    assert next(iter(settings)) in str(refused.value)


def test_settings_cannot_be_changed():
    """A study would no longer be what its folder is named by."""
    with pytest.raises(ValidationError):
        Study().seed = 1


@given(minutes=st.floats(0.25, 60), tr=st.floats(0.4, 4).map(lambda tr: round(tr, 3)))
def test_a_soundtrack_fills_its_trs(minutes, tr):
    """Codes and responses would differ in length, and the last TR would be a sliver of sound."""
    study = Study(minutes=minutes, tr=tr)
    assert study.samples % FRAME == 0
    assert TrGrid(tr, SAMPLE_RATE / FRAME, study.samples // FRAME).n_trs == study.n_trs
    assert abs(study.samples / SAMPLE_RATE - study.n_trs * tr) <= FRAME / SAMPLE_RATE
    assert abs(study.n_trs * tr - 60 * minutes) <= tr / 2 + 1e-6
