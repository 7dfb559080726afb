"""Is a new autoencoder good enough, and not worse than the one in use?"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import mlflow
from mlflow.entities.model_registry import ModelVersion
from mlflow.pyfunc import PyFuncModel

from evaluation.clip_scores import intervals
from evaluation.evaluation import as_dataset
from evaluation.findings import Findings, of_scores
from evaluation.gates.champion import NotWorseThanChampion
from evaluation.gates.gate import Gate
from evaluation.gates.usable import usable_gate
from evaluation.reconstruction import (
    COMPARED,
    MEASURED,
    Reconstruct,
    Reconstructions,
    TestClip,
    evaluate_reconstruction,
    score_served,
)
from evaluation.reconstruction_report import log_reconstruction, reconstruction_report
from evaluation.served import load_served
from projects.audio.decode import Sound
from projects.audio.manifest import dataset_digest
from projects.codec.autoencoder.held_out import clip_table
from projects.codec.autoencoder.job import USUAL_GATE
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.seen import Seen
from projects.codec.codec import Codec
from projects.errors import UserError
from projects.parallel import FanOut
from registry.candidacy import submit
from registry.outcome import tell_outcome
from registry.promotion import Decision
from registry.record import gate_of_record

KIND = "audio autoencoder"

CHAMPION_RULE = NotWorseThanChampion("si_sdr", 0.5)
"""For a gate that says nothing of the champion; dB."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judge:
    """What a candidate is judged by.

    Attributes:
        gate: The rules.
        fan_out: Where clips are scored.
        accept: A person's reason to take what the gate would INVESTIGATE; empty for none.
        dry_run: Only says what would be decided.
    """

    gate: Gate
    fan_out: FanOut
    accept: str = ""
    dry_run: bool = False

    @classmethod
    def of(cls, gate: str, fan_out: FanOut) -> "Judge":
        """Reads a gate by name or path; one that cannot be answered is refused now."""
        return cls(usable_gate(gate, MEASURED, COMPARED, CHAMPION_RULE), fan_out)

    @classmethod
    def of_record(cls, version: ModelVersion, fan_out: FanOut) -> "Judge":
        """Goes by the gate on record for the champion or the version, else by a training's."""
        return cls(gate_of_record(version, USUAL_GATE), fan_out)

    def evaluate_and_promote(
        self, version: ModelVersion, served: PyFuncModel, clips: Sequence[TestClip]
    ) -> tuple[Reconstructions, Decision]:
        """Scores a version as it is served, logs it, and decides about it.

        Args:
            version: Of the registered model.
            served: That version; its codec's own decoding is the ceiling.
            clips: Of the test side.

        Raises:
            UserError: The model or its codec has heard all of the clips, or gives none back.
        """
        made: Reconstructor = served.unwrap_python_model().reconstructor
        unheard = unheard_clips(made.seen, clips)
        own = ceiling_of(made.codec, made.bandwidth)
        evaluation = evaluate_reconstruction(served, own, unheard, self.fan_out)
        table = clip_table(unheard)
        digest = dataset_digest(table)
        dataset = as_dataset(table, "test", digest)
        mlflow.log_input(dataset, context="test")
        log_reconstruction(evaluation, served.metadata.model_id, "test", dataset)
        findings = of_scores(evaluation.scores, evaluation.metrics, served, digest)
        examine = partial(self._examine, evaluation, digest)
        decision = submit(version, findings, self.gate, examine, self.accept, self.dry_run)
        title = f"{version.name} version {version.version}"
        report = reconstruction_report(title, digest, evaluation, [decision.entry.section()])
        mlflow.log_text(report, "test/report.md")
        print(reconstruction_report(title, digest, evaluation, []))
        came, asked = len(evaluation.sounds), len(unheard)
        tell_outcome(decision, f"on {came} of {asked} test clips, digest {digest}")
        return evaluation, decision

    def _examine(self, evaluation: Reconstructions, digest: str, other: str) -> Findings:
        """Another model's findings on the clips that it has not heard."""
        model = load_served(other, KIND, "seen")
        clips = unheard_clips(model.unwrap_python_model().seen, evaluation.clips)
        scores = score_served(model, clips, self.fan_out)
        return of_scores(scores, intervals(scores), model, digest)


def is_heard(seen: Seen, clip: TestClip) -> bool:
    """Whether a model or its codec has heard anything of a clip."""
    return seen.touches(clip.audio, clip.start, clip.start + clip.sound.seconds)


def unheard_clips(seen: Seen, clips: Sequence[TestClip]) -> list[TestClip]:
    """The clips that are in nothing that a model or its codec has heard.

    Raises:
        UserError: There is none.
    """
    kept = [clip for clip in clips if not is_heard(seen, clip)]
    if not kept:
        raise UserError(
            f"the model or its codec has heard all of these {len(clips)} clips: "
            "expected some that it has not"
        )
    if len(kept) < len(clips):
        logger.info("left out: %d clips that it has heard", len(clips) - len(kept))
    return kept


def ceiling_of(codec: Codec, bandwidth: float) -> Reconstruct:
    """What the codec alone gives back at a bandwidth in kbit/s."""

    def own(sound: Sound) -> Sound:
        return Sound(codec.given_back(sound.samples, bandwidth), codec.sample_rate)

    return own
