"""A model that gives sound back, judged beside its codec's own decoding."""

from dataclasses import replace
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest
from local_store import local_store
from mlflow.exceptions import MlflowException
from tiny_codec import speech

from evaluation.bootstrap import Interval
from evaluation.clip_scores import ClipScores
from evaluation.gates.evidence import Evidence, NoChampion
from evaluation.gates.gate import decide
from evaluation.gates.reader import load_gate
from evaluation.gates.verdict import Outcome
from evaluation.quality.metrics import HIGHER_IS_BETTER, QUALITY
from evaluation.reconstruction import (
    MEASURED,
    Reconstructions,
    TestClip,
    evaluate_reconstruction,
    score_served,
    score_sounds,
)
from evaluation.reconstruction_report import log_reconstruction, reconstruction_report
from projects.audio.base64_audio import from_base64, to_base64
from projects.audio.decode import Sound
from projects.errors import UserError
from projects.parallel import FanOut

HERE = FanOut(workers=1)
RATE = 24_000


def served(make):
    """A model as it is served: base64 in, base64 out."""

    def predict(frame: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame({"audio": [to_base64(make(from_base64(a))) for a in frame["audio"]]})

    return SimpleNamespace(predict=predict)


def noisy(sound: Sound, level: float) -> Sound:
    hiss = np.random.default_rng(0).standard_normal(len(sound.samples)).astype(np.float32)
    return Sound(sound.samples + level * hiss, sound.sample_rate)


def slightly_noisy(sound: Sound) -> Sound:
    """SI-SDR of what is given back unchanged is infinite, and so has no number."""
    return noisy(sound, 0.002)


def noisier(sound: Sound) -> Sound:
    return noisy(sound, 0.02)


@pytest.fixture(scope="module")
def clips():
    return [
        TestClip(f"{run}@{start}s", f"run {run}", str(run), start, Sound(samples, RATE))
        for run in range(2)
        for start, samples in enumerate(np.split(speech(2, run), 2))
    ]


def refusing_first(make):
    asked = []

    def sometimes(sound: Sound) -> Sound:
        asked.append(sound)
        if len(asked) == 1:
            raise MlflowException("cannot do this one\nTraceback ...")
        return make(sound)

    return sometimes


@pytest.fixture(scope="module")
def worse(clips) -> Reconstructions:
    """Noisier than its codec, and it refuses the first of four clips."""
    return evaluate_reconstruction(served(refusing_first(noisier)), slightly_noisy, clips, HERE)


def test_a_model_that_does_what_the_codec_does_loses_nothing(clips):
    """Else the gate would hold the way to the model and back against it."""
    found = evaluate_reconstruction(served(slightly_noisy), slightly_noisy, clips, HERE)
    for metric in QUALITY:
        lost = found.metrics[f"{metric}_lost"]
        assert lost.value == pytest.approx(0, abs=0.02), metric
        assert lost.upper - lost.lower < 0.05
        assert found.metrics[metric].value == pytest.approx(
            found.metrics[f"codec_{metric}"].value, rel=0.01
        )
    assert found.metrics["unscored"] == Interval(0.0)


def test_a_worse_model_loses_in_every_metric_whichever_way_the_metric_goes(worse):
    """With the sign of a distance turned round, a worse model would seem to gain."""
    assert not HIGHER_IS_BETTER["log_mel_distance"]
    for metric in QUALITY:
        assert worse.metrics[f"{metric}_lost"].lower > 0, metric
    assert worse.metrics["log_mel_distance"].value > worse.metrics["codec_log_mel_distance"].value


def test_the_loss_is_paired_on_the_clips_that_both_have(worse):
    ours, codec = worse.scores.values["si_sdr"], worse.ceiling.values["si_sdr"]
    assert worse.metrics["si_sdr_lost"].value == pytest.approx((codec - ours).dropna().mean())
    assert codec.notna().all()


def test_a_refused_clip_is_counted_and_named_and_in_no_mean(worse, clips):
    """Averaged in as zero it would hide what the others are; left out unseen, pay for silence."""
    first = clips[0].item
    assert set(worse.sounds) == {clip.item for clip in clips[1:]}
    assert worse.scores.values.loc[first].isna().all()
    reasons = worse.scores.failures.set_index("item").loc[first, "reason"]
    assert list(reasons) == ["cannot do this one"] * len(QUALITY)
    others = worse.scores.values["stoi"].drop(first)
    assert worse.metrics["stoi"].value == pytest.approx(others.mean())
    assert worse.metrics["unscored"].value == pytest.approx(0.25)


def test_everything_a_gate_may_ask_is_measured(worse):
    assert set(worse.metrics) == set(MEASURED)


def test_an_answer_cut_short_is_no_answer(clips):
    """Scored on what it has, a model would do best to give back its best second alone."""

    def half(sound: Sound) -> Sound:
        return Sound(sound.samples[: len(sound.samples) // 2], sound.sample_rate)

    with pytest.raises(UserError, match=r"not one of 4 clips came back.*expected 1.000 s back"):
        evaluate_reconstruction(served(half), slightly_noisy, clips, HERE)


def test_rounding_of_a_frame_is_not_held_against_a_model(clips):
    def shorter(sound: Sound) -> Sound:
        return Sound(noisier(sound).samples[:-20], sound.sample_rate)

    assert score_served(served(shorter), clips, HERE).scored["si_sdr"] == 4


def test_a_model_may_answer_at_a_rate_of_its_own(clips):
    """The original is brought to the answer's rate; compared sample by sample it would be noise."""

    def at_half_the_rate(sound: Sound) -> Sound:
        # Odd samples are dropped, which for speech of few highs is nearly the sound itself.
        return Sound(sound.samples[::2], sound.sample_rate // 2)

    low = [replace(clip, sound=Sound(_below_5_khz(clip.sound.samples), RATE)) for clip in clips]
    scores = score_served(served(at_half_the_rate), low, HERE)
    assert scores.values["si_sdr"].min() > 25


def _below_5_khz(samples: np.ndarray) -> np.ndarray:
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE) > 5000] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def test_no_clip_is_a_mistake_in_one_line(clips):
    with pytest.raises(UserError, match="no test clip is left") as refused:
        evaluate_reconstruction(served(noisier), slightly_noisy, [], HERE)
    assert "\n" not in str(refused.value)


def test_a_model_that_gives_nothing_back_is_named_with_its_reason(clips):
    def refuse(sound: Sound) -> Sound:
        raise MlflowException("out of order")

    with pytest.raises(UserError, match="not one of 4 clips came back; the first: out of order"):
        evaluate_reconstruction(served(refuse), slightly_noisy, clips, HERE)


def test_a_model_that_says_nothing_has_no_score_and_the_gate_calls_that_an_error(clips):
    """A metric that nobody could measure must not look like one that is fine."""

    def hush(sound: Sound) -> Sound:
        return Sound(np.full_like(sound.samples, 0.25), sound.sample_rate)

    found = evaluate_reconstruction(served(hush), slightly_noisy, clips, HERE)
    assert found.metrics["unscored"].value == 1
    assert not {"si_sdr", "si_sdr_lost", "pesq_wb", "pesq_wb_lost"} & set(found.metrics)
    verdict = decide(load_gate("codec"), Evidence(found.metrics, "d", NoChampion()), "d")
    assert verdict.outcome is Outcome.ERROR
    assert {row.note for row in verdict.rows if row.outcome is Outcome.ERROR} == {"not measured"}


def test_clips_are_named_as_asked_whatever_order_they_are_scored_in(clips):
    sounds = {clip.item: noisier(clip.sound) for clip in reversed(clips)}
    scores = score_sounds(clips, sounds, {}, HERE)
    assert scores.item_ids == [clip.item for clip in clips]
    assert scores.groups == [clip.group for clip in clips]


def report(evaluation: Reconstructions) -> str:
    verdict = decide(load_gate("codec"), Evidence(evaluation.metrics, "abc", NoChampion()), "abc")
    return reconstruction_report("a model version 1", "abc", evaluation, [verdict.section()])


def test_the_report_tells_codec_model_and_loss_apart_and_names_what_has_no_score(worse, clips):
    text = report(worse)
    (line,) = [each for each in text.splitlines() if each.startswith("| si_sdr  ")]
    for name in ("codec_si_sdr", "si_sdr", "si_sdr_lost"):
        measured = worse.metrics[name]
        assert f"{measured.value:.4g} ({measured.lower:.4g} to {measured.upper:.4g})" in line
    assert line.split("|")[-2].strip() == "3"
    assert "clips: 4 in 2 groups, 3 came back" in text
    assert "dataset digest: `abc`" in text
    assert "## Gate codec: " in text
    assert f"| {clips[0].item}" in text.split("## Clips without a score")[1]


def test_without_an_interval_the_report_shows_none(worse):
    """One group only: a bracket with nothing in it would look like a fault of the report."""
    bare = {name: Interval(each.value) for name, each in worse.metrics.items()}
    del bare["stoi"]
    text = report(replace(worse, metrics=bare))
    table = text.split("## Gate")[0]
    assert "(" not in table.split("Means over clips")[1].split("\n\n")[1]
    (line,) = [each for each in table.splitlines() if each.startswith("| stoi")]
    assert line.split("|")[3].strip() == "-"


def test_metrics_bounds_and_tables_are_in_the_run(worse, tmp_path, empty_database):
    """Runs are compared in the UI by these numbers, and checked by these tables."""
    with local_store(empty_database, tmp_path) as client:
        where = mlflow.create_experiment("e", artifact_location=tmp_path.as_uri())
        dataset = mlflow.data.from_pandas(pd.DataFrame({"a": [1]}), name="test", digest="abc")
        with mlflow.start_run(experiment_id=where) as run:
            log_reconstruction(worse, None, "test", dataset)
        metrics = client.get_run(run.info.run_id).data.metrics
        folder = client.download_artifacts(run.info.run_id, "test")
        tables = {name: pd.read_csv(f"{folder}/{name}.csv") for name in ("clips", "failures")}
    assert metrics["test.clips"] == 4
    for name, measured in worse.metrics.items():
        assert metrics[f"test.{name}"] == measured.value
        if measured.lower is not None:
            assert metrics[f"test.{name}.upper"] == measured.upper
    assert "test.unscored.lower" not in metrics
    assert list(tables["clips"]["system"]) == ["model"] * 4 + ["codec"] * 4
    assert tables["clips"]["si_sdr"].isna().sum() == 1
    assert list(tables["failures"]["system"]) == ["model"] * len(QUALITY)


def test_scores_stay_those_of_the_clips_that_are_asked_for(worse):
    """The champion may have heard some clips: scores must not move to another clip by place."""
    items = [worse.scores.item_ids[place] for place in (2, 0)]
    some = worse.scores.part(items)
    assert isinstance(some, ClipScores)
    assert some.item_ids == items
    assert some.groups == ["run 1", "run 0"]
    pd.testing.assert_frame_equal(some.values, worse.scores.values.loc[items])
    assert set(some.failures["item"]) == {items[1]}
    assert worse.scores.part(items[:1]).failures.empty
