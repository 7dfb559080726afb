"""Loading a codec: whole, of the right kind, or one line that says why not."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_codec import save_tiny_codec, speech
from transformers import DacConfig, EncodecConfig, EncodecModel

from projects.codec.load import load_codec, model_digest
from projects.errors import UserError

A_WEIGHT = "decoder.layers.0.conv.parametrizations.weight.original1"


@pytest.fixture
def folder(tmp_path):
    return save_tiny_codec(tmp_path / "codec", ["aa", "bb"])


def weights(folder):
    return load_file(folder / "model.safetensors")


def rewrite(folder, tensors):
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def set_up(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def refusal(name):
    with pytest.raises(UserError) as refused:
        load_codec(str(name))
    assert "\n" not in str(refused.value)
    assert str(name) in str(refused.value)
    return str(refused.value)


def test_a_saved_codec_is_loaded_for_use(folder):
    codec = load_codec(str(folder))
    assert codec.name == str(folder)
    assert codec.seen_audio == {"aa", "bb"}
    assert not codec.model.training
    assert not any(weight.requires_grad for weight in codec.model.parameters())
    assert len(codec.encode([speech(1)], 6)[0]) == 8


def test_a_codec_that_does_not_say_what_it_heard_is_loaded(folder):
    (folder / "seen_audio.txt").unlink()
    assert load_codec(str(folder)).seen_audio == frozenset()


@pytest.mark.parametrize("key", [A_WEIGHT, "quantizer.layers.31.codebook.embed"])
def test_a_codec_with_a_weight_missing_is_refused(folder, key):
    """transformers would draw it at random, and every code would be chance."""
    tensors = weights(folder)
    del tensors[key]
    rewrite(folder, tensors)
    message = refusal(folder)
    assert "1 are missing or do not fit" in message
    assert "chance" in message


def test_a_codec_with_a_weight_of_another_shape_is_refused(folder):
    tensors = weights(folder)
    tensors[A_WEIGHT] = tensors[A_WEIGHT][:, :3].contiguous()
    rewrite(folder, tensors)
    refusal(folder)


def test_a_codec_with_weights_of_another_network_is_refused(folder):
    set_up(folder, num_lstm_layers=2)
    assert "missing" in refusal(folder)


def test_a_truncated_file_of_weights_is_refused(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    refusal(folder)


def test_what_codebooks_are_trained_with_may_be_missing(folder):
    tensors = weights(folder)
    before = load_codec(str(folder)).digest
    training = (".inited", ".cluster_size", ".embed_avg")
    rewrite(folder, {name: t for name, t in tensors.items() if not name.endswith(training)})
    assert load_codec(str(folder)).digest == before


def test_a_checkpoint_with_weight_norm_as_the_hub_has_it_is_the_same_codec(folder):
    """facebook/encodec_24khz names its weights as torch did before 2.0."""
    before = load_codec(str(folder)).digest
    old = {"parametrizations.weight.original0": "weight_g"}
    old["parametrizations.weight.original1"] = "weight_v"
    tensors = weights(folder)
    for new, name in old.items():
        tensors = {key.replace(new, name): tensor for key, tensor in tensors.items()}
    rewrite(folder, tensors)
    assert load_codec(str(folder)).digest == before


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert "expected bundled, a folder or a hub id" in refusal(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    refusal(tmp_path / "empty")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # As facebook/encodec_48khz.
        ({"audio_channels": 2, "use_causal_conv": False, "normalize": True}, "audio_channels 1"),
        ({"use_causal_conv": False}, "use_causal_conv True, got"),
        ({"normalize": True}, "normalize False"),
        ({"norm_type": "time_group_norm"}, "norm_type weight_norm"),
        ({"chunk_length_s": 1.0, "overlap": 0.01}, "chunk_length_s None"),
        ({"trim_right_ratio": 0.5}, "trim_right_ratio 1.0"),
    ],
)
def test_a_codec_that_windows_would_cut_wrongly_is_refused(folder, changes, expected):
    set_up(folder, **changes)
    assert expected in refusal(folder)


def test_another_kind_of_model_is_refused_for_what_it_is(tmp_path):
    """A DAC folder read as an EnCodec would be called damaged."""
    DacConfig().save_pretrained(tmp_path / "dac")
    assert "model_type encodec" in refusal(tmp_path / "dac")


def test_the_digest_is_of_the_weights_and_not_of_the_name(folder, tmp_path):
    again = save_tiny_codec(tmp_path / "another name", ["cc"])
    assert load_codec(str(folder)).digest == load_codec(str(again)).digest
    assert len(load_codec(str(folder)).digest) == 16


def tiny_network(**shape):
    torch.manual_seed(0)
    return EncodecModel(
        EncodecConfig(num_filters=2, hidden_size=4, num_lstm_layers=1, codebook_size=4, **shape)
    )


@torch.no_grad()
def test_any_weight_changes_the_digest():
    """Codes of one codec would be served as another's."""
    model = tiny_network()
    found = {model_digest(model)}
    used = [
        tensor
        for name, tensor in model.state_dict().items()
        if not name.endswith((".inited", ".cluster_size", ".embed_avg"))
    ]
    for tensor in used:
        tensor.view(-1)[0] += 0.01
        found.add(model_digest(model))
    assert len(found) == len(used) + 1


@pytest.mark.parametrize(
    "shape",
    [{"pad_mode": "constant"}, {"upsampling_ratios": [5, 8, 4, 2]}, {"sampling_rate": 16000}],
)
def test_what_the_same_weights_mean_changes_the_digest(shape):
    model = tiny_network()
    before = model_digest(model)
    for name, value in shape.items():
        setattr(model.config, name, value)
    assert model_digest(model) != before
