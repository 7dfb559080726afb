"""A whole training of an autoencoder: epochs, checkpoints, and the best epoch's network."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from torch import Tensor
from tqdm import tqdm

from projects.checkpoint import load_checkpoint, save_checkpoint
from projects.codec.autoencoder.batches import check_fits
from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.fitted import Curves, Fitted, is_written, read_fitted, write_fitted
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.autoencoder.scores import score
from projects.codec.autoencoder.trainer import AutoencoderTrainer
from projects.errors import UserError

CHECKPOINT = "checkpoint.pt"
FINISHED = "finished"

Log = Callable[[dict[str, float], int], None]


def fit(
    config: AutoencoderConfig,
    train: TrSamples,
    validation: TrSamples,
    network_config: AutoencoderNetworkConfig,
    folder: Path,
    log: Log,
) -> Fitted:
    """Trains an autoencoder, or goes on where a killed training of the same folder stopped.

    The same call gives the same weights on the same machine's CPU, killed on the way or not.

    Args:
        config: Of the training.
        train: TRs to learn from.
        validation: TRs that decide when to stop, and which epoch was best.
        network_config: Sizes; see `AutoencoderConfig.network_config`.
        folder: Of this training alone; the caller removes it when the result is safe.
        log: Takes each epoch's values and the epoch, those before a kill included.

    Raises:
        UserError: Samples that do not fit the network, or a loss that is not finite.
    """
    check_fits(train, network_config)
    check_fits(validation, network_config)
    finished = folder / FINISHED
    if is_written(finished):
        fitted = read_fitted(finished)
        for epoch, values in fitted.curves.items():
            log(values, epoch)
        return fitted
    trainer = AutoencoderTrainer(config, train, network_config)
    progress = _train(config, trainer, validation, folder / CHECKPOINT, log)
    trainer.network.load_state_dict(progress.best_weights)
    fitted = Fitted(
        finished,
        progress.curves,
        progress.best_epoch,
        score(trainer.network, train),
        score(trainer.network, validation),
    )
    write_fitted(fitted, trainer.network)
    return fitted


@dataclass
class _Progress:
    """How far a training is."""

    curves: Curves
    best_epoch: int
    best_weights: dict[str, Tensor]

    def take(self, values: dict[str, float], trainer: AutoencoderTrainer) -> None:
        """Notes an epoch, and its weights if no other was better."""
        epoch = len(self.curves) + 1
        self.curves[epoch] = values
        best = min(self.curves, key=lambda epoch: self.curves[epoch]["validation.loss"])
        if best == epoch:
            self.best_epoch = epoch
            weights = trainer.network.state_dict()
            self.best_weights = {name: each.cpu().clone() for name, each in weights.items()}

    def is_done(self, config: AutoencoderConfig) -> bool:
        epoch = len(self.curves)
        return epoch == config.epochs or epoch - self.best_epoch >= config.patience


def _train(
    config: AutoencoderConfig,
    trainer: AutoencoderTrainer,
    validation: TrSamples,
    checkpoint: Path,
    log: Log,
) -> _Progress:
    progress = _restored(trainer, checkpoint)
    for epoch, values in progress.curves.items():
        log(values, epoch)
    start = len(progress.curves)
    with tqdm(total=config.epochs, initial=start, desc="training", unit="epoch") as bar:
        while not progress.is_done(config):
            loss = trainer.epoch()
            scores = score(trainer.network, validation)
            if not isfinite(scores.mean_loss):
                raise UserError(
                    f"training: expected a finite validation loss, got {scores.mean_loss} in epoch "
                    f"{len(progress.curves) + 1}: lower learning_rate"
                )
            values = {f"validation.{name}": value for name, value in scores.by_name().items()}
            progress.take({"train.loss": loss} | values, trainer)
            log(progress.curves[len(progress.curves)], len(progress.curves))
            state = {"trainer": trainer.state(), "progress": vars(progress)}
            save_checkpoint(checkpoint, state)
            bar.update()
            bar.set_postfix_str(f"validation accuracy {scores.mean_accuracy:.3f}")
    return progress


def _restored(trainer: AutoencoderTrainer, path: Path) -> _Progress:
    saved = load_checkpoint(path)
    if saved is None:
        return _Progress({}, 0, {})
    trainer.restore(saved["trainer"])
    return _Progress(**saved["progress"])
