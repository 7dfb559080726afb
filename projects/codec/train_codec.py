"""Entry point: trains a codec on a person's sound, or goes on from one."""

from pathlib import Path

import mlflow
import pandas as pd
import torch
from transformers import EncodecConfig, EncodecModel

from evaluation.evaluation import as_dataset
from projects.audio.digests import UNREADABLE, with_digests
from projects.audio.manifest import dataset_digest
from projects.audio.splits import TRAIN, VALIDATION, check_same_sound
from projects.codec.load import load_codec
from projects.codec.save import check_replaceable, save_codec
from projects.codec.split import split_by_name
from projects.codec.training.card import codec_card
from projects.codec.training.clips import Clips
from projects.codec.training.config import TrainCodecConfig
from projects.codec.training.fit import VALIDATION_CLIPS, Curves, fit
from projects.codec.training.trainer import CodecTrainer
from projects.curve_log import log_curves, log_epoch
from projects.held_folder import TRAININGS, held_folder
from projects.tracking import run_entry_point

VALIDATION_SECONDS = 2


def train_codec(config: TrainCodecConfig) -> None:
    """Trains, saves the codec to `config.out` and logs it with its curves."""
    check_replaceable(config.out)
    before = load_codec(config.pretrained) if config.pretrained else None
    split = _split(config)
    torch.manual_seed(config.seed)
    model = before.model.requires_grad_(True) if before else _new_model(config)
    what = {
        # The codec by its weights: another may stand in that folder by tomorrow.
        "settings": config.what_is_trained() | ({"pretrained": before.digest} if before else {}),
        "split": split[["audio", "split"]].to_csv(index=False),
    }
    with held_folder(TRAININGS, what) as folder:
        train, validation = (read_side(split, side, model) for side in (TRAIN, VALIDATION))
        trainer = CodecTrainer(config, model, train)
        samples = VALIDATION_SECONDS * model.config.sampling_rate
        curves = fit(trainer, validation.spread(VALIDATION_CLIPS, samples), folder, log_epoch)
        card = codec_card(config, split, curves)
        heard = _heard(split) | (before.seen_audio if before else frozenset())
        save_codec(trainer.finished_model(), config.out, heard, card)
    _log_result(config.out, curves)
    print(f"{card}\nuse it: codec={config.out}")


def _split(config: TrainCodecConfig) -> pd.DataFrame:
    manifest = config.manifest()
    split = split_by_name(
        manifest, config.split_seed, config.validation_fraction, config.test_fraction
    )
    split = with_digests(split)
    check_same_sound(split[split["audio"] != UNREADABLE])
    for side in (TRAIN, VALIDATION):
        rows = split[split["split"] == side]
        mlflow.log_input(as_dataset(rows, side, dataset_digest(rows)), context=side)
    return split


def _heard(split: pd.DataFrame) -> set[str]:
    return set(split.loc[split["split"].isin([TRAIN, VALIDATION]), "audio"]) - {UNREADABLE}


def _new_model(config: TrainCodecConfig) -> EncodecModel:
    return EncodecModel(
        EncodecConfig(
            num_filters=config.filters,
            hidden_size=config.latent_size,
            num_lstm_layers=config.lstm_layers,
            # As good as EnCodec's reflection, and a fifth of a training step cheaper.
            pad_mode="constant",
        )
    )


def read_side(split: pd.DataFrame, side: str, model: EncodecModel) -> Clips:
    """Reads one side of the split for a model, and logs which recordings could not be read.

    Raises:
        RecordingError: Not one could be read.
    """
    clips = Clips(split[split["split"] == side], model.config.sampling_rate)
    failures = pd.DataFrame(clips.failures.items(), columns=["recording_id", "error"])
    mlflow.log_metric(f"{side}.failed", len(failures))
    mlflow.log_text(failures.to_csv(index=False), f"dataset/{side}_failures.csv")
    for failure in failures.itertuples():
        print(f"failed: {failure.recording_id}: {failure.error}")
    return clips


def _log_result(folder: Path, curves: Curves) -> None:
    log_curves(curves, "step")
    mlflow.log_artifacts(str(folder), "codec")


if __name__ == "__main__":
    run_entry_point(TrainCodecConfig, train_codec, experiment="codec")
