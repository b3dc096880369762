"""The tasks of a worker that make pictures: for `image`, `layers` and `compare`.

The keys of their tasks:
    command: whose settings they are, a name in `settings.COMMANDS`.
    settings: as `to_table` returns them.
    inputs: the files that the settings name, by key, and the picture or clip as `source` (hash, name, client's path).
"""

from collections.abc import Mapping
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dreamvid.arrays import size_of
from dreamvid.calls import record_of
from dreamvid.errors import InputError
from dreamvid.events import Caller, Listener
from dreamvid.farm.kept import here, kept_dreamer
from dreamvid.films.compare import make_one
from dreamvid.output import disk
from dreamvid.settings import COMMANDS, DreamSettings, ImageSettings, build, from_table
from dreamvid.stills.atlas import dream_cell
from dreamvid.stills.atlas import start_of as start_of_cells
from dreamvid.stills.batch import Job
from dreamvid.stills.dreaming import open_dreamer, warn_of_limits
from dreamvid.stills.image import dream_job, start_of

if TYPE_CHECKING:
    from dreamvid.arrays import Size
    from dreamvid.dream.dreamer import Dreamer

Made = tuple[dict[str, Any], Mapping[str, Path]]


def image_task(task: Mapping[str, Any], folder: Path, listener: Listener) -> Made:
    """Dreams one picture. `suffix` is that of its file, and `weights` the hash of the network's weights."""
    settings, source = _settings(task), _source(task)
    target = folder / f"picture{task['suffix']}"
    job = Job(source, target)
    try:
        still = start_of(job, settings, listener.warn)
    except InputError as error:
        return {"unreadable": str(error)}, {}
    dreamer = _dreamer_of(task, settings, size_of(still.image), listener)
    made = dream_job(job, still, settings, dreamer, task["weights"],
                     caller=Caller(listener.observe, listener.warn))
    return {"made": record_of(made)}, {_name(target): target}


def cell_task(task: Mapping[str, Any], folder: Path, listener: Listener) -> Made:
    """Dreams one picture of an atlas. `variant` has its dream settings."""
    settings = _settings(task)
    start = start_of_cells(_source(task), settings, listener.warn)
    variant = build(DreamSettings, from_table(DreamSettings, _placed(task, task["variant"])))
    path = folder / "cell.npy"
    with disk.writing(path):
        np.save(path, dream_cell(start, settings, variant, listener))
    return {}, {_name(path): path}


def compare_task(task: Mapping[str, Any], folder: Path, listener: Listener) -> Made:
    """Makes one picture or film of a comparison. A film is returned as its pictures, in order."""
    source = _source(task)
    assert source is not None
    pictures, fps = make_one(task["command"], source, _settings(task), folder / "film", listener)
    names = [_name(path) for path in pictures]
    return {"pictures": names, "fps": str(fps)}, dict(zip(names, pictures, strict=True))


def _settings(task: Mapping[str, Any]) -> Any:
    kind = COMMANDS[task["command"]]
    return build(kind, from_table(kind, _placed(task, task["settings"])))


def _placed(task: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """A table of settings, with the paths of the files on this machine."""
    return {**table, **{key: str(here(file)) for key, file in task["inputs"].items() if key in table}}


def _source(task: Mapping[str, Any]) -> Path | None:
    return here(task["inputs"]["source"]) if "source" in task["inputs"] else None


def _name(path: Path) -> str:
    """The name of a file in an answer."""
    return f"{disk.digest_of(path)}{path.suffix}"


def _dreamer_of(task: Mapping[str, Any], settings: ImageSettings, size: "Size", listener: Listener) -> "Dreamer":
    def build() -> "Dreamer":
        dreamer = open_dreamer(settings.machine, settings.dream, listener)
        warn_of_limits(dreamer, size, listener.warn)
        return dreamer

    return kept_dreamer(dumps(["picture", {**task["settings"], "number": 0}, {**task["inputs"], "source": ""}]), build)
