"""Entry point: trains an autoencoder on codes by TR, and promotes it if it is good enough."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import numpy as np
import soundfile
from mlflow.models.model import ModelInfo

from evaluation.evaluation import as_dataset
from evaluation.reconstruction import Reconstructions
from evaluation.served import load_served
from projects.audio.extraction import extract
from projects.audio.manifest import dataset_digest
from projects.audio.splits import SIDES, TEST, TRAIN, VALIDATION
from projects.codec.autoencoder.fit import fit
from projects.codec.autoencoder.fitted import Fitted
from projects.codec.autoencoder.held_out import cut_clips
from projects.codec.autoencoder.inference import infer
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.judgement import KIND, Judge, unheard_clips
from projects.codec.autoencoder.load import load_autoencoder
from projects.codec.autoencoder.packaging import log_reconstructor
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.autoencoder.seen import Seen
from projects.codec.autoencoder.sides import split_trs, stretch_table, stretches
from projects.codec.autoencoder.stimuli import Stimulus, read_stimuli, samples_of
from projects.codec.autoencoder.voxels import check_responses, log_voxels
from projects.codec.codec import Codec
from projects.codec.features import VERSION
from projects.codec.load import load_codec
from projects.curve_log import log_curves, log_epoch
from projects.feature_log import log_features
from projects.held_folder import TRAININGS, held_folder
from projects.tracking import run_entry_point
from registry.promotion import Decision
from registry.versions import register_candidate

HEARD = 3
"""Clips whose original and reconstructions are kept to listen to."""


def train_autoencoder(config: TrainAutoencoderConfig) -> Decision:
    """Does the whole job in the active MLflow run and prints what came of it."""
    judge = Judge.of(config.gate, config.fan_out)
    codec = load_codec(config.codec)
    extractor = config.code_extractor()
    features = extract(config.manifest(), extractor, config.store, config.fan_out)
    log_features(features)
    stimuli = read_stimuli(features, extractor, config.rates())
    sides = split_trs(config, config.split, stimuli, config.tr)
    _log_split(stimuli, sides)
    check_responses(stimuli, sides)
    heard = _heard(stimuli, sides, config.tr) | Seen.whole(codec.seen_audio)
    clips = unheard_clips(heard, cut_clips(stimuli, sides, config.cutting, codec.sample_rate))
    what = {
        "settings": config.what_is_trained(),
        "codec": codec.digest,
        "features": VERSION,
        "stimuli": [[each.digest, *side] for each, side in _pairs(stimuli, sides)],
    }
    with held_folder(TRAININGS, what) as folder:
        samples = samples_of(stimuli, sides)
        fitted = _fit(config, codec, samples, np.concatenate(sides), folder)
        model = _log_model(config, codec, fitted, heard)
        version = register_candidate(model, config.model_name)
        bottleneck = infer(load_autoencoder(fitted.folder), samples).bottleneck
        log_voxels(bottleneck, stimuli, sides, config.tr)
        served = load_served(f"models:/{version.name}/{version.version}", KIND, "seen")
        evaluation, decision = judge.evaluate_and_promote(version, served, clips)
        _log_sounds(evaluation, codec, config.bandwidth)
        return decision


def _pairs(
    stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray]
) -> list[tuple[Stimulus, np.ndarray]]:
    return list(zip(stimuli, sides, strict=True))


def _log_split(stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray]) -> None:
    """Logs how many TRs each side has, and what is learnt from as datasets of stretches.

    The test side is logged by the judge, as the clips that it is judged by.
    """
    for name in SIDES:
        mlflow.log_metric(f"{name}.trs", sum(int((side == name).sum()) for side in sides))
    for name in (TRAIN, VALIDATION):
        table = stretch_table(stimuli, sides, name)
        mlflow.log_input(as_dataset(table, name, dataset_digest(table)), context=name)


def _fit(
    config: TrainAutoencoderConfig,
    codec: Codec,
    samples: TrSamples,
    sides: np.ndarray,
    folder: Path,
) -> Fitted:
    network = config.network_config(samples, codec.codebook_size)
    train, validation = (samples.part(sides == side) for side in (TRAIN, VALIDATION))
    fitted = fit(config, train, validation, network, folder, log_epoch)
    mlflow.log_metrics(
        {
            "train.accuracy": fitted.train.mean_accuracy,
            "validation.accuracy.best": fitted.validation.mean_accuracy,
            "epochs_to_best": fitted.best_epoch,
        }
    )
    log_curves(fitted.curves, "epoch", drawn=lambda name: "codebook" not in name)
    return fitted


def _heard(stimuli: Sequence[Stimulus], sides: Sequence[np.ndarray], tr: float) -> Seen:
    """What the network was trained and selected on."""
    return Seen.from_rows(
        (str(stimulus.row["audio"]), start * tr, end * tr)
        for stimulus, side in _pairs(stimuli, sides)
        for name in (TRAIN, VALIDATION)
        for start, end in stretches(side, name)
    )


def _log_model(
    config: TrainAutoencoderConfig, codec: Codec, fitted: Fitted, heard: Seen
) -> ModelInfo:
    network = load_autoencoder(fitted.folder)
    return log_reconstructor(Reconstructor(network, codec, config.bandwidth, config.tr, heard))


def _log_sounds(evaluation: Reconstructions, codec: Codec, bandwidth: float) -> None:
    """Logs a few originals beside what codec and autoencoder make of them."""
    with TemporaryDirectory() as temporary:
        came = [clip for clip in evaluation.clips if clip.item in evaluation.sounds]
        for place, clip in enumerate(came[:HEARD], start=1):
            sounds = {
                "original": clip.sound.samples,
                "codec": codec.given_back(clip.sound.samples, bandwidth),
                "autoencoder": evaluation.sounds[clip.item].samples,
            }
            for name, sound in sounds.items():
                path = Path(temporary) / f"{place}-{name}.flac"
                soundfile.write(path, np.clip(sound, -1, 1), codec.sample_rate)
        mlflow.log_artifacts(temporary, f"{TEST}/audio")


if __name__ == "__main__":
    run_entry_point(TrainAutoencoderConfig, train_autoencoder, experiment="codec")
