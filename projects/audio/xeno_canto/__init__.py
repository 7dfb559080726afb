"""Xeno-canto's metadata, as the API gives it or as people keep it, as a manifest."""

from projects.audio.xeno_canto.reader import read_xeno_canto

__all__ = ["read_xeno_canto"]
