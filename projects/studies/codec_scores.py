"""What studies of a codec itself hear it by: recordings that are not the test's, and new to it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from evaluation.clip_scores import ClipScores
from evaluation.reconstruction import TestClip, score_sounds
from evaluation.unseen import unseen
from projects.audio.decode import Sound
from projects.audio.digests import UNREADABLE, with_digests
from projects.audio.splits import TEST, check_same_sound
from projects.codec.autoencoder.held_out import cut_recordings
from projects.codec.clips import Cutting
from projects.codec.codec import Codec
from projects.codec.data import SplitConfig
from projects.codec.split import split_by_name
from projects.errors import UserError
from projects.parallel import FanOut
from projects.studies.codec_trials import outcome_of
from projects.studies.engine.question import Outcome

QUALITY = "si_sdr"
"""Unlike PESQ it is of any sound, and it does not level off."""


def learnt_recordings(config: SplitConfig) -> pd.DataFrame:
    """Recordings as `train_codec` splits them, with digests, without those of the test side.

    These are left out before anything is read of them.

    Raises:
        UserError: A side is empty, or the split leaks.
    """
    split = split_by_name(
        config.manifest(), config.split_seed, config.validation_fraction, config.test_fraction
    )
    learnt = with_digests(split[split["split"] != TEST].reset_index(drop=True))
    check_same_sound(learnt[learnt["audio"] != UNREADABLE])
    return learnt


def new_clips(codec: Codec, recordings: pd.DataFrame, cutting: Cutting) -> list[TestClip]:
    """Clips of the recordings that a codec was neither trained nor selected on.

    Raises:
        UserError: There are none.
    """
    clips = cut_recordings(
        unseen(codec.seen_audio, recordings, "the codec"), cutting, codec.sample_rate
    )
    if not clips:
        raise UserError(f"not one of {len(recordings)} recordings could be read: see the warnings")
    return clips


def score_given_back(
    clips: Sequence[TestClip], samples: Mapping[str, np.ndarray], fan_out: FanOut
) -> ClipScores:
    """Scores what came back of clips.

    Args:
        clips: The originals.
        samples: Clip's item to (n,) float32 at the clip's rate, n at least the clip's.
        fan_out: Where to score.
    """
    sounds = {clip.item: Sound(samples[clip.item], clip.sound.sample_rate) for clip in clips}
    return score_sounds(clips, sounds, {}, fan_out)


def judged(scores: ClipScores, measured: Mapping[str, float]) -> Outcome:
    """A trial's outcome: mean quality, and beside it the other metrics and what else there is.

    Raises:
        UserError: Not one clip has a quality.
    """
    if not scores.scored[QUALITY]:
        raise UserError(f"not one clip has {QUALITY}: {scores.failures['reason'].iloc[0]}")
    return outcome_of(scores, QUALITY, {}, measured)
