"""What a worker's process of the tests loads first: a dreamer that costs nothing, and what a test wants of the worker.

The folder that `STAND_IN` names is shared with the test:
    log                 a line for each range that a worker begins: its number, and the worker's process
    hold-N              while it is there, workers wait when they begin range N
    catch-N             the first worker that begins range N waits until the client cancels it, and makes `stopped-N`
"""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dreamvid import __version__
from dreamvid.errors import WeightsError
from dreamvid.events import Doing
from dreamvid.farm import film_task, kept, task
from dreamvid.films import shared
from dreamvid.films.shared import RangeMade, SharedFilm
from tests.stand_in import StandIn

FOLDER = Path(os.environ["STAND_IN"])
SECONDS = 0.02

_render = SharedFilm.render


def machine(engine: str, threads: int) -> dict[str, str]:
    """The machine that `VERSION` and `PROCESSOR` describe."""
    return {"dreamvid": os.environ.get("VERSION", __version__), "processor": os.environ.get("PROCESSOR", "this")}


def render(film: SharedFilm, number: int, *, again: bool = False) -> RangeMade:
    """Renders a range; writes the log, and waits if the test wants it."""
    with (FOLDER / "log").open("a") as log:
        log.write(f"{number} {os.getpid()}\n")
    while (FOLDER / f"hold-{number}").exists():
        time.sleep(SECONDS)
    try:
        (FOLDER / f"catch-{number}").rename(FOLDER / f"caught-{number}")
    except FileNotFoundError:
        return _render(film, number, again=again)
    try:
        while True:
            time.sleep(SECONDS)
            film.listener.observe(Doing("waiting"))
    finally:
        (FOLDER / f"stopped-{number}").touch()


def open_dreamer(*_: object) -> StandIn:
    """The stand-in."""
    if "WITHOUT_WEIGHTS" in os.environ:
        raise WeightsError("the weights are missing")
    return StandIn()


def only_received(file: list[str]) -> Path | None:
    """As `kept.found`, on a machine that shares no disk with the client."""
    path = kept.folder() / file[0] / file[1]
    return path if path.exists() else None


def begin() -> None:
    """Puts all this in place."""
    SharedFilm.render = render
    replaced: Mapping[Any, Mapping[str, Any]] = {
        film_task: {"open_plan_dreamer": open_dreamer}, kept: {"found": only_received},
        task: {"machine": machine, "found": only_received}, shared: {"machine": machine}}
    for module, names in replaced.items():
        for name, value in names.items():
            setattr(module, name, value)
