"""A simulated fMRI study: synthetic speech, and responses whose making is known."""

from projects.codec.study.settings import Study
from projects.codec.study.truth import Truth, read_truth
from projects.codec.study.write import read_study

__all__ = ["Study", "Truth", "read_study", "read_truth"]
