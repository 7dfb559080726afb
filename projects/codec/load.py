"""Which codec is used: the bundled one, a folder, or one from the hub."""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers import EncodecConfig, EncodecModel

from projects.codec.codec import Codec
from projects.errors import UserError

BUNDLED = "bundled"
BUNDLED_FOLDER = Path(__file__).with_name("bundled")
SEEN = "seen_audio.txt"

TRAINING_ONLY = (".inited", ".cluster_size", ".embed_avg")
"""Ends of the names of what a codebook is trained with; a codec is whole without."""

NOT_A_CODEC = (SafetensorError, StrictDataclassError)
"""What damaged weights, or a configuration of wrong types, raise."""

NO_WEIGHT_TELLS = ("upsampling_ratios", "pad_mode", "dilation_growth_rate")
"""Settings under which the same weights give another sound."""


def load_codec(name: str) -> Codec:
    """Loads a codec.

    Args:
        name: `bundled`, a folder in the `save_pretrained` form, or a hub id such as
            `facebook/encodec_24khz`.

    Raises:
        UserError: There is none, weights are missing, or it is not causal and of one channel.
    """
    source = str(BUNDLED_FOLDER) if name == BUNDLED else name
    try:
        # The configuration first: a Mimi or DAC folder would else be read as a damaged EnCodec.
        settings, _ = EncodecConfig.get_config_dict(source)
        _check_kind(name, EncodecConfig().to_dict() | settings)
        with _no_report():
            model, loading = EncodecModel.from_pretrained(
                source, use_safetensors=True, output_loading_info=True, dtype=torch.float32
            )
    except (OSError, ValueError, RuntimeError, TypeError, *NOT_A_CODEC) as error:
        reason = (str(error).splitlines() or [""])[0]
        raise UserError(
            f"codec: expected {BUNDLED}, a folder or a hub id, got {name!r}: {reason}"
        ) from None
    _check_whole(name, loading)
    model.eval().requires_grad_(False)
    return Codec(model, name, model_digest(model), _seen(Path(source)))


@lru_cache(maxsize=2)
def same_codec(name: str, digest: str) -> Codec:
    """The codec of a job: loaded once a worker, and surely the one that the job was made with.

    Args:
        name: As in `load_codec`.
        digest: Of its weights.

    Raises:
        UserError: As in `load_codec`, or another codec stands under the name by now.
    """
    codec = load_codec(name)
    if codec.digest != digest:
        raise UserError(
            f"codec: expected the one of digest {digest} in {name!r}, got {codec.digest}: "
            "it was replaced meanwhile, or differs between machines; run again"
        )
    return codec


def model_digest(model: EncodecModel) -> str:
    """16 hexadecimal digits over the weights that sound depends on, and what they mean."""
    digest = hashlib.sha256()
    config = model.config
    meaning = {name: getattr(config, name) for name in ("sampling_rate", *NO_WEIGHT_TELLS)}
    digest.update(json.dumps(meaning).encode())
    for name, tensor in sorted(model.state_dict().items()):
        if not name.endswith(TRAINING_ONLY):
            digest.update(name.encode())
            digest.update(tensor.contiguous().cpu().float().numpy().tobytes())
    return digest.hexdigest()[:16]


@contextmanager
def _no_report() -> Iterator[None]:
    """Keeps transformers from listing what is missing: we look ourselves, and refuse."""
    logger = logging.getLogger("transformers")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _check_kind(name: str, settings: Mapping[str, Any]) -> None:
    wanted = {
        "model_type": "encodec",
        "audio_channels": 1,
        "use_causal_conv": True,
        "trim_right_ratio": 1.0,
        "normalize": False,
        "norm_type": "weight_norm",
        "chunk_length_s": None,
    }
    for field, value in wanted.items():
        came = settings.get(field)
        if came != value:
            raise UserError(
                f"codec: expected an EnCodec like facebook/encodec_24khz, with {field} {value}, "
                f"got {name!r} with {came}"
            )


def _check_whole(name: str, loading: dict[str, set[str]]) -> None:
    missing = [key for key in loading["missing_keys"] if not key.endswith(TRAINING_ONLY)]
    wrong = [*missing, *loading["mismatched_keys"], *loading["unexpected_keys"]]
    if wrong:
        raise UserError(
            f"codec: expected all weights of an EnCodec in {name!r}, {len(wrong)} are missing or "
            f"do not fit, {str(wrong[0])!r} among them: it would start from chance"
        )


def _seen(folder: Path) -> frozenset[str]:
    file = folder / SEEN
    return frozenset(file.read_text(encoding="utf-8").split()) if file.is_file() else frozenset()
