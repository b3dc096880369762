"""A file of weights → the variables of a Keras model. Data only: nothing in the file is ever run.

Three kinds are read: Keras 3's `.weights.h5`, the older `.h5` in which Keras publishes its networks, and
`.safetensors` with arrays named LAYER/VARIABLE. No pickle and no saved model is opened.
"""

import warnings
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from pathlib import Path

import h5py
import keras
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from dreamvid.dream.networks.weight_files import Shapes, legacy_shapes
from dreamvid.errors import WeightsError


def load_weights(network: str, model: keras.Model, names: Mapping[str, str], path: Path) -> None:
    """Gives a model the weights in a file that `has_classifier` has checked.

    Args:
        network: the model's name in the catalogue.
        names: the model's layer names → their names in a `.safetensors` file, the same in every process.

    Raises:
        WeightsError: it is damaged, or holds another network's weights; the first array that does not fit is named.
    """
    if path.suffix == ".safetensors":
        _assign(network, model, names, path)
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # what does not fit is an error, and told below
            model.load_weights(path)
    except (ValueError, KeyError, OSError) as error:
        reason = _misfit(model, path) or str(error).partition("\n")[0]
        raise WeightsError(f"{path} does not fit {network}: {reason}") from error


def arrays_of(model: keras.Model, names: Mapping[str, str]) -> Iterator[tuple[str, keras.Variable]]:
    """The variables of a model that hold weights, named as in a `.safetensors` file."""
    for layer in model.layers:
        for variable in layer.weights:
            yield f"{names[layer.name]}/{variable.path.removeprefix(layer.name + '/')}", variable


def _assign(network: str, model: keras.Model, names: Mapping[str, str], path: Path) -> None:
    arrays = _read_safetensors(path)
    wanted = dict(arrays_of(model, names))
    found: Shapes = {name: tuple(arrays[name].shape) for name in wanted if name in arrays}
    misfit = _first_difference({name: tuple(variable.shape) for name, variable in wanted.items()}, found)
    if misfit:
        raise WeightsError(f"{path} does not fit {network}: {misfit}")
    for name, variable in wanted.items():
        variable.assign(arrays[name])
    for layer in model.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # it computes with copies of its variables


def _read_safetensors(path: Path) -> dict[str, np.ndarray]:
    try:
        return load_file(path)
    except (SafetensorError, OSError, TypeError) as error:
        raise WeightsError(f"{path} cannot be read ({error})") from error


def _misfit(model: keras.Model, path: Path) -> str:
    """Why an HDF5 file does not fit: the first array of an older one, or its kind; empty if Keras's reason says it."""
    with h5py.File(path, "r") as file:
        found = legacy_shapes(file)
        if found:
            if path.name.endswith(".weights.h5"):
                return "it is of the older kind, whose name must end in .h5 and not in .weights.h5"
            return _first_difference(_legacy_order(model), found, by_name=False)
    return "" if path.name.endswith(".weights.h5") else "it is of Keras 3's kind, whose name must end in .weights.h5"


def _legacy_order(model: keras.Model) -> Shapes:
    """The older kind's order: layer by layer, the trainable variables first."""
    return {
        variable.path: tuple(variable.shape)
        for layer in model.layers
        for variable in [*layer.trainable_weights, *layer.non_trainable_weights]
    }


def _first_difference(wanted: Shapes, found: Shapes, *, by_name: bool = True) -> str:
    """In words, the first array that is wanted and is not found with that shape; empty if there is none."""
    if by_name:
        for name, shape in wanted.items():
            if found.get(name) != shape:
                return f"{name} of shape {shape} {_instead(found.get(name))}"
        return ""
    nothing: tuple[str, tuple[int, ...] | None] = ("", None)
    for (name, shape), (other, other_shape) in zip_longest(wanted.items(), found.items(), fillvalue=nothing):
        if shape != other_shape:
            return f"{name} of shape {shape} {_instead(other_shape, other)}" if name else f"{other} has no place in it"
    return ""


def _instead(shape: tuple[int, ...] | None, name: str = "") -> str:
    return "is missing" if shape is None else f"is wanted where {name or 'it'} has the shape {shape}"
