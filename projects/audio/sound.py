"""Sound out of whatever holds it: a sound file or a video."""

from pathlib import Path

import soundfile

from projects.audio.decode import RecordingError, Sound, check_file, decode
from projects.audio.video import CONTAINERS, is_video, sound_of_video


def read_sound(path: Path) -> Sound:
    """Reads a sound file, or the sound of a video, by what is in it and not by its name.

    Args:
        path: A file that `decode` or `sound_of_video` reads.

    Returns:
        Mono sound at the file's own rate.

    Raises:
        RecordingError: The file is missing, empty, neither of the two, or one that they refuse.
    """
    check_file(path)
    if _is_sound_file(path):
        return decode(path)
    if is_video(path):
        return sound_of_video(path)
    raise RecordingError(
        f"expected WAV, FLAC, OGG or MP3 audio or video in {CONTAINERS}, got neither, "
        "or one that is damaged"
    )


def _is_sound_file(path: Path) -> bool:
    try:
        soundfile.SoundFile(path).close()
    except soundfile.LibsndfileError:
        return False
    return True
