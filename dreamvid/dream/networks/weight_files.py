"""Files of weights: their digests, what can be said of them without loading a network, and whether they are safe.

HDF5 can point to other files (external links, external storage, virtual datasets) and declare arrays far larger than
itself. A file of weights needs none of it, so such a file is refused before Keras reads it.
"""

import hashlib
from pathlib import Path

import h5py
import numpy as np
from safetensors import SafetensorError, safe_open

from dreamvid.errors import WeightsError

Shapes = dict[str, tuple[int, ...]]
"""Name of an array → its shape, in the order of the file."""

KINDS = (".weights.h5", ".h5", ".hdf5", ".safetensors")


Stamp = tuple[int, int]
"""What changes when a file does: its size in bytes, and its time in nanoseconds."""


def stamp_of(path: Path | None) -> Stamp | None:
    """The stamp of a file; None for no file, or if it is not there."""
    try:
        found = path.stat() if path else None
    except (OSError, ValueError):
        return None
    return (found.st_size, found.st_mtime_ns) if found else None


def check_weights(path: Path) -> None:
    """Raises WeightsError if a file cannot be one of weights: by its name, or by how it begins; see `check_file`."""
    if not path.name.endswith(KINDS):
        raise WeightsError(f"{path} is not a file of weights; these end in {', '.join(KINDS)}")
    check_file(path)


def check_file(path: Path) -> None:
    """Raises WeightsError if a file cannot be read, is empty, or is a web page that was saved in its place."""
    try:
        with path.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror})") from error
    if not head:
        raise WeightsError(f"{path} is empty")
    if head.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml")):
        raise WeightsError(f"{path} is a web page and no file of weights; the download itself has to be saved")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    Raises:
        WeightsError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsError(f"{path} cannot be read ({error.strerror})") from error


def has_classifier(path: Path, classes: int) -> bool:
    """Whether a file of weights holds a classifier: a matrix to `classes` values. Its name differs from file to file.

    Raises:
        WeightsError: a file that cannot be read or is damaged, or an HDF5 file that refers to anything outside itself.
    """
    shapes = _safetensors_shapes(path) if path.suffix == ".safetensors" else _hdf5_shapes(path)
    return any(len(shape) == 2 and shape[1] == classes for shape in shapes.values())


def _hdf5_shapes(path: Path) -> Shapes:
    check_hdf5(path)
    with h5py.File(path, "r") as file:
        return legacy_shapes(file) or keras_3_shapes(file)


def _safetensors_shapes(path: Path) -> Shapes:
    try:
        with safe_open(path, framework="np") as file:
            return {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - no mapping
    except (SafetensorError, OSError, TypeError) as error:
        raise WeightsError(f"{path} cannot be read ({error})") from error


LARGEST_EXPANSION = 100
"""The largest ratio of declared to actual size. Compression reaches a few times, a decompression bomb thousands."""


def check_hdf5(path: Path) -> None:
    """Raises WeightsError if a file is not an HDF5, is damaged, or refers to anything outside itself."""
    declared = 0

    def refusal(name: str, link: object) -> str | None:
        nonlocal declared
        if not isinstance(link, h5py.HardLink):
            return f"{name} is a link, {type(link).__name__}"
        item = file[name]
        if not isinstance(item, h5py.Dataset):
            return None
        declared += item.size * item.dtype.itemsize
        if item.external or item.is_virtual:
            return f"{name} lies in another file"
        return f"{name} holds no numbers" if item.dtype.hasobject else None

    try:
        with h5py.File(path, "r") as file:
            why = file.visititems_links(refusal)
    except OSError as error:
        raise WeightsError(f"{path} is not an HDF5 file, or is damaged ({error})") from error
    if not why and declared > LARGEST_EXPANSION * path.stat().st_size:
        why = f"it declares {declared} bytes and has {path.stat().st_size}"
    if why:
        raise WeightsError(f"{path} is refused: {why}")


def legacy_shapes(file: h5py.File) -> Shapes:
    """The arrays of the older kind of file, in the order of its layers; none if it is of another kind."""
    inner = file.get("model_weights")
    root: h5py.Group = inner if isinstance(inner, h5py.Group) else file
    shapes: Shapes = {}
    for layer in _texts(root, "layer_names"):
        group = root.get(layer)
        if not isinstance(group, h5py.Group):
            continue
        for weight in _texts(group, "weight_names"):
            array = group.get(weight)
            if isinstance(array, h5py.Dataset):
                shapes[weight if weight.startswith(layer) else f"{layer}/{weight}"] = array.shape
    return shapes


def keras_3_shapes(file: h5py.File) -> Shapes:
    """The arrays of a file of Keras 3's kind, by their paths."""
    shapes: Shapes = {}

    def note(name: str, item: h5py.Group | h5py.Dataset) -> None:
        if isinstance(item, h5py.Dataset):
            shapes[name] = item.shape

    file.visititems(note)
    return shapes


def _texts(group: h5py.Group, attribute: str) -> list[str]:
    """A list of texts in an attribute, or in its numbered parts where it is too long for one."""
    names = [attribute] if attribute in group.attrs else sorted(
        (name for name in group.attrs if name.startswith(attribute) and name[len(attribute):].isdigit()),
        key=lambda name: int(name[len(attribute):]))
    texts = [text for name in names for text in np.asarray(group.attrs[name]).ravel()]
    return [text.decode(errors="replace") if isinstance(text, bytes) else str(text) for text in texts]
