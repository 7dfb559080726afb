"""A classifier beside another, both served from a store."""

import base64
import io

import mlflow
import numpy as np
import pandas as pd
import pytest
import soundfile
from local_store import local_store

from evaluation.beside import examine_beside
from evaluation.evaluation import Evaluation
from evaluation.findings import paired
from evaluation.predictions import Predictions
from projects.errors import UserError

LABELS = ["quiet", "loud"]

CODE = """
import base64, io
import mlflow, numpy as np, pandas as pd, soundfile
from mlflow.exceptions import MlflowException

class ByLevel(mlflow.pyfunc.PythonModel):
    seen_audio = frozenset({"digest 0"})

    def predict(self, context, model_input, params=None):
        answers = []
        for text in model_input["audio"]:
            level = np.abs(soundfile.read(io.BytesIO(base64.b64decode(text)))[0]).max()
            if level > 0.9:
                raise MlflowException("too loud for me")
            loud = float(level > 0.4)
            answers.append([
                {"species": "loud", "probability": loud},
                {"species": "quiet", "probability": 1 - loud},
            ])
        return pd.DataFrame({"top": answers})

mlflow.models.set_model(ByLevel())
"""


def tone():
    file = io.BytesIO()
    soundfile.write(file, np.tile([0.5, -0.5], 4000), 8000, format="WAV")
    return base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def uri(tmp_path_factory, empty_database):
    """Right about all levels but 0.3, which it calls quiet; it cannot take what is over 0.9."""
    folder = tmp_path_factory.mktemp("beside")
    (folder / "model.py").write_text(CODE)
    signature = mlflow.models.ModelSignature(
        inputs=mlflow.types.Schema([mlflow.types.ColSpec("string", "audio")]),
        params=mlflow.types.ParamSchema([mlflow.types.ParamSpec("top_k", "long", 2)]),
    )
    with local_store(empty_database, folder):
        where = mlflow.create_experiment("species", artifact_location=(folder / "a").as_uri())
        with mlflow.start_run(experiment_id=where):
            model = mlflow.pyfunc.log_model(
                name="m",
                python_model=str(folder / "model.py"),
                signature=signature,
                metadata={"labels": LABELS},
                input_example=pd.DataFrame({"audio": [tone()]}),
                pip_requirements=[],
            )
        mlflow.register_model(model.model_uri, "m")
        yield "models:/m/1"


def evaluation(folder, levels, candidate_right, labels=LABELS, scored=None):
    """A candidate that is right where it is said to be; levels of 0.3 and more are loud."""
    rows = []
    for place, level in enumerate(levels):
        path = folder / f"{place}.wav"
        soundfile.write(path, np.tile([level, -level], 4000), 8000)
        truth = LABELS[level >= 0.3]
        rows.append((f"r{place}", str(path), truth, f"g{place}", f"digest {place}"))
    columns = ["recording_id", "path", "label", "group", "audio"]
    recordings = pd.DataFrame(rows, columns=columns)
    kept = recordings if scored is None else recordings.iloc[scored]
    truth = np.array([LABELS.index(label) for label in kept["label"]])
    answers = np.where(np.array(candidate_right), truth, 1 - truth)
    predictions = Predictions(
        list(kept["recording_id"]), list(kept["group"]), truth, np.eye(2)[answers], list(labels)
    )
    return Evaluation(recordings, "digest", predictions, {}, {})


def difference_to(candidate, other, metric):
    theirs = examine_beside(candidate, other)
    assert theirs.dataset == candidate.digest
    return paired("classification", candidate.predictions.to_table(), theirs.items, metric)


def test_the_difference_is_of_the_recordings_that_the_other_has_not_heard(uri, tmp_path):
    """Recording 0 was in the other's training: there the candidate may not lose, nor win."""
    candidate = evaluation(tmp_path, [0.3, 0.3, 0.1, 0.6], [False, True, True, False])
    found = difference_to(candidate, uri, "accuracy")
    assert found.value == pytest.approx(2 / 3 - 2 / 3)
    better = evaluation(tmp_path, [0.3, 0.3, 0.1, 0.6], [False, True, True, True])
    assert difference_to(better, uri, "accuracy").value == pytest.approx(1 - 2 / 3)


def test_what_the_other_could_not_score_is_left_out_on_both_sides(uri, tmp_path):
    candidate = evaluation(tmp_path, [0.1, 0.95, 0.3, 0.6], [True, False, True, True])
    assert difference_to(candidate, uri, "accuracy").value == pytest.approx(1 - 1 / 2)


def test_a_candidate_does_not_gain_by_what_it_could_not_score(uri, tmp_path):
    """Silent on what it finds hard, it would beat a champion that tries."""
    candidate = evaluation(tmp_path, [0.1, 0.3, 0.1, 0.6], [True, True], scored=[2, 3])
    with pytest.raises(UserError, match="could score clips that the candidate could not"):
        difference_to(candidate, uri, "accuracy")


def test_other_labels_say_what_to_do(uri, tmp_path):
    candidate = evaluation(tmp_path, [0.1, 0.6], [True, True], labels=["a", "b"])
    with pytest.raises(UserError, match="register models of other labels under another"):
        difference_to(candidate, uri, "accuracy")
