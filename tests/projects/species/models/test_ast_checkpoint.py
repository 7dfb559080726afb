import json

import huggingface_hub.constants
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import ASTConfig, ASTForAudioClassification

from projects.errors import UserError
from projects.species.models.ast_checkpoint import load_backbone

TINY = ASTConfig(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16)


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    ASTForAudioClassification(TINY).save_pretrained(tmp_path)
    return tmp_path


def rewrite(folder, change) -> None:
    weights = change(load_file(folder / "model.safetensors"))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def refusal(source) -> str:
    with pytest.raises(UserError) as error:
        load_backbone(str(source))
    message = str(error.value)
    assert "\n" not in message
    assert str(source) in message
    return message


def test_a_missing_folder_is_told_in_one_line(tmp_path):
    assert "expected a checkpoint in safetensors" in refusal(tmp_path / "nowhere")


def test_a_hub_that_cannot_be_reached_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert "expected a checkpoint" in refusal("MIT/ast-not-in-any-cache")


def test_a_missing_backbone_weight_is_refused(checkpoint):
    """The library would start it at random and only warn."""
    lost = "audio_spectrogram_transformer.encoder.layer.1.intermediate.dense.weight"
    rewrite(checkpoint, lambda weights: {k: v for k, v in weights.items() if k != lost})
    assert "lacks 1 weights, layers.1.mlp.fc1.weight" in refusal(checkpoint)


def test_a_layer_that_the_configuration_does_not_know_is_refused(checkpoint):
    """A config.json of another depth would silently cut the network short."""
    config = json.loads((checkpoint / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 1}))
    assert "has beyond its config.json 16 weights" in refusal(checkpoint)


def test_weights_of_another_shape_are_refused(checkpoint):
    config = json.loads((checkpoint / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps(config | {"max_length": 512}))
    assert "has in other shapes 1 weights, embeddings.position_embeddings" in refusal(checkpoint)


def test_a_pickled_checkpoint_is_not_opened(checkpoint):
    """A pickle can run any code on the user's machine."""
    weights = load_file(checkpoint / "model.safetensors")
    (checkpoint / "model.safetensors").unlink()
    torch.save(weights, checkpoint / "pytorch_model.bin")
    assert "model.safetensors" in refusal(checkpoint)


def test_a_truncated_file_is_refused(checkpoint):
    whole = (checkpoint / "model.safetensors").read_bytes()
    (checkpoint / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    refusal(checkpoint)


def test_a_broken_configuration_is_refused(checkpoint):
    (checkpoint / "config.json").write_text('{"hidden_size": "wide"}')
    assert "'hidden_size'" in refusal(checkpoint)


@pytest.mark.parametrize(
    ("published", "name"),
    [
        (True, "encoder.layer.1.attention.attention.query.weight"),
        (False, "layers.1.attention.q_proj.weight"),
    ],
)
def test_names_of_published_and_of_training_checkpoints_load_whole(tmp_path, published, name):
    """The library renamed its layers after the weights were published. `save_pretrained` writes
    the published names; a checkpoint that its Trainer can resume needs the model's own."""
    model = ASTForAudioClassification(TINY)
    model.save_pretrained(tmp_path, save_original_format=published)
    assert f"audio_spectrogram_transformer.{name}" in load_file(tmp_path / "model.safetensors")
    expected = model.audio_spectrogram_transformer.state_dict()
    found = load_backbone(str(tmp_path)).state_dict()
    assert all(torch.equal(found[key], value) for key, value in expected.items())


def test_a_checkpoint_in_half_precision_is_trained_in_whole(checkpoint):
    config = json.loads((checkpoint / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps(config | {"dtype": "float16"}))
    rewrite(checkpoint, lambda weights: {k: v.half() for k, v in weights.items()})
    backbone = load_backbone(str(checkpoint))
    assert {parameter.dtype for parameter in backbone.parameters()} == {torch.float32}
