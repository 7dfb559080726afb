"""What does each codebook of a codec carry?"""

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial

import mlflow
import numpy as np
import pandas as pd
from pydantic import Field

from evaluation.clip_scores import ClipScores, paired_difference
from evaluation.evaluation import as_dataset
from evaluation.reconstruction import LOST, TestClip
from projects.audio.manifest import dataset_digest
from projects.codec.autoencoder.held_out import clip_table
from projects.codec.clips import Cutting
from projects.codec.codec import Codec
from projects.codec.data import SplitConfig
from projects.codec.load import BUNDLED, load_codec
from projects.codec.rate_distortion import entropy
from projects.studies.codec_scores import (
    QUALITY,
    judged,
    learnt_recordings,
    new_clips,
    score_given_back,
)
from projects.studies.engine.question import Outcome, Prepared, Question, Report
from projects.studies.engine.space import Choice, Space

COST = QUALITY + LOST


class CodebooksConfig(SplitConfig):
    """Gives clips back with one codebook left out of the sum of their entries."""

    codec: str = Field(BUNDLED, description="bundled, a folder or a hub id")
    bandwidth: float = Field(6.0, gt=0, description="kbit/s: how many codebooks there are")
    clip_seconds: float = Field(5.0, ge=1, le=20, description="longer recordings are cut")
    clips_a_recording: int = Field(3, ge=1, description="at most, spread evenly over it")
    dropped: int = Field(0, ge=0, description="codebook that is left out, from 1 on; 0 for none")


@dataclass(frozen=True, eq=False)
class _Encoded:
    """Clips, the codes of each by its item, and how good they are with all codebooks."""

    codec: Codec
    clips: list[TestClip]
    codes: dict[str, np.ndarray]
    whole: ClipScores


def space(config: CodebooksConfig) -> Space:
    """None, and each codebook of the bandwidth."""
    codebooks = load_codec(config.codec).codebooks(config.bandwidth)
    return {"dropped": Choice(tuple(range(codebooks + 1)))}


def prepare(config: CodebooksConfig) -> Prepared[CodebooksConfig]:
    """Encodes clips of all recordings but the test's: nothing is trained on any of them.

    Raises:
        UserError: The split leaks, or no recording can be read that is new to the codec.
    """
    codec = load_codec(config.codec)
    cutting = Cutting(config.clip_seconds, config.clips_a_recording)
    clips = new_clips(codec, learnt_recordings(config), cutting)
    codes = {clip.item: codec.encode([clip.sound.samples], config.bandwidth)[0] for clip in clips}
    whole = score_given_back(clips, _decoded(codec, codes), config.fan_out)
    table = clip_table(clips)
    digest = dataset_digest(table)
    mlflow.log_input(as_dataset(table, "validation", digest), context="validation")
    encoded = _Encoded(codec, clips, codes, whole)
    return Prepared(partial(_try_out, encoded), f"{digest}, codec {codec.digest}")


def without(codec: Codec, dropped: int) -> Codec:
    """A codec that decodes as if a codebook, from 1 on, had zeros for entries; 0 for none."""
    if not dropped:
        return codec
    model = deepcopy(codec.model)
    model.quantizer.layers[dropped - 1].codebook.embed.zero_()
    return replace(codec, model=model)


def carried(codes: np.ndarray, entries: int) -> dict[str, float]:
    """What a codebook's codes amount to.

    On few frames both are too low, as entries that did not turn up count as impossible.

    Args:
        codes: (frames,) of integers in [0, entries).
        entries: Of the codebook.

    Returns:
        `entropy`, bits a code of at most log2(entries), and `in_use`, the share of entries.
    """
    return {"entropy": entropy(codes), "in_use": len(np.unique(codes)) / entries}


def _try_out(encoded: _Encoded, config: CodebooksConfig, report: Report) -> Outcome:
    dropped = config.dropped
    if not dropped:
        return judged(encoded.whole, {})
    made = _decoded(without(encoded.codec, dropped), encoded.codes)
    scores = score_given_back(encoded.clips, made, config.fan_out)
    lost = paired_difference(encoded.whole, scores, QUALITY)
    bounds = {f"{COST}.lower": lost.lower, f"{COST}.upper": lost.upper}
    known = {name: bound for name, bound in bounds.items() if bound is not None}
    codes = np.concatenate([each[dropped - 1] for each in encoded.codes.values()])
    measured = {COST: lost.value, **known, **carried(codes, encoded.codec.codebook_size)}
    return judged(scores, measured)


def _decoded(codec: Codec, codes: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {item: codec.decode([each])[0] for item, each in codes.items()}


def tell(trials: pd.DataFrame) -> str:
    """What leaving out each codebook costs, and what its codes amount to."""
    whole = trials.loc[trials["dropped"] == 0, QUALITY]
    rows = trials[trials["dropped"] > 0].drop_duplicates("dropped").sort_values("dropped")
    if rows.empty:
        return "no codebook was left out yet, do more trials."
    costs = "; ".join(f"codebook {row['dropped']:.0f} {_cost(row)}" for _, row in rows.iterrows())
    bits = ", ".join(f"{each:.1f}" for each in rows["entropy"])
    shares = ", ".join(f"{each:.0%}" for each in rows["in_use"])
    of = f" {whole.iloc[0]:.2f}" if len(whole) else ""
    return (
        f"left out alone, a codebook costs so much of the{of} dB of {QUALITY} that there are with "
        "all (95 % interval, bootstrap over groups, on recordings that are new to the codec): "
        f"{costs}. In this order, a code carries {bits} bits, and {shares} of the entries are in "
        "use."
    )


def _cost(row: pd.Series) -> str:
    if pd.isna(row.get(f"{COST}.lower")):
        return f"{row[COST]:.2f}, too few groups for an interval"
    return f"{row[COST]:.2f} ({row[f'{COST}.lower']:.2f} to {row[f'{COST}.upper']:.2f})"


QUESTION = Question(
    text="What does each codebook of a codec carry?",
    objectives={QUALITY: "maximize"},
    kind="reconstruction",
    job=CodebooksConfig,
    entry_point="",
    space=space,
    base={"demo_runs": 12, "demo_minutes": 1.0},
    prepare=prepare,
    exhaustive=True,
    tell=tell,
)
