"""A trial of a codec study: an autoencoder measured on validation clips, and on no others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import mlflow
import numpy as np
import pandas as pd

from evaluation.clip_scores import ClipScores
from evaluation.evaluation import as_dataset
from evaluation.reconstruction import UNSCORED, TestClip, score_sounds
from projects.audio.decode import Sound
from projects.audio.extraction import FeatureSet, extract
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TEST, TRAIN, VALIDATION, check_same_sound, check_split
from projects.codec.autoencoder.fit import fit
from projects.codec.autoencoder.held_out import cut_clips
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.judgement import unheard_clips
from projects.codec.autoencoder.load import load_autoencoder
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.autoencoder.scores import Scores
from projects.codec.autoencoder.seen import Seen
from projects.codec.autoencoder.sides import split_trs, stretch_table
from projects.codec.autoencoder.stimuli import Stimulus, read_stimuli, samples_of
from projects.codec.codec import Codec
from projects.codec.features import VERSION
from projects.codec.load import load_codec
from projects.codec.split import split_by_name
from projects.feature_log import log_features
from projects.studies.engine.question import Outcome, Prepared, Report
from projects.studies.trial_folder import trial_folder

LEARNT = (TRAIN, VALIDATION)

QUALITY = "stoi"
"""Tells short trainings apart: envelopes come first. Until phase is right, PESQ stays at its floor,
1.03, and SI-SDR at -40 dB and below; ten epochs on LibriSpeech left both there, and STOI at 0.33 of
the codec's 0.85."""


@dataclass(frozen=True, eq=False)
class Trained:
    """An autoencoder after its training.

    Attributes:
        config: Of the trial.
        codec: Whose codes it was trained on.
        network: With the weights of its best epoch, in evaluation mode.
        train: TRs that it was trained on.
        validation: How well it predicts the codes of the validation TRs.
        best_epoch: Its number.
        clips: Of the validation side.
        sounds: Clip's item to what came back of it.
    """

    config: TrainAutoencoderConfig
    codec: Codec
    network: Autoencoder
    train: TrSamples
    validation: Scores
    best_epoch: int
    clips: Sequence[TestClip]
    sounds: dict[str, Sound]

    def outcome(self, quality: str, **costs: float) -> Outcome:
        """The clips' mean quality, and beside it the other metrics.

        Args:
            quality: Metric that is the first objective.
            costs: The other objectives.
        """
        scores = score_sounds(self.clips, self.sounds, {}, self.config.fan_out)
        return outcome_of(scores, quality, costs, self.learnt())

    def learnt(self) -> dict[str, float]:
        """How well the codes were learnt, whatever it sounds like."""
        return {"accuracy": self.validation.mean_accuracy, "best_epoch": float(self.best_epoch)}


def outcome_of(
    scores: ClipScores, quality: str, costs: Mapping[str, float], measured: Mapping[str, float]
) -> Outcome:
    """A trial's outcome: the clips' mean quality, and beside it their other metrics.

    Args:
        scores: Of the clips.
        quality: Metric that is the first objective; NaN where no clip has it.
        costs: The other objectives.
        measured: What else there is to tell.
    """
    means = scores.values.mean()
    others = {str(name): float(value) for name, value in means.drop(quality).dropna().items()}
    unscored = 1 - scores.scored[quality] / len(scores.item_ids)
    values = {quality: float(means[quality]), **costs}
    return Outcome(values, scores.to_frame(), {**others, UNSCORED: unscored, **measured})


@dataclass(frozen=True, eq=False)
class _Shared:
    """What all trials share: recordings, the sides of their TRs, codec and clips."""

    recordings: pd.DataFrame
    sides: list[np.ndarray]
    codec: Codec
    clips: list[TestClip]


def prepare_codec(
    measure: Callable[[Trained], Outcome], config: TrainAutoencoderConfig
) -> Prepared[TrainAutoencoderConfig]:
    """Splits TRs as `train_autoencoder` does, and cuts clips from their validation side.

    With split=groups, test recordings are left out before anything is read of them. With
    split=blocks the test blocks are in the same recordings, and no TR of them is used; they come
    last in time, and the codec is causal, so that they are in no code of the other blocks either.

    Args:
        measure: What a trial measures of its autoencoder.
        config: Of all trials; the split is the same for them.

    Raises:
        UserError: A side is empty or the split leaks, or the codec has heard all of the clips.
    """
    codec = load_codec(config.codec)
    features, stimuli = _read(config, _without_test(config))
    log_features(features)
    sides = _sides(config, stimuli)
    clips = cut_clips(stimuli, sides, config.cutting, codec.sample_rate, VALIDATION)
    clips = unheard_clips(Seen.whole(codec.seen_audio), clips)
    tables = {side: stretch_table(stimuli, sides, side) for side in LEARNT}
    for side, table in tables.items():
        mlflow.log_input(as_dataset(table, side, dataset_digest(table)), context=side)
    shared = _Shared(features.recordings, sides, codec, clips)
    digest = dataset_digest(pd.concat(tables.values()))
    return Prepared(partial(_try_out, shared, measure), digest)


def _without_test(config: TrainAutoencoderConfig) -> pd.DataFrame:
    manifest = config.manifest()
    if config.split == "blocks":
        return manifest
    fractions = (config.validation_fraction, config.test_fraction)
    split = split_by_name(manifest, config.split_seed, *fractions)
    return split[split["split"] != TEST].reset_index(drop=True)


def _read(
    config: TrainAutoencoderConfig, recordings: pd.DataFrame
) -> tuple[FeatureSet, list[Stimulus]]:
    """Codes at the configuration's bandwidth, from the store where they are there already."""
    extractor = config.code_extractor()
    features = extract(recordings, extractor, config.store, config.fan_out)
    return features, read_stimuli(features, extractor, config.rates())


def _sides(config: TrainAutoencoderConfig, stimuli: Sequence[Stimulus]) -> list[np.ndarray]:
    if config.split == "blocks":
        return split_trs(config, config.split, stimuli, config.tr)
    rows = pd.DataFrame([stimulus.row for stimulus in stimuli])
    check_split(rows, LEARNT)
    check_same_sound(rows)
    return [np.repeat(stimulus.row["split"], stimulus.n_trs) for stimulus in stimuli]


def _try_out(
    shared: _Shared,
    measure: Callable[[Trained], Outcome],
    config: TrainAutoencoderConfig,
    report: Report,
) -> Outcome:
    _, stimuli = _read(config, shared.recordings)
    samples, sides = samples_of(stimuli, shared.sides), np.concatenate(shared.sides)
    train, validation = (samples.part(sides == side) for side in LEARNT)
    what = {
        "settings": config.what_is_trained(),
        "codec": shared.codec.digest,
        "features": VERSION,
        "stimuli": [
            [stimulus.digest, *side] for stimulus, side in zip(stimuli, shared.sides, strict=True)
        ],
    }
    sizes = config.network_config(samples, shared.codec.codebook_size)
    with trial_folder(what) as folder:
        fitted = fit(config, train, validation, sizes, folder, report)
        network = load_autoencoder(fitted.folder)
    made = Reconstructor(network, shared.codec, config.bandwidth, config.tr, Seen(frozenset()))
    sounds = {clip.item: made.sound(clip.sound) for clip in shared.clips}
    return measure(
        Trained(
            config,
            shared.codec,
            network,
            train,
            fitted.validation,
            fitted.best_epoch,
            shared.clips,
            sounds,
        )
    )
