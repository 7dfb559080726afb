"""Which sounds of an evaluation are variants of one clip."""

import pytest

from dashboards.listening import clips
from dashboards.sounds import Sound


def named(*names: str) -> list[Sound]:
    return [
        Sound("codec", place, f"evaluation/audio/{name}", 1000) for place, name in enumerate(names)
    ]


def test_bitrates_are_in_order_between_original_and_baseline():
    """In the order of their names 12 kbit/s would come before 3."""
    systems = ["12kbps", "1.5kbps", "24kbps", "3kbps", "mel", "original"]
    (clip,) = clips(named(*(f"1-run_02-{system}.flac" for system in systems)))
    labels = [variant.label for variant in clip.variants]
    rates = [f"{rate} kbit/s" for rate in ("1.5", "3", "12", "24")]
    assert labels == ["Original", *rates, "mel + Griffin-Lim"]


def test_an_autoencoders_clips_need_no_name():
    sounds = named("1-autoencoder.flac", "1-codec.flac", "1-original.flac", "2-original.flac")
    (clip,) = clips(sounds)
    assert (clip.number, clip.name) == (1, "")
    assert [variant.system for variant in clip.variants] == ["original", "codec", "autoencoder"]


def test_clips_are_in_the_order_of_their_numbers():
    sounds = named(*(f"{clip}-a-{system}.flac" for clip in (10, 9, 2) for system in ("x", "y")))
    assert [clip.number for clip in clips(sounds)] == [2, 9, 10]


@pytest.mark.parametrize("name", ["original.flac", "x-original.flac", "1-.flac", "-.flac"])
def test_what_is_named_otherwise_is_no_clip(name):
    assert clips(named(name, name)) == []
