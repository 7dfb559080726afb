import numpy as np
import torch

from projects.species.augmentation.figure import augmentation_figure


def test_each_clip_stands_beside_its_augmented_self(tmp_path):
    """A transposed or flipped picture would show a person masks that are not there."""
    original = torch.randn(3, 30, 8)
    augmented = original + 1
    figure = augmentation_figure(original, augmented, clips=2)
    panels = [axis for axis in figure.axes if axis.images]
    assert [axis.get_title() for axis in panels] == [
        "clip 1, original",
        "clip 1, augmented",
        "clip 2, original",
        "clip 2, augmented",
    ]
    for axis, clip in zip(
        panels, (original[0], augmented[0], original[1], augmented[1]), strict=True
    ):
        assert axis.images[0].origin == "lower"
        np.testing.assert_allclose(axis.images[0].get_array(), clip.T)
    assert panels[0].images[0].get_clim() == panels[1].images[0].get_clim()
    assert panels[0].get_ylabel() == "mel band"
    assert panels[2].get_xlabel() == "time (frames)"
    figure.savefig(tmp_path / "figure.png")


def test_fewer_clips_than_asked_are_all_drawn():
    one = torch.randn(1, 30, 8)
    figure = augmentation_figure(one, one, clips=10)
    assert len([axis for axis in figure.axes if axis.images]) == 2
