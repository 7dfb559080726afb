"""Image networks of timm on spectrograms."""

import json

import pytest
import timm
import torch
from safetensors.torch import load_file, save_file

from projects.errors import UserError
from projects.species.models.load import load_network
from projects.species.models.parameter_groups import parameter_groups
from projects.species.models.timm_network import TimmNetwork, build_timm, load_timm

LABELS = ["Parus major", "Turdus merula", "Erithacus rubecula"]
SMALL = "mobilenetv3_small_050"
FRAMES, MELS = 44, 128


def small() -> TimmNetwork:
    torch.manual_seed(0)
    return build_timm(SMALL, LABELS, FRAMES, MELS).eval()


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """As timm's hub has them: three colours, a thousand classes."""
    folder = tmp_path_factory.mktemp("published")
    torch.manual_seed(1)
    model = timm.create_model(SMALL)
    timm.models.save_for_hf(model, folder, safe_serialization=True)
    return folder


def test_efficientnet_b2_is_the_published_network():
    """7.7 million weights, as in Tan and Le 2019 without the 1,000 classes' head."""
    model = build_timm("efficientnet_b2", LABELS, FRAMES, MELS)
    published = timm.create_model("efficientnet_b2", num_classes=0)
    colours = 2 * published.conv_stem.weight[:, 0].numel()
    weights = sum(each.numel() for each in published.parameters())
    head = sum(each.numel() for each in model.classifier.parameters())
    assert model.num_parameters() == weights - colours + head


def test_mel_bands_are_the_height_of_the_image_and_time_its_width():
    """Both ways run without an error; a network pretrained on pictures of sound expects this."""
    model = small()
    features = torch.randn(2, FRAMES, MELS)
    image = features.transpose(1, 2)[:, None]
    expected = model.classifier(model.backbone(image))
    torch.testing.assert_close(model(features).logits, expected)
    assert model(features).logits.shape == (2, 3)


@pytest.mark.parametrize(
    "architecture", [SMALL, "resnet10t", "convnext_atto", "maxvit_pico_rw_256"]
)
def test_what_was_saved_loads_again_and_answers_the_same(architecture, tmp_path):
    torch.manual_seed(0)
    frames, mels = (256, 256) if "256" in architecture else (FRAMES, MELS)
    model = build_timm(architecture, LABELS, frames, mels).eval()
    model.save_pretrained(tmp_path)
    again = load_network(tmp_path)
    features = torch.randn(1, frames, mels)
    assert torch.equal(again(features).logits, model(features).logits)
    assert again.config.id2label == dict(enumerate(LABELS))
    assert not again.training


def test_the_same_seed_gives_the_same_weights():
    first, second = small(), small()
    for name, value in first.state_dict().items():
        assert torch.equal(value, second.state_dict()[name]), name


def test_a_checkpoint_gives_every_backbone_weight(checkpoint):
    """A backbone left partly random trains, scores worse, and says nothing."""
    published = load_file(checkpoint / "model.safetensors")
    model = load_timm(str(checkpoint), LABELS, FRAMES, MELS)
    for name, value in model.backbone.state_dict().items():
        assert torch.equal(value, published[name]), name


@pytest.mark.parametrize(
    "architecture",
    ["efficientnet_b0", "nf_regnet_b0", "repvit_m0_9", "levit_conv_128s"],
    ids=["usual", "standardised kernels", "head normalised", "head of two parts"],
)
def test_a_spectrogram_is_seen_as_the_checkpoint_saw_grey_pictures(architecture, tmp_path):
    """Pooled features would be others than those that were learnt, and nothing would tell."""
    torch.manual_seed(1)
    timm.models.save_for_hf(timm.create_model(architecture), tmp_path, safe_serialization=True)
    colour = timm.create_model(f"local-dir:{tmp_path}", pretrained=True, num_classes=0).eval()
    model = load_timm(str(tmp_path), LABELS, 224, 224).eval()
    features = torch.randn(1, 224, 224)
    picture = features.transpose(1, 2)[:, None].repeat(1, 3, 1, 1)
    with torch.no_grad():
        seen = model.classifier(colour(picture))
        torch.testing.assert_close(model(features).logits, seen, rtol=1e-3, atol=1e-4)


def test_a_fine_tuned_checkpoint_loads_again_and_answers_the_same(checkpoint, tmp_path):
    """Its network takes three channels, one from random weights takes one."""
    model = load_timm(str(checkpoint), LABELS, FRAMES, MELS).eval()
    model.save_pretrained(tmp_path)
    features = torch.randn(1, FRAMES, MELS)
    assert torch.equal(load_network(tmp_path)(features).logits, model(features).logits)


def rewritten(checkpoint, folder, change):
    weights = change(load_file(checkpoint / "model.safetensors"))
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_bytes((checkpoint / "config.json").read_bytes())
    return str(folder)


def refusal(source: str) -> str:
    with pytest.raises(UserError) as error:
        load_timm(source, LABELS, FRAMES, MELS)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_checkpoint_that_is_not_whole_is_refused(checkpoint, tmp_path):
    def without_stem(weights):
        return {name: value for name, value in weights.items() if name != "conv_stem.weight"}

    source = rewritten(checkpoint, tmp_path, without_stem)
    assert "lacks 1 weights, conv_stem.weight" in refusal(source)


def test_weights_of_another_shape_are_refused(checkpoint, tmp_path):
    source = rewritten(checkpoint, tmp_path, lambda w: w | {"bn1.weight": torch.ones(3)})
    assert "has in other shapes 1 weights, bn1.weight" in refusal(source)


def test_a_larger_network_than_the_checkpoint_says_is_refused(checkpoint, tmp_path):
    """Its further layers would silently be left out."""
    source = rewritten(checkpoint, tmp_path, lambda w: w | {"blocks.9.weight": torch.ones(3)})
    assert "has beyond its network 1 weights, blocks.9.weight" in refusal(source)


def test_pickled_weights_are_not_read(checkpoint, tmp_path):
    (tmp_path / "config.json").write_bytes((checkpoint / "config.json").read_bytes())
    torch.save(load_file(checkpoint / "model.safetensors"), tmp_path / "pytorch_model.bin")
    assert "model.safetensors" in refusal(str(tmp_path))


@pytest.mark.parametrize("config", ["{}", "[]", "no json", json.dumps({"architecture": "x"})])
def test_a_damaged_configuration_is_told_in_one_line(checkpoint, tmp_path, config):
    (tmp_path / "model.safetensors").write_bytes((checkpoint / "model.safetensors").read_bytes())
    (tmp_path / "config.json").write_text(config)
    assert "expected" in refusal(str(tmp_path))


@pytest.mark.parametrize("name", ["null", "5", '["resnet18"]'])
def test_an_architecture_that_is_no_name_is_told_in_one_line(checkpoint, tmp_path, name):
    (tmp_path / "model.safetensors").write_bytes((checkpoint / "model.safetensors").read_bytes())
    (tmp_path / "config.json").write_text(f'{{"architecture": {name}}}')
    assert f"got: config.json with the architecture {name}, which" in refusal(str(tmp_path))
    (tmp_path / "config.json").write_text("{}")
    assert "with the architecture null" in refusal(str(tmp_path))


def test_a_missing_folder_is_told_in_one_line(tmp_path):
    assert "expected timm's config.json" in refusal(str(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("architecture", "message"),
    [
        ("efficientnet_b22", "expected a name of timm, as efficientnet"),
        ("vit_tiny_patch16_224", "expected one that takes images of 128 by 44"),
        ("hrnet_w18_small", "choose other segment_seconds, or a network that takes any size"),
        ("", "expected a name of timm"),
    ],
)
def test_a_network_that_cannot_be_had_is_refused_before_the_training(architecture, message):
    with pytest.raises(UserError, match=message) as error:
        build_timm(architecture, LABELS, FRAMES, MELS)
    assert "\n" not in str(error.value)


def test_the_head_learns_at_its_own_rate():
    model = small()
    backbone, head = parameter_groups(model)
    assert {id(each) for each in head} == {id(each) for each in model.classifier.parameters()}
    assert len(backbone) + len(head) == len(list(model.parameters()))
