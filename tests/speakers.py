"""Recordings of five speakers, each on a side of the split, for studies of a codec."""

from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from tiny_codec import speech

SIDES = {"a": "train", "b": "train", "c": "validation", "d": "test", "e": "validation"}


def write_speakers(folder: Path) -> Path:
    """Writes a second of speech for each speaker, and the CSV that says who is on which side."""
    for number, name in enumerate(SIDES):
        part = speech(6, number % 2)[24_000 * number :][:24_000]
        soundfile.write(folder / f"{name}.wav", part.astype(np.float32), 24_000)
    rows = [(f"{name}.wav", name, side) for name, side in SIDES.items()]
    table = pd.DataFrame(rows, columns=["path", "speaker", "split"])
    table.to_csv(folder / "list.csv", index=False)
    return folder / "list.csv"
