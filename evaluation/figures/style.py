"""What all figures share: colours that colour-blind readers can tell apart."""

# Okabe and Ito, "Color Universal Design" (2008), without yellow, which is faint on white.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
ABSENT = "#DDDDDD"
SMALL = 7  # font size in points of labels that come in tens

MARKERS = "os^Dvx"
"""So that lines differ without colour too."""
