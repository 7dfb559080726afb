import pytest
import torch
from transformers import ASTConfig, ASTForAudioClassification

from projects.errors import UserError
from projects.species.models.ast import build_ast, load_ast
from projects.species.models.parameter_groups import parameter_groups
from projects.species.models.positions import interpolate_positions

LABELS = ["Parus major", "Turdus merula", "Erithacus rubecula", "Sylvia atricapilla", "Cuculus"]
POSITIONS = "audio_spectrogram_transformer.embeddings.position_embeddings"


def tiny(frames: int = 173, mels: int = 128, **changes) -> ASTForAudioClassification:
    settings = {"embedding_size": 16, "depth": 2, "heads": 4} | changes
    return build_ast(LABELS, frames, mels, **settings).eval()


def audioset_like(folder) -> ASTForAudioClassification:
    """A checkpoint of the shape of the published one, but narrow, with no weight at zero."""
    torch.manual_seed(0)
    config = ASTConfig(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=32,
        max_length=1024,
        num_labels=527,
    )
    model = ASTForAudioClassification(config)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.02)
    model.save_pretrained(folder)
    return model


@pytest.mark.parametrize("stride", [10, 16])
def test_a_sound_at_one_time_touches_the_patches_of_that_time_only(stride):
    """The seed's fault: (batch, mel, time) goes in without an error and time is read as pitch."""
    model = tiny(frequency_stride=stride, time_stride=stride)
    rows, columns = (128 - 16) // stride + 1, (173 - 16) // stride + 1
    quiet = torch.zeros(1, 173, 128)
    late = quiet.clone()
    late[:, 150:156] = torch.randn(6, 128)
    embed = model.audio_spectrogram_transformer.embeddings.patch_embeddings
    moved = (embed(late) - embed(quiet)).abs().sum(dim=-1).view(rows, columns) > 0
    covering = [c for c in range(columns) if c * stride < 156 and c * stride + 16 > 150]
    assert 0 < len(covering) < 3
    assert moved[:, covering].all()
    assert moved.sum() == rows * len(covering)


def test_logits_follow_the_labels():
    model = tiny()
    assert model(torch.randn(2, 173, 128)).logits.shape == (2, 5)
    assert model.config.id2label == dict(enumerate(LABELS))
    assert model.config.label2id["Turdus merula"] == 1


def test_dropout_acts_in_training_only():
    features = torch.randn(2, 173, 128)
    model = tiny(dropout=0.5)
    assert torch.equal(model(features).logits, model(features).logits)
    model.train()
    assert not torch.equal(model(features).logits, model(features).logits)


def test_no_gradient_of_a_new_model_drowns_the_others():
    """From tokens of zero, as the library makes them, the norm is over 5,000: clipped to 1,
    all else stands still."""
    torch.manual_seed(0)
    model = tiny(embedding_size=64)
    model(torch.randn(4, 173, 128), labels=torch.tensor([0, 1, 2, 3])).loss.backward()
    assert max(parameter.grad.norm() for parameter in model.parameters()) < 10


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"heads": 3}, "multiple of the 3 heads, got 16"),
        ({"frames": 15}, "at least one patch, 16 frames by 16 mel bands, got 15 by 128"),
        ({"mels": 8}, "at least one patch"),
        ({"dropout": 1.0}, "dropout from 0 to below 1, got 1.0"),
        ({"depth": 0}, "depth of 1 or more, got 0"),
        ({"time_stride": 0}, "time_stride of 1 or more, got 0"),
    ],
)
def test_settings_that_make_no_model_are_refused_in_one_line(changes, message):
    with pytest.raises(UserError, match=message) as error:
        tiny(**changes)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("labels", [["a"], ["a", "b", "a"]])
def test_labels_that_cannot_be_told_apart_are_refused(labels):
    with pytest.raises(UserError, match="at least 2 labels, each once"):
        build_ast(labels, 173, 128, embedding_size=16, depth=1, heads=2)


def test_a_checkpoint_gives_every_backbone_weight_to_a_shorter_model(tmp_path):
    """A backbone left partly random trains, scores worse, and says nothing."""
    checkpoint = audioset_like(tmp_path).state_dict()
    model = load_ast(str(tmp_path), LABELS, 173, 128)
    loaded = model.audio_spectrogram_transformer.state_dict(prefix="audio_spectrogram_transformer.")
    expected = {key: value for key, value in checkpoint.items() if "classifier" not in key}
    assert loaded.keys() == expected.keys()
    expected[POSITIONS] = interpolate_positions(expected[POSITIONS], (12, 101), (12, 16))
    for key, value in expected.items():
        assert torch.equal(loaded[key], value), key
    assert model(torch.randn(2, 173, 128)).logits.shape == (2, 5)
    assert model.config.id2label == dict(enumerate(LABELS))


def test_a_checkpoint_of_the_same_frames_is_taken_as_it_is(tmp_path):
    model = audioset_like(tmp_path).eval()
    features = torch.randn(1, 1024, 128)
    loaded = load_ast(str(tmp_path), LABELS, 1024, 128).eval()
    with torch.no_grad():
        expected = model.audio_spectrogram_transformer(features).pooler_output
        found = loaded.audio_spectrogram_transformer(features).pooler_output
    assert torch.equal(found, expected)


def test_the_head_is_new_even_where_the_checkpoint_has_as_many_classes(tmp_path):
    """Five other species' weights would be served under these five names."""
    saved = tiny()
    saved.save_pretrained(tmp_path)
    loaded = load_ast(str(tmp_path), LABELS, 173, 128)
    assert not torch.equal(loaded.classifier.dense.weight, saved.classifier.dense.weight)


def test_what_was_loaded_and_saved_loads_again_whole(tmp_path):
    audioset_like(tmp_path / "published")
    model = load_ast(str(tmp_path / "published"), LABELS, 173, 128).eval()
    model.save_pretrained(tmp_path / "ours")
    again = ASTForAudioClassification.from_pretrained(tmp_path / "ours")
    features = torch.randn(1, 173, 128)
    assert torch.equal(again(features).logits, model(features).logits)


def test_clips_shorter_than_a_patch_are_refused_at_loading(tmp_path):
    audioset_like(tmp_path)
    with pytest.raises(UserError, match="at least one patch"):
        load_ast(str(tmp_path), LABELS, 10, 128)


def test_every_parameter_is_in_the_backbone_or_the_head():
    """One in neither is never trained; one in both is an error of the optimiser."""
    model = tiny()
    backbone, head = parameter_groups(model)
    grouped = [id(parameter) for parameter in backbone + head]
    assert sorted(grouped) == sorted(id(parameter) for parameter in model.parameters())
    assert {id(p) for p in head} == {id(p) for p in model.classifier.parameters()}
