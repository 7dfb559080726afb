"""One evaluation of a model that gives sound back, as it is served, against the originals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.pyfunc import PyFuncModel
from tqdm import tqdm

from evaluation.bootstrap import Interval
from evaluation.clip_scores import ClipScores, intervals, paired_difference
from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY
from evaluation.quality.scoring import score_pair
from projects.audio.base64_audio import from_base64, to_base64
from projects.audio.decode import RecordingError, Sound
from projects.audio.resample import resample
from projects.errors import UserError
from projects.parallel import FanOut

PAIRS_A_JOB = 8

UNSCORED = "unscored"
"""Largest share of clips that a metric could not be had of; a model must not gain by silence."""

LONGEST_MISS = 0.05
"""Seconds that an answer's length may be off by rounding. What is cut short is no answer: a model
would be judged by its best second alone."""

CEILING, LOST = "codec_", "_lost"

MEASURED = (
    *QUALITY,
    *(CEILING + metric for metric in QUALITY),
    *(metric + LOST for metric in QUALITY),
    UNSCORED,
)
"""All that a gate can ask of a reconstruction."""

COMPARED = tuple(metric for metric, higher in HIGHER_IS_BETTER.items() if higher)
"""What a champion can be compared on."""


@dataclass(frozen=True, eq=False)
class TestClip:
    """A piece of a recording that the model has not heard.

    Attributes:
        item: Its name.
        group: Of its recording.
        audio: Digest of its recording.
        start: Seconds into the recording.
        sound: What is to come back.
    """

    __test__ = False  # Not one of pytest's.

    item: str
    group: str
    audio: str
    start: float
    sound: Sound


Reconstruct = Callable[[Sound], Sound]


@dataclass(frozen=True, eq=False)
class Reconstructions:
    """What was measured.

    Attributes:
        clips: That were asked for.
        sounds: Item to what came back, for those that did.
        scores: Of the model.
        ceiling: Of the codec's own decoding of the true codes, on the same clips.
        metrics: Name to mean with its 95 % interval over groups; `codec_<m>` is the ceiling's and
            `<m>_lost` how much worse the model is than that, paired.
    """

    clips: list[TestClip]
    sounds: dict[str, Sound]
    scores: ClipScores
    ceiling: ClipScores
    metrics: dict[str, Interval]


def evaluate_reconstruction(
    model: PyFuncModel, ceiling: Reconstruct, clips: Sequence[TestClip], fan_out: FanOut
) -> Reconstructions:
    """Sends each clip through the served model and through the codec alone, and scores both.

    Args:
        model: Sound in, sound out, as it is served.
        ceiling: What the codec alone gives back.
        clips: At least one.
        fan_out: Where to score.

    Raises:
        UserError: There is no clip, or the model gave not one back.
    """
    if not clips:
        raise UserError("no test clip is left that neither model nor codec has heard")
    return beside_ceiling(clips, *_answers(model, clips), ceiling, fan_out)


def beside_ceiling(
    clips: Sequence[TestClip],
    sounds: dict[str, Sound],
    refused: dict[str, str],
    ceiling: Reconstruct,
    fan_out: FanOut,
) -> Reconstructions:
    """Scores what came back of clips, and what the codec alone gives back of them.

    Args:
        clips: The originals, at least one.
        sounds: Item to what came back.
        refused: Item to reason, for the others.
        ceiling: What the codec alone gives back.
        fan_out: Where to score.
    """
    scores = score_sounds(clips, sounds, refused, fan_out)
    own = {clip.item: ceiling(clip.sound) for clip in clips}
    of_codec = score_sounds(clips, own, {}, fan_out)
    metrics = intervals(scores)
    metrics |= {CEILING + name: value for name, value in intervals(of_codec).items()}
    metrics |= _lost(scores, of_codec)
    metrics[UNSCORED] = Interval(1 - min(scores.scored.values()) / len(clips))
    return Reconstructions(list(clips), sounds, scores, of_codec, metrics)


def score_served(model: PyFuncModel, clips: Sequence[TestClip], fan_out: FanOut) -> ClipScores:
    """Scores what a served model gives back of clips."""
    return score_sounds(clips, *_answers(model, clips), fan_out)


def score_sounds(
    clips: Sequence[TestClip], sounds: dict[str, Sound], refused: dict[str, str], fan_out: FanOut
) -> ClipScores:
    """Scores reconstructions on all cores.

    Args:
        clips: The originals.
        sounds: Item to what came back.
        refused: Item to reason, for the others.
        fan_out: Where to score.
    """
    there = [clip for clip in clips if clip.item in sounds]
    jobs = [
        [(clip.item, clip.sound, sounds[clip.item]) for clip in there[start : start + PAIRS_A_JOB]]
        for start in range(0, len(there), PAIRS_A_JOB)
    ]
    scored: dict[str, tuple[dict[str, float], dict[str, str]]] = {
        item: ({}, {metric: reason for metric in QUALITY}) for item, reason in refused.items()
    }
    with tqdm(total=len(there), desc="scoring", unit="clip") as bar:
        for job, results in fan_out.run(_score_job, jobs):
            scored |= results
            bar.update(len(job))
    return ClipScores.gather(
        [clip.item for clip in clips],
        [clip.group for clip in clips],
        [scored[clip.item] for clip in clips],
    )


def _score_job(
    pairs: list[tuple[str, Sound, Sound]],
) -> dict[str, tuple[dict[str, float], dict[str, str]]]:
    return {item: _score_one(reference, made) for item, reference, made in pairs}


def _score_one(reference: Sound, made: Sound) -> tuple[dict[str, float], dict[str, str]]:
    wanted = resample(reference, made.sample_rate).samples
    # A resampler rounds the length; a frame's worth at the end is not what is judged.
    length = min(len(wanted), len(made.samples))
    return score_pair(wanted[:length], made.samples[:length], made.sample_rate)


def _answers(
    model: PyFuncModel, clips: Sequence[TestClip]
) -> tuple[dict[str, Sound], dict[str, str]]:
    sounds: dict[str, Sound] = {}
    refused: dict[str, str] = {}
    for clip in tqdm(clips, desc="reconstructing", unit="clip"):
        try:
            sounds[clip.item] = _answer(model, clip.sound)
        except (MlflowException, RecordingError) as error:
            refused[clip.item] = str(error).splitlines()[0]
    if not sounds:
        raise UserError(
            f"not one of {len(clips)} clips came back; the first: {next(iter(refused.values()))}"
        )
    return sounds, refused


def _answer(model: PyFuncModel, sound: Sound) -> Sound:
    answer = model.predict(pd.DataFrame({"audio": [to_base64(sound)]}))
    made = from_base64(answer["audio"].iloc[0])
    if abs(made.seconds - sound.seconds) > LONGEST_MISS:
        raise RecordingError(
            f"expected {sound.seconds:.3f} s back as it was sent, got {made.seconds:.3f} s"
        )
    return made


def _lost(scores: ClipScores, ceiling: ClipScores) -> dict[str, Interval]:
    """How much worse the model is than its codec, paired, above 0 for worse."""
    lost = {}
    for metric, higher in HIGHER_IS_BETTER.items():
        worse, better = (ceiling, scores) if higher else (scores, ceiling)
        try:
            lost[metric + LOST] = paired_difference(worse, better, metric)
        except UserError:
            continue  # No clip has both: the metric is missing, which a gate calls an ERROR.
    return lost
