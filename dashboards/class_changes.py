"""Which classes gain and which lose where one classifier takes another's place."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.charts import PIXELS_A_BAR, Figure, plain
from dashboards.filters import figure
from evaluation.findings import by_class
from evaluation.predictions import Predictions

DRAWN = 30
"""Classes that fit a chart; the table has all."""


@dataclass(frozen=True)
class ClassChange:
    """One class before and after.

    Attributes:
        label: The class.
        clips: Of it.
        f1: Of the one and the other, ours first.
        recall: Likewise.
    """

    label: str
    clips: int
    f1: tuple[float, float]
    recall: tuple[float, float]

    @property
    def gain(self) -> float:
        """Ours minus theirs, of the F1."""
        return self.f1[0] - self.f1[1]


def class_changes(ours: Predictions, theirs: Predictions) -> list[ClassChange]:
    """All classes that have clips, the most gained first.

    Args:
        ours: Of the one classifier.
        theirs: Of the other, on the same clips in the same order.
    """
    both = by_class(ours), by_class(theirs)
    changes = [
        ClassChange(
            label,
            int(values["support"]),
            (values["f1"], both[1][label]["f1"]),
            (values["recall"], both[1][label]["recall"]),
        )
        for label, values in both[0].items()
        if values["support"] > 0
    ]
    return sorted(changes, key=lambda each: each.gain, reverse=True)


def changes_figure(changes: Sequence[ClassChange]) -> Figure | None:
    """The classes that changed most as bars, gains on top; None where nothing changed."""
    changed = sorted((each for each in changes if each.gain), key=lambda each: -abs(each.gain))
    shown = sorted(changed[:DRAWN], key=lambda each: each.gain)
    if not shown:
        return None
    hover = [
        f"{plain(each.label)}: F1 {figure(each.f1[1])} to {figure(each.f1[0])}, {each.clips} clips"
        for each in shown
    ]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [each.gain for each in shown],
        "y": list(range(len(shown))),
        "text": hover,
        "textposition": "none",
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"color": ["--series-1" if each.gain > 0 else "--series-2" for each in shown]},
    }
    ticks = {"tickvals": bars["y"], "ticktext": [plain(each.label) for each in shown]}
    layout = {
        "height": 90 + PIXELS_A_BAR * len(shown),
        "xaxis": {"title": {"text": "F1 gained"}, "zeroline": True, "zerolinecolor": "--quiet"},
        "yaxis": {**ticks, "showgrid": False},
    }
    return {"data": [bars], "layout": layout}
