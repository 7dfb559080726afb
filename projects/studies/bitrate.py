"""How many bits does sound need on its way through the autoencoder?"""

import math
from collections.abc import Mapping
from functools import partial

from evaluation.bootstrap import Interval
from evaluation.gates.gate import Gate
from evaluation.gates.threshold import Threshold
from evaluation.reconstruction import CEILING, LOST, beside_ceiling
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.judgement import Judge, ceiling_of
from projects.codec.load import load_codec
from projects.codec.rate_distortion import entropy
from projects.studies.codec_trials import Trained, prepare_codec
from projects.studies.engine.question import Outcome, Prepared, Question
from projects.studies.engine.space import Choice, Space

QUALITY = ("pesq_wb", "si_sdr")


def space(config: TrainAutoencoderConfig) -> Space:
    """The codec's own bandwidths, at settings that may have to differ between them.

    The bandwidth comes last, where it changes fastest, and the settings as they stand first: a
    study of few trials has all bandwidths under the same conditions.
    """
    return {
        "bottleneck": Choice(_from(config.bottleneck, (512, 1024, 2048))),
        "learning_rate": Choice(_from(config.learning_rate, (1e-3, 2e-3, 4e-3))),
        "bandwidth": Choice(load_codec(config.codec).bandwidths),
    }


def prepare(config: TrainAutoencoderConfig) -> Prepared[TrainAutoencoderConfig]:
    """As `prepare_codec`; a gate that cannot be answered is refused before any work."""
    gate = Judge.of(config.gate, config.fan_out).gate
    return prepare_codec(partial(measure, gate), config)


def measure(gate: Gate, trained: Trained) -> Outcome:
    """Scores of the validation clips beside the codec's own, and what the codes take."""
    codec, bandwidth = trained.codec, trained.config.bandwidth
    own = ceiling_of(codec, bandwidth)
    fan_out = trained.config.fan_out
    found = beside_ceiling(trained.clips, trained.sounds, {}, own, fan_out)
    beside = [name for each in QUALITY for name in (CEILING + each, each + LOST)]
    return Outcome(
        {
            **{name: _value(found.metrics, name) for name in QUALITY},
            "kbps": codec.kbps(codec.codebooks(bandwidth)),
        },
        found.scores.to_frame(),
        {
            **{name: found.metrics[name].value for name in beside if name in found.metrics},
            "entropy_kbps": entropy_kbps(trained),
            **trained.learnt(),
        },
        constraints(gate, found.metrics),
    )


def constraints(gate: Gate, metrics: Mapping[str, Interval]) -> dict[str, float]:
    """How far each rule's metric is on the wrong side of its limit; below 0 on the right one.

    Args:
        gate: Its rule about the champion is left out: no trial is a candidate.
        metrics: What was measured; a rule that cannot be answered is infinitely far from met.
    """
    rules = [rule for rule in gate.rules if isinstance(rule, Threshold)]
    return {f"{rule.metric} {rule.bound}": _missed(rule, metrics) for rule in rules}


def _from(first: float, others: tuple[float, ...]) -> tuple[float, ...]:
    return (first, *(each for each in others if each != first))


def _missed(rule: Threshold, metrics: Mapping[str, Interval]) -> float:
    measured = metrics.get(rule.metric)
    bound = None if measured is None else getattr(measured, rule.bound)
    if bound is None or not math.isfinite(bound):
        return math.inf
    above = bound - rule.pass_when.limit
    return float(-above if rule.pass_when.upward else above)


def _value(metrics: Mapping[str, Interval], name: str) -> float:
    return metrics[name].value if name in metrics else math.nan


def entropy_kbps(trained: Trained) -> float:
    """What the training TRs' codes carry, each codebook coded by itself and all frames alike."""
    codes = trained.train.codes.transpose(1, 0, 2)[:, trained.train.mask]
    bits = sum(entropy(book) for book in codes)
    return bits * trained.codec.frame_rate / 1000


QUESTION = Question(
    text="How many bits a second are worth it for sound through the autoencoder?",
    objectives={"pesq_wb": "maximize", "si_sdr": "maximize", "kbps": "minimize"},
    kind="reconstruction",
    job=TrainAutoencoderConfig,
    entry_point="train_autoencoder",
    space=space,
    base={"epochs": 5},
    prepare=prepare,
    exhaustive=True,
)
