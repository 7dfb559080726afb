"""A trained autoencoder from its folder, whole or not at all."""

from pathlib import Path

import torch

from projects.codec.autoencoder.network import Autoencoder
from projects.errors import UserError


def load_autoencoder(folder: Path) -> Autoencoder:
    """Loads what `save_pretrained` wrote.

    Args:
        folder: Holds `config.json` and safetensors.

    Returns:
        In evaluation mode.

    Raises:
        UserError: There is none, or weights are missing or do not fit.
    """
    try:
        # Else a path that is no folder would be asked of the hub.
        network, loading = Autoencoder.from_pretrained(
            folder,
            local_files_only=True,
            use_safetensors=True,
            output_loading_info=True,
            dtype=torch.float32,
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise UserError(f"expected an autoencoder in {str(folder)!r}: {reason}") from None
    wrong = [
        *loading["missing_keys"],
        *loading["mismatched_keys"],
        *loading["unexpected_keys"],
    ]
    if wrong:
        raise UserError(
            f"expected all weights of an autoencoder in {str(folder)!r}, {len(wrong)} are missing "
            f"or do not fit, {str(wrong[0])!r} among them: it would start from chance"
        )
    return network.eval()
