import pandas as pd

from projects.codec.training.card import codec_card
from projects.codec.training.config import TrainCodecConfig


def test_the_card_says_what_was_heard_and_what_is_reached():
    """A codec without it cannot be trusted, nor made again."""
    rows = [("train", "speech")] * 3 + [("validation", "music")] + [("test", "music")] * 7
    split = pd.DataFrame(rows, columns=["split", "label"])
    early = {"validation.si_sdr.6kbps": 1.25, "train.mel": 9.0}
    last = {"validation.si_sdr.6kbps": 7.125, "train.mel": 4.0}
    card = codec_card(
        TrainCodecConfig(steps=321, pretrained="mine"), split, {200: last, 100: early}
    )
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in card.splitlines()]
    assert ["train", "speech", "3"] in cells
    assert ["train", "music", "0"] in cells
    assert ["validation", "music", "1"] in cells
    assert ["steps", "321"] in cells
    assert ["pretrained", "mine"] in cells
    assert "after step 200" in card
    (reached,) = [row for row in cells if row and row[0] == "si_sdr.6kbps"]
    assert reached[1].startswith("7.1")
    assert "train.mel" not in card
