"""Names as Matplotlib can write them."""

from textwrap import wrap

WIDTH, LINES = 34, 3


def wrapped(name: str) -> str:
    """The name on a few short lines, cut after them, so that it is shown as it is.

    A dollar sign in it begins no formula, and an underscore before it hides it from no legend.
    """
    lines = wrap(name, WIDTH, max_lines=LINES, placeholder=" ...")
    text = "\n".join(lines).replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text
