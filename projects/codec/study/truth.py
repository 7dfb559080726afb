"""What lies behind the responses of a simulated study, so that an analysis can be checked."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save


@dataclass(frozen=True)
class Truth:
    """How the responses of all runs were made.

    A run's responses are `convolve_hrf(features, tr) @ weights` plus noise.

    Attributes:
        names: of the features.
        features: by run, (n_trs, features) float64; each feature has mean 0 and deviation 1 over
            all runs together, and is not yet delayed by the HRF.
        weights: (features, voxels) float64, zeros where a voxel carries nothing.
        carries: (voxels,) bool; False where a voxel is nothing but noise.
        lag_s: seconds from a sound to the peak of the response to it.
        snr: standard deviation of a carrying voxel's signal over that of its noise.
    """

    names: tuple[str, ...]
    features: dict[str, NDArray[np.float64]]
    weights: NDArray[np.float64]
    carries: NDArray[np.bool_]
    lag_s: float
    snr: float


def save_truth(path: Path, truth: Truth) -> None:
    """Writes a truth as safetensors."""
    arrays: dict[str, np.ndarray] = {"weights": truth.weights, "carries": truth.carries}
    arrays |= {f"features.{run}": features for run, features in truth.features.items()}
    rest = {"names": truth.names, "lag_s": truth.lag_s, "snr": truth.snr}
    # One entry, for safetensors writes several in an order that changes from time to time.
    path.write_bytes(save(arrays, metadata={"truth": json.dumps(rest)}))


def read_truth(path: Path) -> Truth:
    """Reads what `save_truth` wrote; the manifest of a study has its path in the column truth."""
    with safe_open(path, framework="numpy") as file:
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        rest = json.loads(file.metadata()["truth"])
    weights, carries = arrays.pop("weights"), arrays.pop("carries")
    return Truth(
        names=tuple(rest["names"]),
        features={name.removeprefix("features."): array for name, array in arrays.items()},
        weights=weights,
        carries=carries,
        lag_s=rest["lag_s"],
        snr=rest["snr"],
    )
