"""A codec written and read again."""

import multiprocessing
import os
import shutil
import signal

import numpy as np
import pytest
import torch
from tiny_codec import speech, tiny_model

from projects.codec import save
from projects.codec.codec import Codec
from projects.codec.load import load_codec
from projects.codec.save import save_codec
from projects.errors import UserError


def si_sdr(estimate, reference):
    target = (estimate @ reference) / (reference @ reference) * reference
    return 10 * np.log10((target @ target) / ((estimate - target) @ (estimate - target)))


@pytest.fixture(scope="module")
def model():
    return tiny_model()


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_a_codec_comes_back_with_all_that_belongs_to_it(model, tmp_path):
    save_codec(model, tmp_path / "new" / "codec", ["bb", "aa"], "# What it is\n")
    folder = tmp_path / "new" / "codec"
    assert load_codec(str(folder)).seen_audio == {"aa", "bb"}
    assert (folder / "README.md").read_text() == "# What it is\n"
    assert names(folder.parent) == {"codec"}
    assert not [name for name in names(folder) if name.endswith((".bin", ".pt", ".pkl"))]


def test_half_precision_costs_next_to_no_sound(model, tmp_path):
    """And it is all that is lost: a second trip through the disk changes nothing."""
    save_codec(model, tmp_path / "first", [], "")
    first = load_codec(str(tmp_path / "first"))
    save_codec(first.model, tmp_path / "second", [], "")
    assert load_codec(str(tmp_path / "second")).digest == first.digest
    codec, sound = Codec(model, "before", ""), speech(2)
    (codes,) = codec.encode([sound], 6)
    assert (codes == first.encode([sound], 6)[0]).mean() > 0.95
    assert si_sdr(first.decode([codes])[0], codec.decode([codes])[0]) > 40


def test_saving_leaves_the_model_as_it_was(model, tmp_path):
    save_codec(model, tmp_path / "codec", [], "")
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_what_the_codec_was_trained_with_is_left_out(model, tmp_path):
    """A codec's file would be three times its size."""
    save_codec(model, tmp_path / "codec", [], "")
    weights = sum(weight.numel() for weight in model.parameters())
    books = sum(layer.codebook.embed.numel() for layer in model.quantizer.layers)
    size = (tmp_path / "codec" / "model.safetensors").stat().st_size
    assert size < 2 * (weights + books) + 50_000


def test_a_codec_replaces_another_whole(model, tmp_path):
    """A file of the old one among the new would be a codec that nobody trained."""
    save_codec(model, tmp_path / "codec", ["aa"], "old")
    save_codec(model, tmp_path / "codec", ["bb"], "new")
    assert load_codec(str(tmp_path / "codec")).seen_audio == {"bb"}
    assert names(tmp_path) == {"codec"}


def test_what_a_person_put_beside_a_codec_is_never_removed(model, tmp_path):
    """A folder with a config.json may be anybody's project."""
    save_codec(model, tmp_path / "codec", ["aa"], "old")
    (tmp_path / "codec" / "thesis.tex").write_text("years of work")
    with pytest.raises(UserError, match="choose another"):
        save_codec(model, tmp_path / "codec", ["bb"], "new")
    assert (tmp_path / "codec" / "thesis.tex").read_text() == "years of work"


def test_an_empty_folder_may_be_given(model, tmp_path):
    (tmp_path / "codec").mkdir()
    save_codec(model, tmp_path / "codec", [], "")
    assert names(tmp_path) == {"codec"}


@pytest.mark.parametrize("out", ["thesis", ".", "thesis/chapter.txt"])
def test_a_folder_of_other_files_is_never_replaced(model, tmp_path, monkeypatch, out):
    """`out=.` would remove all that a person has."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("years of work")
    with pytest.raises(UserError, match="choose another") as refused:
        save_codec(model, tmp_path.relative_to(tmp_path) / out, [], "")
    assert "\n" not in str(refused.value)
    assert (tmp_path / "thesis" / "chapter.txt").read_text() == "years of work"


def test_a_failed_save_leaves_the_old_codec_and_nothing_else(model, tmp_path, monkeypatch):
    save_codec(model, tmp_path / "codec", ["aa"], "old")

    def full(path, text):
        raise OSError("no space left on device")

    monkeypatch.setattr(save, "write_text", full)
    with pytest.raises(OSError, match="no space"):
        save_codec(model, tmp_path / "codec", ["bb"], "new")
    assert load_codec(str(tmp_path / "codec")).seen_audio == {"aa"}
    assert names(tmp_path) == {"codec"}


def _save_and_die(model, folder, step):
    """Dies before the given removal or the first card: no tidying up."""

    def die(*arguments, **options):
        os.kill(os.getpid(), signal.SIGKILL)

    if step == "writing":
        save.write_text = die
    else:
        shutil.rmtree = die
    save_codec(model, folder, ["bb"], "new")


@pytest.mark.parametrize(("step", "heard"), [("writing", "aa"), ("removing the old one", "bb")])
def test_a_killed_save_leaves_the_old_codec_or_the_new_one_whole(model, tmp_path, step, heard):
    save_codec(model, tmp_path / "codec", ["aa"], "old")
    child = multiprocessing.get_context("fork").Process(
        target=_save_and_die, args=(model, tmp_path / "codec", step)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert load_codec(str(tmp_path / "codec")).seen_audio == {heard}
