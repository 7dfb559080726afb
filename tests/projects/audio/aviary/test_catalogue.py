import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from projects.audio.aviary import Aviary, plan_recordings
from projects.audio.aviary.names import RECORDIST_INDEX, SPECIES_INDEX

XENO_CANTO = [
    *("id", "gen", "sp", "en", "rec", "cnt", "lat", "lng", "type", "q", "length", "date", "time"),
    *("lic", "file-name", "smp"),
]


@pytest.fixture(scope="module")
def plan():
    return plan_recordings(Aviary())


def seconds(plan):
    return plan["length"].map(lambda text: 60 * int(text.split(":")[0]) + int(text.split(":")[1]))


def test_plan_has_xeno_canto_columns_and_says_it_is_synthetic(plan):
    """Code for Xeno-canto's tables would not read it, or someone would take it for real birds."""
    assert list(plan.columns) == [*XENO_CANTO, "source"]
    assert plan["source"].str.contains("synthetic").all()
    assert plan["id"].is_unique and plan["file-name"].is_unique


def test_lengths_are_skewed_to_short(plan):
    """Benchmarks on the demo set would not stand for field recordings."""
    lengths = seconds(plan)
    assert lengths.between(3, 60).all()
    assert lengths.median() < lengths.mean()
    assert 10 < lengths.mean() < 14


def test_counts_are_long_tailed(plan):
    """Imbalance, which training and metrics have to cope with, would be missing."""
    species = plan.groupby(["gen", "sp"]).size()
    recordists = plan.groupby("rec").size()
    assert species.max() >= 3 * species.min()
    assert recordists.max() >= 5 * recordists.median()


def test_recordists_record_many_species(plan):
    """A split by recordist would be a split by species, and no model could pass it."""
    assert plan.groupby("rec")["sp"].nunique().median() >= 3


@hypothesis_settings(max_examples=10, deadline=None)
@given(species=st.integers(2, 90), seed=st.integers(0, 1000))
def test_every_species_has_six_recordings_by_four_recordists(species, seed):
    """A rare species would be missing from a split grouped by recordist."""
    plan = plan_recordings(Aviary(species, 6 * species, seed))
    by_species = plan.groupby(["gen", "sp"])
    assert len(by_species) == species
    assert by_species.size().min() >= 6
    assert by_species["rec"].nunique().min() >= 4


def test_plan_is_the_same_for_the_same_seed_only(plan):
    """Runs on the demo set could not be compared."""
    pd.testing.assert_frame_equal(plan, plan_recordings(Aviary()))
    assert not plan.equals(plan_recordings(Aviary(seed=1)))


def test_a_recordist_keeps_one_sample_rate_and_one_format(plan):
    """The recordist's equipment would not confound, as it does in field recordings."""
    suffix = plan["file-name"].str.extract(r"(\.\w+)$")[0]
    assert (plan.groupby("rec")["smp"].nunique() == 1).all()
    assert (suffix.groupby(plan["rec"]).nunique() == 1).all()
    assert set(np.unique(plan["smp"])) <= {22050, 32000, 44100, 48000}


def test_names_are_unique():
    """Two species or two recordists would be counted as one."""
    assert len(SPECIES_INDEX) == 90
    assert len(RECORDIST_INDEX) == 400
