"""Which settings matter."""

import numpy as np
import pytest

from dashboards.importance import importances


@pytest.mark.parametrize("direction", ["maximize", "minimize"])
def test_a_setting_that_decides_is_told_from_one_that_does_not(direction):
    random = np.random.default_rng(0)
    settings = [
        {"rate": float(rate), "width": int(width), "kind": kind, "same": 3}
        for rate, width, kind in zip(
            random.random(60), random.integers(1, 9, 60), random.choice(["a", "b"], 60), strict=True
        )
    ]
    values = [each["rate"] for each in settings]
    found = importances(settings, values, direction)
    assert set(found) == {"rate", "width", "kind"}
    assert next(iter(found)) == "rate"
    assert found["rate"] > 0.6
    assert sum(found.values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("settings", "values"),
    [
        ([], []),
        ([{"x": 1}, {"x": 2}], [0.1, 0.2]),
        ([{"x": 1}] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]),
        ([{"x": place} for place in range(5)], [1.0] * 5),
        ([{"x": 1}, *[{"y": place} for place in range(5)]], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
    ],
    ids=["none", "few", "one configuration", "one value", "nothing in common"],
)
def test_where_nothing_can_be_said_nothing_is(settings, values):
    assert importances(settings, values, "maximize") == {}
