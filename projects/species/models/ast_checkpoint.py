"""The backbone of an AST checkpoint: all of it or an error, never a silent random start."""

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from transformers import ASTModel

from projects.errors import UserError
from projects.species.models.whole_backbone import refuse


def load_backbone(source: str) -> ASTModel:
    """Load an AST without its head, as float32, from safetensors only.

    Args:
        source: A folder in the `save_pretrained` form, or a hub id.

    Raises:
        UserError: The checkpoint cannot be read, or its weights and its config.json disagree.
    """
    try:
        # The library's default is the type the checkpoint was saved in, which may be a half.
        backbone, report = ASTModel.from_pretrained(
            source,
            use_safetensors=True,
            dtype=torch.float32,
            ignore_mismatched_sizes=True,
            output_loading_info=True,
        )
    except (OSError, ValueError, RuntimeError, SafetensorError, StrictDataclassError) as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise UserError(
            f"AST: expected a checkpoint in safetensors (a folder or a hub id) at {source!r}, "
            f"got: {reason}; check the path, the files and the network"
        ) from error
    foreign = {key for key in report["unexpected_keys"] if not key.startswith("classifier.")}
    for fault, names in (
        ("lacks", report["missing_keys"]),
        ("has beyond its config.json", foreign),
        ("has in other shapes", {key for key, *_ in report["mismatched_keys"]}),
    ):
        refuse("AST", source, fault, names, "AST")
    return backbone
