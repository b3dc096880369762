"""Files of weights: every kind gives the same frozen, and nothing else is let in."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from dreamvid.dream.engines import open_engine
from dreamvid.dream.engines.tensorflow.checkpoint import arrays_of
from dreamvid.dream.engines.tensorflow.keras_applications import build, load_keras, stable_names
from dreamvid.dream.networks import Network, describe, entry_of, weights_digest
from dreamvid.dream.objective import excite
from dreamvid.errors import WeightsError
from dreamvid.settings import DreamSettings


def write_keras_3(model: keras.Model, path: Path) -> None:
    model.save_weights(path)


def write_safetensors(model: keras.Model, path: Path) -> None:
    save_file({name: variable.numpy() for name, variable in arrays_of(model, stable_names(model))}, path)


def write_legacy(model: keras.Model, path: Path) -> None:
    """The kind in which Keras publishes its networks, with the names that another process gave its layers."""
    with h5py.File(path, "w") as file:
        layers = [layer for layer in model.layers if layer.weights]
        file.attrs["layer_names"] = [f"{layer.name}_7" for layer in layers]
        for layer in layers:
            group = file.create_group(f"{layer.name}_7")
            variables = [*layer.trainable_weights, *layer.non_trainable_weights]
            names = [f"{layer.name}_7/{variable.name}:0" for variable in variables]
            group.attrs["weight_names"] = names
            for name, variable in zip(names, variables, strict=True):
                group[name] = variable.numpy()


KINDS: dict[str, Callable[[keras.Model, Path], None]] = {
    "a.weights.h5": write_keras_3, "a.h5": write_legacy, "a.safetensors": write_safetensors,
}


def output(network: Network, image: np.ndarray) -> np.ndarray:
    return open_engine().gradient(network, excite({network.layers[-1]: 1.0}, "mean"))(image, (1.0,))[0]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_network(
    kind: str, mobilenet: keras.Model, frozen: Network, image: np.ndarray, tmp_path: Path
) -> None:
    path = tmp_path / kind
    KINDS[kind](mobilenet, path)
    loaded = load_keras(entry_of("mobilenet"), path)
    assert loaded.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    np.testing.assert_array_equal(output(loaded, image), output(frozen, image))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_described_as_it_is_loaded(kind: str, mobilenet: keras.Model, tmp_path: Path) -> None:
    path = tmp_path / kind
    KINDS[kind](mobilenet, path)
    settings, loaded = DreamSettings(network="mobilenet", weights=str(path)), load_keras(entry_of("mobilenet"), path)
    facts = describe(settings)
    assert (facts.channels, facts.classes) == (loaded.channels, 0)
    assert weights_digest(settings) == loaded.digest


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_classifier_in_the_file_becomes_the_layer_logits(kind: str, tmp_path: Path) -> None:
    entry = entry_of("mobilenet_v2")
    KINDS[kind](build(entry, classifier=True), tmp_path / kind)
    assert load_keras(entry, tmp_path / kind).classes == 1000
    assert describe(DreamSettings(network="mobilenet_v2", weights=str(tmp_path / kind))).classes == 1000


@pytest.mark.slow
def test_a_classifier_that_a_network_cannot_have_is_one_array_too_many(tmp_path: Path) -> None:
    entry = entry_of("mobilenet_v3_small")
    write_legacy(build(entry, classifier=True), tmp_path / "a.h5")
    with pytest.raises(WeightsError, match="logits_7/kernel:0 has no place in it"):
        load_keras(entry, tmp_path / "a.h5")


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "array"), [
    ("a.weights.h5", ""),
    ("a.h5", r"conv/kernel of shape \(3, 3, 3, 16\) is wanted where conv1_7/kernel:0 has the shape \(3, 3, 3, 32\)"),
    ("a.safetensors", r"conv/kernel of shape \(3, 3, 3, 16\) is missing"),
])
def test_another_networks_weights_are_refused_by_the_first_array_that_does_not_fit(
    kind: str, array: str, mobilenet: keras.Model, tmp_path: Path
) -> None:
    KINDS[kind](mobilenet, tmp_path / kind)
    with pytest.raises(WeightsError, match=rf"{kind} does not fit mobilenet_v3_small: {array}"):
        load_keras(entry_of("mobilenet_v3_small"), tmp_path / kind)


@pytest.mark.slow
def test_a_name_that_says_another_kind_is_told(mobilenet: keras.Model, tmp_path: Path) -> None:
    write_legacy(mobilenet, tmp_path / "old.weights.h5")
    with pytest.raises(WeightsError, match=r"older kind, whose name must end in \.h5"):
        load_keras(entry_of("mobilenet"), tmp_path / "old.weights.h5")
    write_keras_3(mobilenet, tmp_path / "new.weights.h5")
    (tmp_path / "new.weights.h5").rename(tmp_path / "new.h5")
    with pytest.raises(WeightsError, match=r"must end in \.weights\.h5"):
        load_keras(entry_of("mobilenet"), tmp_path / "new.h5")


def external_link(file: h5py.File, elsewhere: Path) -> None:
    file["layers"] = h5py.ExternalLink(str(elsewhere), "/secret")


def soft_link(file: h5py.File, elsewhere: Path) -> None:
    file["group/layers"] = h5py.SoftLink("/nowhere")


def external_storage(file: h5py.File, elsewhere: Path) -> None:
    file.create_dataset("layers", (4,), "u1", external=[(str(elsewhere), 0, 4)])


def virtual(file: h5py.File, elsewhere: Path) -> None:
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource(str(elsewhere), "secret", (4,))
    file.create_virtual_dataset("layers", layout)


def bomb(file: h5py.File, elsewhere: Path) -> None:
    file.create_dataset("layers", (1 << 36,), "f4", chunks=(1 << 16,))


def texts(file: h5py.File, elsewhere: Path) -> None:
    file.create_dataset("layers", data=["text"], dtype=h5py.string_dtype())


@pytest.mark.parametrize("trick", [external_link, soft_link, external_storage, virtual, bomb, texts])
@pytest.mark.parametrize("name", ["trick.h5", "trick.weights.h5"])
def test_a_file_that_reaches_beyond_itself_is_refused(
    trick: Callable[[h5py.File, Path], None], name: str, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    with h5py.File(tmp_path / name, "w") as file:
        trick(file, tmp_path / "secret")
    with pytest.raises(WeightsError, match="is refused"):
        load_keras(entry_of("mobilenet"), tmp_path / name)


@pytest.mark.parametrize(("name", "content", "why"), [
    ("page.h5", b"\n<!DOCTYPE html><html>", "web page"), ("empty.h5", b"", "empty"),
    ("noise.h5", b"noise", "not an HDF5"),
    ("noise.safetensors", b"noise" * 9, "cannot be read"), ("model.pkl", b"cos\nsystem", "not a file of weights"),
    ("model.keras", b"PK", "not a file of weights"), ("page.safetensors", b"<html>", "web page"),
])
def test_what_is_no_file_of_weights_is_told(name: str, content: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=rf"{name} .*{why}"):
        load_keras(entry_of("mobilenet"), tmp_path / name)


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        load_keras(entry_of("mobilenet"), tmp_path / "none.h5")
    (tmp_path / "folder.h5").mkdir()
    with pytest.raises(WeightsError, match="cannot be read"):
        load_keras(entry_of("mobilenet"), tmp_path / "folder.h5")


def test_a_truncated_file_is_told(mobilenet: keras.Model, tmp_path: Path) -> None:
    path = tmp_path / "half.weights.h5"
    mobilenet.save_weights(path)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(WeightsError, match=r"half\.weights\.h5"):
        load_keras(entry_of("mobilenet"), path)
