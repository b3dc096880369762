"""The output of a film while it is rendered: straight into a sink, or by a work folder that outlives what stops us."""

import os
import shlex
import shutil
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import Any

import numpy as np

from dreamvid.arrays import Bytes, Image, Size, from_uint8, to_uint8
from dreamvid.errors import Cancelled, FFmpegError, OutputError, ResourceError, Terminated, write_error
from dreamvid.events import Continued, Observe, Warn
from dreamvid.journal import Manifest, Work, open_work, same_content, sync, work_folder
from dreamvid.pipeline.kept import Kept
from dreamvid.pipeline.machine import machine
from dreamvid.settings import EncoderSettings, WorkSettings
from dreamvid.video.encoder import PATIENCE
from dreamvid.video.folder import numbered
from dreamvid.video.keepsake import Keepsakes
from dreamvid.video.segments import Segments, segments_for
from dreamvid.video.sink import STDOUT, Sink, open_sink, target_of
from dreamvid.video.still import write_still
from dreamvid.video.target import appeared, exists_error, is_folder, share_name, take_name
from dreamvid.video.tracks import Tracks

SECONDS_OF_GRACE = 8.0
"""Time in which ffmpeg must show signs of life when the system wants us to end."""


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film that is to be rendered.

    Attributes:
        target: where it goes, as `open_sink` takes it.
        size: of every frame.
        fps: the exact frame rate.
        encoder: how it is encoded.
        frames: how many there will be, as far as is known.
        looks_back: whether frames that are written are wanted again; see `Output.shown`.
        overwrite: whether existing files may be replaced.
        tracks: sound and subtitles.
        recipe: what it says of itself.
        decides, place: what the render is; see `Manifest`.
        work: what is kept on the disk meanwhile.
    """

    target: str
    size: Size
    fps: Fraction
    encoder: EncoderSettings
    frames: int
    looks_back: bool = False
    overwrite: bool
    work: WorkSettings
    tracks: Tracks | None = None
    recipe: str | None = None
    decides: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, Any] = field(default_factory=dict)


class Output(ABC):
    """Takes the frames of a film in order.

    Attributes:
        first: how many frames an earlier run has made; the next is frame `first`.
        state: what the frame before that one left, if it left anything.
        written: how many frames there are now.
    """

    first: int = 0
    state: Image | None = None
    written: int = 0

    @abstractmethod
    def write(self, image: Image, state: Image | None = None) -> None:
        """Hands over the next frame as it is seen, and what it leaves to the one after it."""

    @abstractmethod
    def recall(self, name: str, make: Callable[[], Image]) -> Image:
        """What `make` returns, or returned in an earlier run; for what is dear to make and is no frame."""


    @abstractmethod
    def shown(self, n: int) -> Image:
        """Frame n as it was written, to a level of 255; only of a film that looks back."""


def unwritten(frames: Iterable[Image], sink: Output, total: int) -> Iterator[Image]:
    """Those of the frames that are not written yet. The others are made again and passed over, if any is to come."""
    return islice(frames, sink.first, None) if sink.first < total else iter(())


class Direct(Output):
    """Hands frames to a sink; keeps them only for a film that looks back.

    Args:
        sink: takes the frames.
        kept: keeps them too, if that is wanted.
    """

    def __init__(self, sink: Sink, kept: Kept | None = None) -> None:
        self._sink = sink
        self._kept = kept

    def write(self, image: Image, state: Image | None = None) -> None:  # noqa: ARG002
        self._sink.write(image)
        if self._kept is not None:
            self._kept[self.written] = image
        self.written += 1

    def shown(self, n: int) -> Image:
        assert self._kept is not None, "the film was not said to look back"
        return self._kept[n]

    def recall(self, name: str, make: Callable[[], Image]) -> Image:  # noqa: ARG002
        return make()


class Finished(Output):
    """A film that an earlier run finished, and was then stopped before it had removed the work folder."""

    def __init__(self, frames: int) -> None:
        self.first = self.written = frames

    def write(self, image: Image, state: Image | None = None) -> None:  # noqa: ARG002
        raise AssertionError("there is no frame after the last")

    def shown(self, n: int) -> Image:  # noqa: ARG002
        raise AssertionError("there is no frame after the last")

    def recall(self, name: str, make: Callable[[], Image]) -> Image:  # noqa: ARG002
        return make()


class Resumable(Output):
    """Commits every frame to a work folder, and makes the film of it in stretches.

    A frame is committed in a thread while the next one is dreamed, and a stretch is encoded in another while the next
    stretch is. So at most one frame, and the encoding of one stretch, are behind.

    Raises:
        OutputError: a result is in the way that is not this render's own, and may not be overwritten.
    """

    def __init__(self, work: Work, film: Film, segments: Segments) -> None:
        self._work, self._film, self._segments = work, film, segments
        self._target = target_of(film.target)
        poster, sheet = (Path(name) if name is not None else None for name in (film.encoder.poster, film.encoder.sheet))
        self._extras = _extras(film)
        self._keepsakes = Keepsakes(film.frames, film.fps, poster=poster, sheet=sheet)
        self._refuse_what_exists()
        work.sweep()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._encoder = ThreadPoolExecutor(1, thread_name_prefix="segment")
        self._commits: deque[Future[None]] = deque()
        self._stretches: deque[Future[None]] = deque()
        self.first = self.written = work.frames
        self.state = work.state
        self._peak = _peak(film, segments.length)

    def _refuse_what_exists(self) -> None:
        if self._film.overwrite:
            return
        for path in [*self._extras, *([] if self._segments.whole else [self._target])]:
            if os.path.lexists(path) and self._work.shown_in(path) is None:
                raise exists_error(path)

    def catch_up(self) -> None:
        """Does what an earlier run was about to do with the frames that it committed."""
        if self._segments.whole:
            for n, path in enumerate(self._work.segment_files()):
                self._show(n, path)
        for _ in range(len(self._work.segments), self.written // self._segments.length):
            self._end_stretch()

    def write(self, image: Image, state: Image | None = None) -> None:
        _settle(self._commits)
        if self.written % self._segments.length == 0:
            self._check_space()
        self._commits.append(self._disk.submit(lambda: self._work.commit_frame(to_uint8(image), state)))
        self.written += 1
        if self.written % self._segments.length == 0:
            _settle(self._commits)
            self._end_stretch()

    def recall(self, name: str, make: Callable[[], Image]) -> Image:
        return self._work.recall(name, make)

    def shown(self, n: int) -> Image:
        _settle(self._commits)
        return from_uint8(self._work.picture(n))

    def _is_kept(self, n: int) -> bool:
        """Whether a frame's picture is wanted when its stretch is finished."""
        return self._film.looks_back or self._keepsakes.wants(n)

    def _check_space(self) -> None:
        """Refuses to begin a stretch for which the disk has no room."""
        needed = self._peak
        free = shutil.disk_usage(self._work.folder).free + self._work.bytes
        if free < needed:
            raise ResourceError(f"the disk has {free / 1e6:.0f} MB left, and {self._work.folder} needs up to "
                                f"{needed / 1e6:.0f} MB besides the film")

    def _end_stretch(self) -> None:
        """Encodes the next stretch, whose frames are all there, when the one before it is encoded."""
        _settle(self._stretches)
        end = min(self.written, (len(self._work.segments) + 1) * self._segments.length)
        self._stretches.append(self._encoder.submit(self._encode, end))

    def _encode(self, end: int) -> None:
        number = len(self._work.segments)
        path = self._fresh(f"segments/{number:08d}", self._segments.suffix)
        self._segments.encode(self._pictures(end), path)
        self._work.commit_segment(end, path.name, self._is_kept)
        if self._segments.whole:
            self._show(number, path)

    def _fresh(self, name: str, suffix: str) -> Path:
        """A file in the work folder that no other run writes: a killed run's ffmpeg may live on for a while."""
        return self._work.folder / f"{name}-{token_hex(4)}{suffix}"

    def _pictures(self, end: int) -> Iterator[Bytes]:
        begin = self._work.segments[-1] if self._work.segments else 0
        return (self._work.picture(n) for n in range(begin, end))

    def _show(self, number: int, path: Path) -> None:
        """Gives a picture that is a result by itself its name in the output."""
        target = numbered(self._target, number + 1)
        if same_content(path, target):
            return
        share_name(path, target, overwrite=self._film.overwrite)

    def finish(self) -> None:
        """Completes the film, which appears under its name.

        Raises:
            FFmpegError, OutputError, ResourceError: it could not be completed, or has no frame. The work is kept.
        """
        _settle(self._commits)
        _settle(self._stretches)
        if not self.written:
            raise OutputError(f"{self._film.target} is not written: there is no frame")
        while not self._work.segments or self._work.segments[-1] < self.written:
            self._end_stretch()
            _settle(self._stretches)
        if not self._segments.whole and self._work.shown_in(self._target) != self.written:
            self._join(self._work.segment_files())
        self._keep()
        sync(self._target.parent)

    def _join(self, files: list[Path], patience: float = PATIENCE) -> None:
        joined = self._fresh("film", self._target.suffix.lower())
        try:
            self._segments.join(files, joined, self.written, patience)
        except FFmpegError as error:
            if not joined.exists():
                raise
            self._publish(joined, self._target, 0)
            raise FFmpegError(f"{self._target} is written, but without its sound: {error}") from error
        self._publish(joined, self._target, self.written)

    def _publish(self, path: Path, target: Path, frames: int) -> None:
        """Gives a result its name, in the place of nothing but an earlier one of this render."""
        ours = self._work.shown_in(target) is not None
        self._work.commit_result(path, frames)
        try:
            take_name(path, target, overwrite=ours or self._film.overwrite)
        except FileExistsError as error:
            raise appeared(target, path) from error
        except OSError as error:
            raise write_error(target, error) from error
        sync(target.parent)

    def _keep(self) -> None:
        """Writes the poster and the contact sheet."""
        for n in range(self.written):
            if self._extras and self._keepsakes.wants(n):
                self._keepsakes.take(n, from_uint8(self._work.picture(n)))
        for target, picture in self._keepsakes.made(self.written):
            path = self._work.folder / f"extra{target.suffix.lower()}"
            write_still(path, picture, overwrite=True)
            self._publish(path, target, self.written)

    def show_part(self, patience: float) -> bool:
        """Makes a film of the frames that there are, and says whether it did; the work is kept as it is."""
        _settle(self._commits)
        try:
            _settle(self._stretches, patience)
        except TimeoutError:
            self._segments.abort()
            return False
        if not self.written or self._segments.whole:
            return self.written > 0
        if patience < PATIENCE and not self._segments.quick:
            return False
        files = self._work.segment_files()
        if not self._work.segments or self._work.segments[-1] < self.written:
            files.append(self._fresh("segments/part", self._segments.suffix))
            self._segments.encode(self._pictures(self.written), files[-1], patience)
        self._join(files, patience)
        return True

    def close(self) -> None:
        """Waits for what is under way, whatever becomes of it."""
        for thread in (self._disk, self._encoder):
            thread.shutdown(wait=True, cancel_futures=True)


def _peak(film: Film, length: int) -> int:
    """Most bytes of a work folder besides what is finished.

    These are the raw frames of two stretches, or of the whole film if it looks back, and two states.
    """
    pixels = film.size.width * film.size.height
    frames = film.frames if film.looks_back else 2 * length
    return 3 * pixels * (frames + 2 * np.dtype(np.float32).itemsize)


def _settle(waiting: deque[Future[None]], patience: float | None = None) -> None:
    """Waits for what a thread was given, and raises what it met, or `TimeoutError` when patience ends."""
    while waiting:
        waiting.popleft().result(patience)


@contextmanager
def open_output(film: Film, observe: Observe, warn: Warn) -> Iterator[Output]:
    """Opens the output of a film, and completes it at the normal end.

    Args:
        film: what is rendered, and where it goes.
        observe: told if an earlier run is continued.
        warn: gets one sentence for each thing worth knowing.

    Raises:
        Cancelled: as it was raised within, with words that say what is kept.
        ResumeError: an earlier run cannot be continued; see `open_work`.
        DreamvidError: the film cannot be written.
    """
    if film.target == STDOUT or not film.work.resume:
        with (
            _open_sink(film, warn) as sink, explained(sink, film.target, film.frames),
            Kept() if film.looks_back else nullcontext() as frames,
        ):
            yield Direct(sink, frames)
        return
    segments = segments_for(film.target, film.size, film.fps, film.encoder, frames=film.frames, tracks=film.tracks,
                            recipe=film.recipe, warn=warn)
    folder = work_folder(target_of(film.target))
    _make_folder(folder.parent)
    with open_work(folder, _manifest(film, segments), restart=film.work.restart) as work:
        if work.finished and all(map(work.made, _results(film, segments, work.frames))):
            observe(Continued(work.frames, film.frames))
            yield Finished(work.frames)
            work.done = True
            return
        work.check()
        with closing(Resumable(work, film, segments)) as output, kept(film, output, folder):
            output.catch_up()
            if output.first:
                observe(Continued(output.first, film.frames))
            yield output
            output.finish()
        if not film.work.keep_work:
            work.finish()


def _extras(film: Film) -> list[Path]:
    """Where the poster and the contact sheet go, as far as they are wanted."""
    return [Path(name) for name in (film.encoder.poster, film.encoder.sheet) if name is not None]


def _results(film: Film, segments: Segments, frames: int) -> list[Path]:
    """All files that a film of so many frames is."""
    target = target_of(film.target)
    return [*([numbered(target, n + 1) for n in range(frames)] if segments.whole else [target]), *_extras(film)]


def _make_folder(folder: Path) -> None:
    """Makes the folder of a film's pictures, if there is none, so that a power cut does not take it away with them."""
    if is_folder(folder):
        return
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise write_error(folder, error) from error
    sync(folder.parent)


def _open_sink(film: Film, warn: Warn) -> Sink:
    return open_sink(film.target, film.size, film.fps, film.encoder, overwrite=film.overwrite, frames=film.frames,
                     tracks=film.tracks, recipe=film.recipe, warn=warn)


def _manifest(film: Film, segments: Segments) -> Manifest:
    made = {"size": str(film.size), "fps": str(film.fps), "frames": film.frames, "stretch": segments.length,
            "encoding": segments.encoding, "peak": _peak(film, segments.length),
            "poster": film.encoder.poster is not None, "sheet": film.encoder.sheet is not None}
    return Manifest({**film.decides, "machine": machine(), "film": made}, film.place)


@contextmanager
def explained(sink: Sink, target: str, frames: int) -> Iterator[None]:
    """Says in `Cancelled` what is kept, and makes a lack of memory a `DreamvidError`."""
    try:
        yield
    except Cancelled as stop:
        there = f"{target} holds them" if sink.written else "nothing is written"
        raise type(stop)(f"stopped after {sink.written} of {frames} frames; {there}") from stop
    except MemoryError as error:
        raise _out_of_memory() from error


@contextmanager
def kept(film: Film, output: Resumable, folder: Path) -> Iterator[None]:
    """The same for a film whose frames are kept; and of every other end it says how to go on."""
    again = f"`dreamvid resume {shlex.quote(str(folder))}` goes on"
    try:
        yield
    except Cancelled as stop:
        limit = SECONDS_OF_GRACE if isinstance(stop, Terminated) else PATIENCE
        try:
            shown = output.show_part(limit)
        except (FFmpegError, ResourceError):  # the disk may have no room for the film
            shown = False
        there = f"{film.target} holds them; {again}" if shown else again if output.written else "nothing is written"
        raise type(stop)(f"stopped after {output.written} of {film.frames} frames; {there}") from stop
    except MemoryError as error:
        raise _out_of_memory() from error
    except (ResourceError, FFmpegError) as error:
        raise type(error)(f"{error}; what is done is kept, and {again}") from error


def _out_of_memory() -> ResourceError:
    return ResourceError("memory ran out; a smaller --size or --tile needs less")
