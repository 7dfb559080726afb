"""The codec page: what is kept of sound for how many bits, to be seen and heard."""

from flask import render_template, request

from dashboards.autoencoders import Autoencoder, autoencoders
from dashboards.codec_evaluations import CodecEvaluation, codec_evaluation, codec_evaluations
from dashboards.gate_lines import gate_lines
from dashboards.lineage import source
from dashboards.listening import Clip, clips
from dashboards.rate_distortion import TITLES, rate_distortion_figure
from dashboards.sounds import sounds
from dashboards.versions import known_versions
from evaluation.gates.reader import load_gate
from evaluation.quality.metrics import QUALITY
from registry.dossier import evidence_run

GATE = "codec"

HEARD = 3
"""Autoencoders whose clips are on the page, the newest."""


def codec() -> str:
    """A chosen evaluation of a codec, the newest unless one is asked for, and the autoencoders."""
    listed = codec_evaluations()
    asked = request.args.get("run", "")
    shown = codec_evaluation(asked) if asked else next(iter(listed), None)
    trained = autoencoders(known_versions())
    gate = load_gate(GATE)
    systems = shown.systems if shown else ()
    return render_template(
        "codec.html",
        evaluations=listed,
        shown=shown,
        autoencoders=trained,
        metrics=list(QUALITY),
        titles=TITLES,
        figures={
            metric: rate_distortion_figure(metric, systems, trained, gate_lines(gate, metric))
            for metric in TITLES
            if shown or trained
        },
        gate=gate,
        clips=_clips_of(shown),
        heard=[(each, _clips_by(each)) for each in trained[:HEARD]],
    )


def _clips_of(shown: CodecEvaluation | None) -> list[Clip]:
    return clips(sounds(shown.run_id, "codec")) if shown else []


def _clips_by(trained: Autoencoder) -> list[Clip]:
    run_id = evidence_run(trained.known.reference)
    return clips(sounds(run_id, "audio")) if source(run_id) else []
