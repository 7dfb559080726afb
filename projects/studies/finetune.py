"""Keep a codec frozen, or train it on with a person's own sound?"""

import time
from dataclasses import dataclass
from functools import partial

import mlflow
import pandas as pd
import torch
from pydantic import Field

from evaluation.evaluation import as_dataset
from evaluation.reconstruction import TestClip
from evaluation.unseen import unseen
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TRAIN, VALIDATION
from projects.codec.clips import Cutting
from projects.codec.codec import Codec
from projects.codec.load import BUNDLED, load_codec, model_digest
from projects.codec.train_codec import VALIDATION_SECONDS, read_side
from projects.codec.training.clips import Clips
from projects.codec.training.config import TrainCodecConfig
from projects.codec.training.fit import CHECKPOINT, VALIDATION_CLIPS, fit
from projects.codec.training.trainer import CodecTrainer
from projects.studies.codec_scores import (
    QUALITY,
    judged,
    learnt_recordings,
    new_clips,
    score_given_back,
)
from projects.studies.engine.question import Outcome, Prepared, Question, Report
from projects.studies.engine.space import Choice, Real, Space
from projects.studies.trial_folder import trial_folder


class FinetuneConfig(TrainCodecConfig):
    """Keeps a codec as it is, or trains it on."""

    pretrained: str = Field(BUNDLED, description="codec to go on from: bundled, folder or hub id")
    steps: int = Field(0, ge=0, description="batches; 0 keeps the codec frozen")
    longest: int = Field(200, ge=4, description="steps of the longest training that is tried")
    bandwidth: float = Field(6.0, gt=0, description="kbit/s at which validation clips are judged")
    judged_seconds: float = Field(5.0, ge=1, le=20, description="length of a validation clip")
    judged_clips: int = Field(4, ge=1, description="of a validation recording, at most")


@dataclass(frozen=True, eq=False)
class _Shared:
    """What all trials share: recordings, those to train on, and clips that nothing has heard."""

    recordings: pd.DataFrame
    train: Clips
    validation: Clips
    judged: list[TestClip]


def space(config: FinetuneConfig) -> Space:
    """Frozen, or up to the longest training, at learning rates around its own.

    The codec that all trials go on from is in it, alone, as the best configuration needs it.
    """
    longest = config.longest
    return {
        "pretrained": Choice((config.pretrained,)),
        "steps": Choice((0, longest // 4, longest // 2, longest)),
        "learning_rate": Real(1e-5, 3e-3, log=True),
    }


def prepare(config: FinetuneConfig) -> Prepared[FinetuneConfig]:
    """Reads recordings as `train_codec` splits them; of the test side, nothing.

    What the codec has heard before may be trained on again, and is no validation: on that, the
    frozen codec would be the one at home.

    Raises:
        UserError: The split leaks, or the codec has heard all of the validation side.
    """
    codec = load_codec(config.pretrained)
    learnt = learnt_recordings(config)
    train, validation = (learnt[learnt["split"] == side] for side in (TRAIN, VALIDATION))
    recordings = pd.concat([train, unseen(codec.seen_audio, validation, "the codec")])
    for side in (TRAIN, VALIDATION):
        rows = recordings[recordings["split"] == side]
        mlflow.log_input(as_dataset(rows, side, dataset_digest(rows)), context=side)
    shared = _Shared(
        recordings,
        read_side(recordings, TRAIN, codec.model),
        read_side(recordings, VALIDATION, codec.model),
        new_clips(
            codec,
            recordings[recordings["split"] == VALIDATION],
            Cutting(config.judged_seconds, config.judged_clips),
        ),
    )
    digest = f"{dataset_digest(recordings)}, codec {codec.digest}"
    return Prepared(partial(_try_out, shared), digest)


def _try_out(shared: _Shared, config: FinetuneConfig, report: Report) -> Outcome:
    codec = load_codec(config.pretrained)
    measured: dict[str, float] = {}
    if config.steps:
        codec, measured = _trained_on(codec, shared, config, report)
    made = {
        clip.item: codec.given_back(clip.sound.samples, config.bandwidth) for clip in shared.judged
    }
    return judged(score_given_back(shared.judged, made, config.fan_out), measured)


def _trained_on(
    before: Codec, shared: _Shared, config: FinetuneConfig, report: Report
) -> tuple[Codec, dict[str, float]]:
    """The codec after a training as `train_codec` does it, and the seconds of a step."""
    what = {
        "settings": config.what_is_trained() | {"pretrained": before.digest},
        "split": shared.recordings[["audio", "split"]].to_csv(index=False),
    }
    torch.manual_seed(config.seed)
    with trial_folder(what) as folder:
        goes_on = (folder / CHECKPOINT).exists()
        trainer = CodecTrainer(config, before.model.requires_grad_(True), shared.train)
        validation = shared.validation.spread(
            VALIDATION_CLIPS, VALIDATION_SECONDS * before.sample_rate
        )
        start = time.perf_counter()
        fit(trainer, validation, folder, report)
        seconds = (time.perf_counter() - start) / config.steps
        model = trainer.finished_model().to("cpu").requires_grad_(False)
    # Of a training that was killed, only a part of the steps was timed.
    timed = {} if goes_on else {"step_seconds": seconds}
    return Codec(model, config.pretrained, model_digest(model)), timed


QUESTION = Question(
    text="Keep the codec frozen (steps=0), or train it on with this sound?",
    objectives={QUALITY: "maximize"},
    kind="reconstruction",
    job=FinetuneConfig,
    entry_point="train_codec",
    space=space,
    base={"demo_runs": 16, "demo_minutes": 1.0},
    prepare=prepare,
    own=frozenset(FinetuneConfig.model_fields) - frozenset(TrainCodecConfig.model_fields),
)
