"""The backbone of a timm checkpoint: all of it or an error, never a silent random start."""

import json
from pathlib import Path
from typing import Any

from huggingface_hub import hf_hub_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from projects.errors import UserError
from projects.species.models.whole_backbone import refuse

CONFIG, WEIGHTS = "config.json", "model.safetensors"


def read_checkpoint(source: str) -> tuple[str, dict[str, Tensor]]:
    """Reads a checkpoint; of weights only safetensors.

    Args:
        source: A folder with config.json and model.safetensors, or a hub id.

    Returns:
        timm's name of the network, and its weights by name.

    Raises:
        UserError: It cannot be read.
    """
    try:
        config, weights = (_file(source, name) for name in (CONFIG, WEIGHTS))
        return _architecture(json.loads(config.read_text("utf-8"))), load_file(weights)
    except (OSError, ValueError, SafetensorError, HfHubHTTPError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise UserError(
            f"pretrained: expected timm's {CONFIG} and {WEIGHTS} (a folder or a hub id) at "
            f"{source!r}, got: {reason}; check the path and the network"
        ) from error


def fill_backbone(backbone: Any, weights: dict[str, Tensor], source: str) -> None:
    """Gives a network without a head all weights of a checkpoint but those of its head.

    Args:
        backbone: To be filled, in place.
        weights: Of the checkpoint.
        source: Of the weights, for errors.

    Raises:
        UserError: The checkpoint lacks some, has them in other shapes, or is of a larger network.
    """
    wanted = backbone.state_dict()
    heads = backbone.pretrained_cfg["classifier"]
    # A layer inside a head, as `head.linear`, may have others beside it, as `head.bn`.
    of_head = tuple(
        f"{head.rpartition('.')[0] or head}."
        for head in ([heads] if isinstance(heads, str) else heads)
    )
    foreign = {name for name in weights if name not in wanted and not name.startswith(of_head)}
    found = {name: weights[name] for name in wanted if name in weights}
    shaped = {name for name, value in found.items() if value.shape != wanted[name].shape}
    for fault, names in (
        ("lacks", wanted.keys() - weights.keys()),
        ("has in other shapes", shaped),
        ("has beyond its network", foreign),
    ):
        refuse("pretrained", source, fault, names, "timm")
    backbone.load_state_dict(found)


def _file(source: str, name: str) -> Path:
    folder = Path(source)
    if folder.is_dir():
        return folder / name
    try:
        return Path(hf_hub_download(source, name))
    except HFValidationError:
        raise FileNotFoundError("no such folder, and no hub id") from None


def _architecture(config: object) -> str:
    """Name of the network in timm, from the configuration of a checkpoint.

    Raises:
        ValueError: It names none.
    """
    name = config.get("architecture") if isinstance(config, dict) else None
    if not isinstance(name, str):
        raise ValueError(f"{CONFIG} with the architecture {json.dumps(name)}, which is no name")
    return name
