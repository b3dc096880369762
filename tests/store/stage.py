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
from multiprocessing import connection
from pathlib import Path
from tempfile import mkstemp
from typing import Any

import cv2
import pytest
from PIL import Image as Pillow

from dreamvid.errors import Cancelled, DreamvidError, Terminated
from dreamvid.events import Caller, Continued, Event, Frame
from dreamvid.films import commands, joining, making, plan
from dreamvid.films.shared import SharedFilm
from dreamvid.output import progress
from dreamvid.output.shared import SharedStore
from dreamvid.settings import (
    CameraSettings,
    CarrySettings,
    ClipSettings,
    EncoderSettings,
    FilmSettings,
    LoopSettings,
    LoopSourceSettings,
    MachineSettings,
    TimelineSettings,
    WorkSettings,
    ZoomSettings,
)
from tests.stand_in import replace_dreamer
from tests.store.faults import Fault, Faults

FRAMES = 10
LONGEST = 4
"""Frames in a range: ten frames are three ranges."""

KILLED = -9

Pillow.preinit()  # before the processes are forked

_PATIENCE = 240.0


@dataclass(frozen=True, kw_only=True)
class Play:
    """What is rendered.

    Attributes:
        source: a picture, for a zoom; or a film, for a clip.
        output: where it goes, below the root.
        extras: the poster's and the contact sheet's names, below the root.
        frames: how many, of a zoom or a loop.
        loop: its kind, if it is a loop of the picture.
        audio: a sound that a zoom's camera and strength follow.
        pause: seconds that each takes at least.
        longest: frames in a range, at most.
        flush: seconds after which pictures are flushed.
        ranges: the numbers of the ranges that are rendered into the store, as one of several processes; empty for the
            whole film.
        join: whether the film is made of the store.
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
    loop: str = ""
    audio: Path | None = None
    pause: float = 0
    longest: int = LONGEST
    flush: float = 0
    ranges: tuple[int, ...] = ()
    join: bool = False
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
        flushes: how many of them were flushes.
        at: the name of the step at which it came to grief.
        first: after how many frames it went on.
        done: how many frames it said were done.
        warnings: what it warned of.
    """

    code: int = KILLED
    error: str = ""
    steps: int = 0
    flushes: int = 0
    at: str = ""
    first: int = 0
    done: int = 0
    warnings: tuple[str, ...] = ()


def perform(root: Path, play: Play, fault: Fault | None = None) -> Outcome:
    """Renders in a child process, to its end or to what befalls it."""
    return begin(root, play, fault).end()


class Performance:
    """A render that is running."""

    def __init__(self, root: Path, play: Play, fault: Fault) -> None:
        descriptor, name = mkstemp(dir=root.parent, suffix=".told")
        os.close(descriptor)
        self._told = Path(name)
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload(["tests.store.stage"])
        self.process = server.Process(target=_perform, args=(root, play, fault, self._told))
        self.process.start()

    def told(self) -> dict[str, Any]:
        """What it said up to now."""
        lines = [json.loads(line) for line in self._told.read_text().splitlines(keepends=True) if line.endswith("\n")]
        said = {key: value for line in lines for key, value in line.items() if key != "warning"}
        return said | {"warnings": tuple(line["warning"] for line in lines if "warning" in line)}

    def wait_for(self, done: int) -> int:
        """Waits until so many frames are done, or it has ended; returns how many are."""
        until = time.monotonic() + _PATIENCE
        while (now := self.told().get("done", 0)) < done and not connection.wait([self.process.sentinel], 0.01):
            assert time.monotonic() < until, self.told()
        return now

    def kill(self) -> Outcome:
        """Kills it by SIGKILL."""
        self.process.kill()
        return self.end()

    def end(self) -> Outcome:
        """Waits for its end."""
        # Its exit status may be read by another thread that begins a process.
        if not connection.wait([self.process.sentinel], _PATIENCE):
            self.process.kill()
            raise AssertionError(f"it was not done after {_PATIENCE} s: {self.told()}")
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

    replace_dreamer(pytest.MonkeyPatch(), play.longest)
    plan.check_dream = lambda *_: "0" * 64
    progress.FLUSH_SECONDS = play.flush
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
    tell(steps=faults.steps, flushes=faults.flushes, code=code)


def _render(root: Path, play: Play, tell: Callable[..., None]) -> None:
    def warn(sentence: str) -> None:
        tell(warning=sentence)

    def observe(event: Event) -> None:
        if isinstance(event, Continued):
            tell(first=event.done)
        if isinstance(event, Frame):
            tell(done=event.done)
            time.sleep(play.pause)
            if event.done == play.stop:
                raise (Terminated if play.terminate else Cancelled)("stop")

    poster, sheet = ((str(root / name) for name in play.extras) if play.extras else ("", ""))
    work = WorkSettings(restart=play.restart, keep_work=play.keep_work)
    target = os.path.join(root, play.output)  # noqa: PTH118 - a Path has no slash at its end
    command, settings = _asked_for(play)
    settings = settings.but(seed=play.seed, work=work, film=settings.film.but(poster=poster, sheet=sheet),
                            machine=MachineSettings(engine="tensorflow"))  # which is not loaded, as nothing is dreamed
    listener = Caller(observe, warn, play.overwrite)
    planned, call = commands.planned(command, play.source, target, settings, listener)
    if play.ranges or play.join:
        film = SharedFilm(planned, call, SharedStore(str(root.parent / "store")), listener)
        for number in play.ranges:
            film.render(number)
        if play.join:
            joining.join(film)
    else:
        making.render_film(planned, call, listener)


def _asked_for(play: Play) -> tuple[str, Any]:
    if play.loop:
        return "loop", LoopSettings(kind=play.loop, seconds=play.frames / 30, film=EncoderSettings(),
                                    source=LoopSourceSettings(size=48))
    if play.source.suffix == ".png":
        plain = ZoomSettings(frames=play.frames, film=FilmSettings(size=48))
        return "zoom", plain if play.audio is None else plain.but(
            timeline=TimelineSettings(audio=str(play.audio)), camera=CameraSettings(zoom="1.2 + 3*bass", rotate="90*t"),
            carry=CarrySettings(drive="0.5 + bass"))
    return "clip", ClipSettings()


