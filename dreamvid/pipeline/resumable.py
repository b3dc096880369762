"""A film by a work folder, which outlives whatever stops the render."""

import os
import shlex
import shutil
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import numpy as np

from dreamvid.arrays import Bytes, Image, from_uint8, to_uint8
from dreamvid.errors import Cancelled, FFmpegError, OutputError, ResourceError, Terminated, write_error
from dreamvid.journal import Work, same_content, sync
from dreamvid.pipeline.output import Film, Output, out_of_memory
from dreamvid.video.encoder import PATIENCE
from dreamvid.video.folder import numbered
from dreamvid.video.keepsake import Keepsakes
from dreamvid.video.segments import Segments
from dreamvid.video.sink import target_of
from dreamvid.video.still import write_still
from dreamvid.video.target import appeared, exists_error, share_name, take_name

SECONDS_OF_GRACE = 8.0
"""Time in which ffmpeg must show signs of life when the system wants us to end."""


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
        self._extras = extras(film)
        self._keepsakes = Keepsakes(film.frames, film.fps, poster=poster, sheet=sheet)
        self._refuse_what_exists()
        work.sweep()
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._encoder = ThreadPoolExecutor(1, thread_name_prefix="segment")
        self._commits: deque[Future[None]] = deque()
        self._stretches: deque[Future[None]] = deque()
        self.first = self.written = work.frames
        self.state = work.state
        self._peak = peak(film, segments.length)

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
        last = bool(self._extras) and n == self.written - 1  # the poster of a film that is shorter than it was said
        return last or n < self._film.looks_back or self._keepsakes.wants(n)

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
            if self._extras and (self._keepsakes.wants(n) or n == self.written - 1):
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

    @property
    def empty(self) -> bool:
        """Whether nothing is kept, neither a frame nor a dream of a loop."""
        return self._work.empty

    def close(self) -> None:
        """Waits for a frame that is on its way; a stretch that is half encoded will be encoded anew."""
        self._segments.abort()
        for thread in (self._disk, self._encoder):
            thread.shutdown(wait=True, cancel_futures=True)


def peak(film: Film, length: int) -> int:
    """Most bytes of a work folder besides what is finished.

    These are the raw frames of two stretches, and of those that the film looks back at, and two states.
    """
    pixels = film.size.width * film.size.height
    frames = film.looks_back + 2 * length
    return 3 * pixels * (frames + 2 * np.dtype(np.float32).itemsize)


def extras(film: Film) -> list[Path]:
    """Where the poster and the contact sheet go, as far as they are wanted."""
    return [Path(name) for name in (film.encoder.poster, film.encoder.sheet) if name is not None]


def _settle(waiting: deque[Future[None]], patience: float | None = None) -> None:
    """Waits for what a thread was given, and raises what it met, or `TimeoutError` when patience ends."""
    while waiting:
        waiting.popleft().result(patience)


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
        there = f"{film.target} holds them; {again}" if shown else "nothing is written" if output.empty else again
        raise type(stop)(f"stopped after {output.written} of {film.frames} frames; {there}") from stop
    except MemoryError as error:
        raise out_of_memory() from error
    except (ResourceError, FFmpegError) as error:
        raise type(error)(f"{error}; what is done is kept, and {again}") from error
