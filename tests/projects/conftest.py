"""Sound files that the tests of the sound-in half share."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile


@pytest.fixture
def make_sound(tmp_path: Path) -> Callable[..., Path]:
    """Writes a bird-like chirp in noise; a seed a sound, so that no two are the same."""

    def make(name: str, seed: int = 0, seconds: float = 1.0, rate: int = 22050, **how) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        time = np.arange(round(seconds * rate)) / rate
        noise = np.random.default_rng(seed).standard_normal(len(time)) * 0.01
        chirp = 0.3 * np.sin(2 * np.pi * (2000 + 50 * seed) * time) * (np.sin(20 * time) > 0)
        soundfile.write(path, (noise + chirp).astype(np.float32), rate, **how)
        return path

    return make
