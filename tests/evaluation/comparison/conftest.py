"""Networks as a comparison reads them, without runs."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from birds import answers, recordings

from evaluation.bootstrap import Interval
from evaluation.comparison.network import Network
from evaluation.comparison.section import Section, sections_of
from projects.audio.manifest import dataset_digest


@pytest.fixture
def make_network() -> Callable[..., Network]:
    """A function that makes a network; what is not named is as usual."""
    numbers: Iterator[int] = count()

    def make(skill: float = 0.8, luck: int = 0, **parts) -> Network:
        number = next(numbers)
        split = parts.get("recordings", recordings())
        usual = {
            "name": f"run {number}",
            "run_id": f"{number:032x}"[::-1],
            "version": f"birds {number}",
            "family": "AST",
            "recipe": "",
            "settings": {"seed": "0"},
            "dataset": dataset_digest(split[split["split"] == "test"]),
            "predictions": answers(skill, luck),
            "training": {"train_validation_gap": Interval(0.1), "epochs_to_best": Interval(4.0)},
            "costs": {"epochs": 5.0, "seconds": 450.0, "parameters": 1e6, "latency": 0.02},
            "machine": "this one",
            "recordings": split,
            "progress": {1: 0.5, 2: 0.6},
        }
        return Network(**(usual | parts))

    return make


@pytest.fixture
def make_section(make_network) -> Callable[..., Section]:
    """A function that makes a section of one-seed recipes: family to skill."""

    def make(**skills: float) -> Section:
        networks = [
            make_network(skill, place, family=family, recipe=family)
            for place, (family, skill) in enumerate(skills.items())
        ]
        (section,) = sections_of(networks)
        return section

    return make
