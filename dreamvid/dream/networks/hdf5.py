"""What is in an HDF5 file of weights, and whether it is safe to read.

HDF5 can point to other files (external links, external storage, virtual datasets) and promise arrays far larger than
itself. A file of weights needs none of it, so such a file is refused before Keras sees it.
"""

from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np

from dreamvid.errors import WeightsError

Shapes = dict[str, tuple[int, ...]]
"""Name of an array → its shape, in the order of the file."""

LARGEST_EXPANSION = 100
"""How many times its own size a file may promise: compression gains a few times, a bomb thousands."""


def check_hdf5(path: Path) -> None:
    """Raises WeightsError if a file is no HDF5, is damaged, or refers to anything outside itself."""
    try:
        with h5py.File(path, "r") as file:
            promised = sum(_checked(dataset, path) for dataset in _datasets(file, path, set()))
    except OSError as error:
        raise WeightsError(f"{path} is no HDF5 file, or is damaged ({error})") from error
    if promised > LARGEST_EXPANSION * path.stat().st_size:
        raise WeightsError(f"{path} is refused: it promises {promised} bytes, {path.stat().st_size} are there")


def _datasets(group: h5py.Group, path: Path, seen: set[int]) -> Iterator[h5py.Dataset]:
    """Every dataset below a group, each link on the way checked; `seen` holds the places of the groups so far."""
    place = h5py.h5o.get_info(group.id).addr
    if place in seen:
        raise WeightsError(f"{path} is refused: {group.name} is in it twice")
    seen.add(place)
    for name in group:
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            raise WeightsError(f"{path} is refused: {name} in {group.name} is a link, {type(link).__name__}")
        item = group[name]
        if isinstance(item, h5py.Group):
            yield from _datasets(item, path, seen)
        elif isinstance(item, h5py.Dataset):
            yield item


def _checked(dataset: h5py.Dataset, path: Path) -> int:
    """The bytes that a dataset promises."""
    if dataset.external or dataset.is_virtual:
        raise WeightsError(f"{path} is refused: {dataset.name} lies in another file")
    if dataset.dtype.hasobject:
        raise WeightsError(f"{path} is refused: {dataset.name} holds no numbers")
    return dataset.size * dataset.dtype.itemsize


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
