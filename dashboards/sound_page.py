"""The sounds of a version or of a codec's evaluation, to be heard and seen."""

import hashlib
from io import BytesIO

from flask import Response, request, send_file
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_DOES_NOT_EXIST

from dashboards.asked import asked_version
from dashboards.readers import check_runs
from dashboards.sounds import Sound, content, picture, sounds
from dashboards.untrusted import whole_number
from registry.dossier import TAG, evidence_run


def sound() -> Response:
    """A sound of an evaluation, as FLAC."""
    run_id, asked = _asked()
    return _sent(content(run_id, asked), "audio/flac")


def sound_picture() -> Response:
    """Its spectrogram."""
    run_id, asked = _asked()
    return _sent(picture(run_id, asked), "image/png")


def _asked() -> tuple[str, Sound]:
    """The run and the sound: a place in the run's own listing, never a path from outside."""
    run_id = request.args.get("run") or evidence_run(asked_version().tags.get(TAG, ""))
    check_runs(MlflowClient().get_run(run_id).info.experiment_id)
    text = request.args.get("place", "")
    place, found = whole_number(text), sounds(run_id, request.args.get("folder", ""))
    if place is None or place >= len(found):
        raise MlflowException(
            f"place: expected one below {len(found)}, got {text!r}", RESOURCE_DOES_NOT_EXIST
        )
    return run_id, found[place]


def _sent(data: bytes, kind: str) -> Response:
    digest = hashlib.sha256(data).hexdigest()[:16]
    # Conditional, so that a player can ask for a part of it.
    return send_file(BytesIO(data), kind, conditional=True, etag=digest)
