"""A render in a process of its own: all of it real but the dreamer, which is cheap, and the disk, which may fail.

The processes are forked from one that has imported everything, so that hundreds of them are no matter.
"""

import json
import multiprocessing
import os
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import connection
from pathlib import Path
from tempfile import mkstemp
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np

from dreamvid import ClipSettings, ZoomSettings
from dreamvid.arrays import Image
from dreamvid.errors import Cancelled, DreamvidError, Terminated
from dreamvid.events import Continued, Event, Frame
from dreamvid.settings import FilmSettings, WorkSettings
from dreamvid.video import segments
from tests.journal.faults import Fault, Faults

# The package's names for these are its functions.
zooms, clips, openings, resumables = (
    import_module(f"dreamvid.pipeline.{name}") for name in ("zoom", "clip", "opening", "resumable"))

FRAMES = 10
STRETCH = 4
"""Frames in a stretch: ten frames are two whole ones, and a rest."""

KILLED = -9

_PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is rendered.

    Attributes:
        source: a picture, for a zoom; or a film, for a clip.
        output: where it goes, below the root.
        extras: the poster's and the contact sheet's names, below the root.
        frames: how many, of a zoom.
        pause: seconds that each takes at least.
        stop: after how many frames a person gives up, by Ctrl-C; 0 for never.
        terminate: whether it is the system that ends it.
        seed: of the dreams.
        overwrite, restart, keep_work: as the options.
        environment: of the process.
    """

    source: Path
    output: str = "film.mp4"
    extras: tuple[str, str] | None = None
    frames: int = FRAMES
    pause: float = 0
    stop: int = 0
    terminate: bool = False
    seed: int = 1
    overwrite: bool = False
    restart: bool = False
    keep_work: bool = False
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What became of a process.

    Attributes:
        code: the exit code; KILLED if it did not come to an end.
        error: the sentence, if it failed for a known reason.
        steps: how many changes of the disk it made, if it lived.
        at: the name of the step at which it came to grief.
        first: after how many frames it went on.
        done: how many frames it said were done.
    """

    code: int = KILLED
    error: str = ""
    steps: int = 0
    at: str = ""
    first: int = 0
    done: int = 0


def perform(root: Path, play: Play, fault: Fault | None = None) -> Outcome:
    """Renders in a child process, to its end or to what befalls it."""
    process = begin(root, play, fault)
    return process.end(_PATIENCE)


class Performance:
    """A render that is running."""

    def __init__(self, root: Path, play: Play, fault: Fault) -> None:
        descriptor, name = mkstemp(dir=root.parent, suffix=".told")
        os.close(descriptor)
        self._told = Path(name)
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload(["tests.journal.stage"])
        self.process = server.Process(target=_perform, args=(root, play, fault, self._told))
        self.process.start()

    def told(self) -> dict[str, Any]:
        """What it said up to now."""
        return {key: value for line in self._told.read_text().splitlines(keepends=True) if line.endswith("\n")
                for key, value in json.loads(line).items()}

    def end(self, patience: float) -> Outcome:
        """Waits for its end."""
        # Its exit status may be read by another thread that begins a process.
        if not connection.wait([self.process.sentinel], patience):
            self.process.kill()
            raise AssertionError(f"it was not done after {patience} s: {self.told()}")
        outcome = Outcome(**self.told())
        assert outcome.code != 70, outcome.error
        self._told.unlink()
        return outcome


def begin(root: Path, play: Play, fault: Fault | None = None) -> Performance:
    """The same for a render whose end is not waited for."""
    return Performance(root, play, fault or Fault())


def _perform(root: Path, play: Play, fault: Fault, told: Path) -> None:
    """What the child does."""
    os.environ |= dict(play.environment)
    os.chdir(root.parent)
    cv2.setNumThreads(1)
    channel = os.open(told, os.O_WRONLY | os.O_APPEND)
    write = os.write

    def tell(**what: Any) -> None:
        write(channel, f"{json.dumps(what)}\n".encode())

    _replace_the_dreamer()
    faults = Faults(root, fault, lambda name: tell(at=name))
    faults.install()
    code = 0
    try:
        _render(root, play, tell)
    except DreamvidError as error:
        tell(error=str(error))
        code = error.exit_code
    except BaseException:
        tell(error=traceback.format_exc())
        code = 70
    tell(steps=faults.steps, code=code)


def _render(root: Path, play: Play, tell: Callable[..., None]) -> None:
    def observe(event: Event) -> None:
        if isinstance(event, Continued):
            tell(first=event.done)
        if isinstance(event, Frame):
            tell(done=event.done)
            time.sleep(play.pause)
            if event.done == play.stop:
                raise (Terminated if play.terminate else Cancelled)("stop")

    poster, sheet = ((str(root / name) for name in play.extras) if play.extras else (None, None))
    work = WorkSettings(restart=play.restart, keep_work=play.keep_work)
    target = os.path.join(root, play.output)  # noqa: PTH118 - a Path has no slash at its end
    if play.source.suffix == ".png":
        film = FilmSettings(size=48, poster=poster, sheet=sheet)
        zooms.zoom(play.source, target, ZoomSettings(frames=play.frames, seed=play.seed, film=film, work=work),
                   overwrite=play.overwrite, observe=observe)
    else:
        settings = ClipSettings(seed=play.seed, work=work)
        settings = settings.but(film=settings.film.but(poster=poster, sheet=sheet))
        clips.clip(play.source, target, settings, overwrite=play.overwrite, observe=observe)


def _replace_the_dreamer() -> None:
    network = SimpleNamespace(name="stand-in", digest="0" * 64)
    zooms.load_dream = lambda values, seed, *_, **__: (_dream(seed), network)
    clips.load_clip_dream = lambda settings, *_: (_dream(settings.seed), network)
    openings.machine = lambda: {"machine": "this"}
    resumables.SECONDS_OF_GRACE = 1.0
    segments.stretch_length = lambda size: STRETCH


def _dream(seed: int) -> Callable[[Image, int], Image]:
    def dream(image: Image, n: int) -> Image:
        noise = np.random.default_rng([seed, n]).random(image.shape, np.float32)
        return np.clip(0.8 * image[:, ::-1] + 0.2 * noise, 0, 1)

    return dream
