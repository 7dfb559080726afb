"""Is a registered autoencoder good enough on recordings that it was not trained on?"""

from collections.abc import Mapping

import pandas as pd
from mlflow.entities.model_registry import ModelVersion
from mlflow.pyfunc import PyFuncModel

from evaluation.reconstruction import TestClip
from projects.audio.digests import with_digests
from projects.audio.manifest import dataset_digest
from projects.codec.autoencoder.held_out import clip_table, cut_named, cut_recordings
from projects.codec.autoencoder.job import TrainAutoencoderConfig
from projects.codec.autoencoder.judgement import Judge, is_heard
from projects.codec.autoencoder.reconstructor import Reconstructor
from registry.promotion import Decision
from registry.record import champions_test_set


def judge_autoencoder(
    version: ModelVersion, served: PyFuncModel, judge: Judge, data: Mapping[str, object]
) -> Decision:
    """Evaluates a version on recordings, read and cut as its training would, and decides.

    Args:
        version: Of the registered model.
        served: That version.
        judge: What it is judged by.
        data: What a training would be told of where the recordings are.

    Raises:
        UserError: There are no such recordings, or the model or its codec has heard all of them.
    """
    made: Reconstructor = served.unwrap_python_model().reconstructor
    config = TrainAutoencoderConfig.validated({**data, "tr": made.tr})
    recordings = with_digests(config.manifest())
    clips = _champions_clips(version.name, made, recordings) or cut_recordings(
        recordings, config.cutting, made.codec.sample_rate
    )
    _, decision = judge.evaluate_and_promote(version, served, clips)
    return decision


def _champions_clips(model: str, made: Reconstructor, recordings: pd.DataFrame) -> list[TestClip]:
    """The clips that the champion passed on, where all are there and the candidate heard none."""
    digest, names = champions_test_set(model)
    clips = cut_named(recordings, names, made.codec.sample_rate)
    unheard = [clip for clip in clips if not is_heard(made.seen, clip)]
    # Other recordings may have the same names.
    return unheard if dataset_digest(clip_table(unheard)) == digest else []
