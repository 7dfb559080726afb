"""What was found out about a version: a sealed file in the run that measured it.

A version's tags can be copied and a run's metrics overwritten. A dossier is named by the digest of
its own content, says which version it is about, and is all that decisions are made from.
"""

import hashlib
import json
import re
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from pydantic import BaseModel, ConfigDict, ValidationError

from evaluation.bootstrap import Interval
from evaluation.findings import Findings
from evaluation.gates.canonical import gate_text
from evaluation.gates.gate import Gate
from projects.environment import machine
from projects.errors import UserError
from registry.model_files import model_files

TAG = "evidence"
"""Of a version: the reference of its dossier."""

FOLDER = "evidence"
METRICS_PREFIX = "test"
_REFERENCE = re.compile(r"([0-9a-f]{32})/([0-9a-f]{64})")


class Dossier(BaseModel):
    """One evaluation of one version; JSON.

    Attributes:
        model: Name of the registered model.
        version: Of it.
        model_digest: Of the version's files when it was evaluated.
        code_digest: Of the code among them.
        kind: As `Findings.kind`.
        dataset: Digest of the test set.
        metrics: Name to value, lower and upper bound.
        classes: As `Findings.classes`.
        costs: `latency` in seconds, `size` in bytes.
        machine: That it was measured on.
        items: Digest of the table of clips beside this file.
        gate: That it was evaluated for, in canonical form.
        beside: Reference of the champion's dossier of the same test set, where that had to be
            made anew.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    version: str
    model_digest: str
    code_digest: str
    kind: Literal["classification", "reconstruction"]
    dataset: str
    metrics: dict[str, tuple[float, float | None, float | None]]
    classes: dict[str, dict[str, float]]
    costs: dict[str, float]
    machine: str
    items: str
    gate: str
    beside: str | None

    def intervals(self) -> dict[str, Interval]:
        """The metrics as they were measured."""
        return {name: Interval(*bounds) for name, bounds in self.metrics.items()}


def write_dossier(
    run_id: str, version: ModelVersion, findings: Findings, gate: Gate, beside: str | None = None
) -> str:
    """Seals what was found out about a version, in the run that found it out.

    Args:
        run_id: That run.
        version: Of the registered model.
        findings: Of its evaluation.
        gate: That it was evaluated for.
        beside: Reference of the champion's dossier of the same test set, if one was made anew.

    Returns:
        Its reference, `RUN/DIGEST`.
    """
    table = BytesIO()
    findings.items.to_parquet(table, index=False)
    files = model_files(version.name, str(version.version))
    dossier = Dossier(
        model=version.name,
        version=str(version.version),
        model_digest=files.digest,
        code_digest=files.code,
        kind=findings.kind,
        dataset=findings.dataset,
        metrics={
            name: (each.value, each.lower, each.upper) for name, each in findings.metrics.items()
        },
        classes={label: dict(values) for label, values in findings.classes.items()},
        costs={"latency": findings.latency, "size": float(files.size)},
        machine=machine(),
        items=_sha256(table.getvalue()),
        gate=gate_text(gate),
        beside=beside,
    )
    # NaN and infinity are kept as they are: a gate has to see them.
    text = json.dumps(dossier.model_dump(), sort_keys=True, indent=1).encode()
    digest = _sha256(text)
    with TemporaryDirectory() as temporary:
        for name, content in (
            (f"{dossier.items}.parquet", table.getvalue()),
            (f"{digest}.json", text),
        ):
            path = Path(temporary) / name
            path.write_bytes(content)
            MlflowClient().log_artifact(run_id, str(path), FOLDER)
    return f"{run_id}/{digest}"


def read_dossier(reference: str) -> Dossier:
    """Reads a dossier.

    Raises:
        UserError: There is none, or it is not what its digest says.
    """
    run_id, digest = _parts(reference)
    content = _sealed(run_id, f"{digest}.json", digest)
    try:
        return Dossier.model_validate(json.loads(content))
    except (ValidationError, ValueError, RecursionError) as error:
        raise UserError(f"evidence {reference}: expected a dossier, got other JSON") from error


def read_items(reference: str, dossier: Dossier) -> pd.DataFrame:
    """Reads the table of clips of a dossier.

    Raises:
        UserError: There is none, or it is not what its digest says.
    """
    run_id, _ = _parts(reference)
    content = _sealed(run_id, f"{dossier.items}.parquet", dossier.items)
    try:
        return pd.read_parquet(BytesIO(content))
    except (ValueError, OSError) as error:
        raise UserError(f"evidence {reference}: expected a table of clips, got none") from error


def evidence_run(reference: str) -> str:
    """The run that holds a dossier."""
    return _parts(reference)[0]


def _parts(reference: str) -> tuple[str, str]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise UserError(f"evidence: expected RUN/DIGEST, got {reference!r}")
    return match[1], match[2]


def _sealed(run_id: str, name: str, digest: str) -> bytes:
    try:
        with TemporaryDirectory() as temporary:
            path = mlflow.artifacts.download_artifacts(
                run_id=run_id, artifact_path=f"{FOLDER}/{name}", dst_path=temporary
            )
            content = Path(path).read_bytes()
    except (MlflowException, OSError) as error:
        reason = (str(error).splitlines() or ["gone"])[0]
        raise UserError(f"evidence in run {run_id}: expected {name}, got none: {reason}") from error
    if _sha256(content) != digest:
        raise UserError(f"evidence in run {run_id}: {name} was changed after it was sealed")
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
