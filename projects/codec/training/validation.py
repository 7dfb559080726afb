"""How well a codec in training gives sound back, at each of its bandwidths."""

import torch

from projects.codec.training.trainer import CodecTrainer

SMALLEST_POWER = 1e-10


@torch.no_grad()
def validate(trainer: CodecTrainer, sounds: torch.Tensor) -> dict[str, float]:
    """Measures on clips that are the same every time.

    Args:
        trainer: Its codebooks do not move.
        sounds: (clips, samples) of recordings that are not trained on.

    Returns:
        Mean SI-SDR in dB and mel distance: of what comes back unquantised, and, once the codebooks
        have started, at each bandwidth; and the share of codebook entries in use.
    """
    model, quantiser = trainer.model.eval(), trainer.quantiser.eval()
    sounds = sounds.to(trainer.device)
    latents = model.encoder(sounds[:, None])
    given = {"unquantised": latents}
    measured = {}
    if quantiser.started:
        measured["codebooks_in_use"] = sum(quantiser.usage()) / len(quantiser.layers)
        for bandwidth in model.config.target_bandwidths:
            count = model.quantizer.get_num_quantizers_for_bandwidth(bandwidth)
            given[f"{bandwidth:g}kbps"] = quantiser(latents, count).latents
    for name, latent in given.items():
        made = model.decoder(latent)[:, 0]
        measured[f"si_sdr.{name}"] = _si_sdr(made, sounds).mean().item()
        measured[f"mel.{name}"] = trainer.mel(made, sounds).item()
    trainer.model.train()
    trainer.quantiser.train()
    return measured


def _si_sdr(estimate: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
    """Of (clips, samples), in dB; on the way through a training, where speed matters."""
    scale = (estimate * reference).sum(1) / reference.pow(2).sum(1).clamp_min(SMALLEST_POWER)
    target = scale[:, None] * reference
    error = (estimate - target).pow(2).sum(1).clamp_min(SMALLEST_POWER)
    return 10 * torch.log10(target.pow(2).sum(1).clamp_min(SMALLEST_POWER) / error)
