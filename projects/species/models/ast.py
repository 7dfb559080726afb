"""The Audio Spectrogram Transformer, from random weights or from a checkpoint.

Gong et al. 2021, arXiv:2104.01778. It takes (batch, time, mel).
"""

from torch.nn import Parameter
from torch.nn.init import trunc_normal_
from transformers import ASTConfig, ASTForAudioClassification

from projects.errors import UserError
from projects.species.models.ast_checkpoint import load_backbone
from projects.species.models.labels import label_names
from projects.species.models.positions import frequency_positions, interpolate_positions

MLP_RATIO = 2


def build_ast(
    labels: list[str],
    frames: int,
    mels: int,
    *,
    embedding_size: int,
    depth: int,
    heads: int,
    patch_size: int = 16,
    frequency_stride: int = 10,
    time_stride: int = 10,
    dropout: float = 0.0,
) -> ASTForAudioClassification:
    """Build an AST with random weights, drawn from torch's global generator.

    Args:
        labels: Class names in the order of the logits.
        frames: Frames of a clip.
        mels: Mel bands of a clip.
        embedding_size: Width of a token, a multiple of `heads`.
        depth: Transformer layers.
        heads: Attention heads a layer.
        patch_size: Side of a patch, in frames and in mel bands.
        frequency_stride: Mel bands from patch to patch; below `patch_size` they overlap.
        time_stride: Frames from patch to patch.
        dropout: Share of activations and of attention weights dropped in training, 0 to below 1.

    Raises:
        UserError: The settings make no model.
    """
    _check_sizes(
        embedding_size=embedding_size,
        depth=depth,
        heads=heads,
        patch_size=patch_size,
        frequency_stride=frequency_stride,
        time_stride=time_stride,
    )
    _check_patches(frames, mels, patch_size)
    if embedding_size % heads:
        raise UserError(
            f"AST: expected an embedding size that is a multiple of the {heads} heads, "
            f"got {embedding_size}; change one of them"
        )
    if not 0 <= dropout < 1:
        raise UserError(f"AST: expected a dropout from 0 to below 1, got {dropout}; lower it")
    config = ASTConfig(
        hidden_size=embedding_size,
        num_hidden_layers=depth,
        num_attention_heads=heads,
        intermediate_size=MLP_RATIO * embedding_size,
        # The library's 0.02 suits its 768 dimensions; narrow networks hardly learn from it.
        initializer_range=embedding_size**-0.5,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        patch_size=patch_size,
        frequency_stride=frequency_stride,
        time_stride=time_stride,
    )
    _fit_config(config, labels, frames, mels)
    model = ASTForAudioClassification(config)
    _start_embeddings(model)
    return model


def load_ast(source: str, labels: list[str], frames: int, mels: int) -> ASTForAudioClassification:
    """Load the backbone of a checkpoint and give it a new head and a new clip length.

    Position embeddings are interpolated to the new patch grid; every other backbone weight is
    the checkpoint's, as float32. Only safetensors are read.

    Args:
        source: A folder in the `save_pretrained` form, or a hub id.
        labels: Class names in the order of the logits.
        frames: Frames of a clip.
        mels: Mel bands of a clip.

    Raises:
        UserError: The checkpoint is not there, or does not hold the whole backbone.
    """
    backbone = load_backbone(source)
    config, embeddings = backbone.config, backbone.embeddings
    _check_patches(frames, mels, config.patch_size)
    grid = embeddings.get_shape(config)
    _fit_config(config, labels, frames, mels)
    embeddings.position_embeddings = Parameter(
        interpolate_positions(
            embeddings.position_embeddings.detach(), grid, embeddings.get_shape(config)
        )
    )
    model = ASTForAudioClassification(config)
    model.audio_spectrogram_transformer.load_state_dict(backbone.state_dict())
    return model


def _check_sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        if size < 1:
            raise UserError(f"AST: expected {name} of 1 or more, got {size}; raise it")


def _check_patches(frames: int, mels: int, patch_size: int) -> None:
    if min(frames, mels) < patch_size:
        raise UserError(
            f"AST: expected clips of at least one patch, {patch_size} frames by {patch_size} mel "
            f"bands, got {frames} by {mels}; give longer clips, more bands or smaller patches"
        )


def _fit_config(config: ASTConfig, labels: list[str], frames: int, mels: int) -> None:
    names = label_names(labels)
    config.max_length, config.num_mel_bins = frames, mels
    config.id2label, config.label2id = names["id2label"], names["label2id"]


def _start_embeddings(model: ASTForAudioClassification) -> None:
    # The library starts these at zero. Layer normalisation divides by their deviation, so their
    # gradients come out a thousand times the others', and clipping the norm stops all learning.
    embeddings = model.audio_spectrogram_transformer.embeddings
    trunc_normal_(embeddings.cls_token, std=model.config.initializer_range)
    trunc_normal_(embeddings.distillation_token, std=model.config.initializer_range)
    bands, steps = embeddings.get_shape(model.config)
    positions = frequency_positions(bands, steps, model.config.hidden_size)
    embeddings.position_embeddings.data[:, 2:] = positions
