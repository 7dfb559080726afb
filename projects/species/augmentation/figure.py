"""Clips beside what augmentation made of them."""

from matplotlib.figure import Figure
from torch import Tensor


def augmentation_figure(original: Tensor, augmented: Tensor, clips: int) -> Figure:
    """Draw each clip beside its augmented self, on one colour scale a clip.

    Args:
        original: (batch, time, mel).
        augmented: (batch, time, mel), in the same order.
        clips: Most clips to draw, from the first of the batch.

    Returns:
        A figure of one row a clip, low frequencies at the bottom.
    """
    rows = min(clips, len(original))
    figure = Figure(figsize=(10, 2.4 * rows + 0.6), layout="constrained")
    axes = figure.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
    for row in range(rows):
        low, high = original[row].min().item(), original[row].max().item()
        for axis, clip, name in zip(
            axes[row], (original[row], augmented[row]), ("original", "augmented"), strict=True
        ):
            image = axis.imshow(clip.T.cpu(), origin="lower", aspect="auto", vmin=low, vmax=high)
            axis.set_title(f"clip {row + 1}, {name}")
        axes[row][0].set_ylabel("mel band")
        figure.colorbar(image, ax=axes[row].tolist(), label="feature value")
    for axis in axes[-1]:
        axis.set_xlabel("time (frames)")
    return figure
