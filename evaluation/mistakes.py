"""Which mistakes of a classifier are kept to be heard, and under which names."""

from evaluation.predictions import Predictions

KEPT = 8
LONGEST_LABEL = 40


def mistake_files(predictions: Predictions) -> dict[str, str]:
    """Item to file name of the surest mistakes, the surest first; of equals, the first clip."""
    table = predictions.to_frame()
    worst = table[~table["correct"]].nlargest(KEPT, "confidence")
    return {
        row.item: f"{place:02}-said-{_plain(row.predicted)}-is-{_plain(row.truth)}.flac"
        for place, row in enumerate(worst.itertuples(), start=1)
    }


def _plain(label: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in label)[:LONGEST_LABEL]
