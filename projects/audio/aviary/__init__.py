"""A seeded synthesiser of bird song: demo recordings that need no network."""

from projects.audio.aviary.catalogue import plan_recordings
from projects.audio.aviary.settings import Aviary
from projects.audio.aviary.write import write_aviary, write_catalogue, write_recording

__all__ = ["Aviary", "plan_recordings", "write_aviary", "write_catalogue", "write_recording"]
