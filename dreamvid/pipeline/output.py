"""What takes the frames of a film while it is rendered."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

from dreamvid.arrays import Image, Size
from dreamvid.errors import Cancelled, ResourceError
from dreamvid.pipeline.kept import Kept
from dreamvid.settings import EncoderSettings, WorkSettings
from dreamvid.video.sink import Sink
from dreamvid.video.tracks import Tracks


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film that is to be rendered.

    Attributes:
        target: where it goes, as `open_sink` takes it.
        size: of every frame.
        fps: the exact frame rate.
        encoder: how it is encoded.
        frames: how many there will be, as far as is known.
        looks_back: how many of the first frames are wanted again; see `Output.shown`.
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
    looks_back: int = 0
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
    done = isinstance(sink, Finished) or sink.first >= total
    return iter(()) if done else islice(frames, sink.first, None)


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


@contextmanager
def explained(sink: Sink, target: str, frames: int) -> Iterator[None]:
    """Says in `Cancelled` what is kept, and makes a lack of memory a `DreamvidError`."""
    try:
        yield
    except Cancelled as stop:
        there = f"{target} holds them" if sink.written else "nothing is written"
        raise type(stop)(f"stopped after {sink.written} of {frames} frames; {there}") from stop
    except MemoryError as error:
        raise out_of_memory() from error


def out_of_memory() -> ResourceError:
    """The error for a render that needs more memory than there is."""
    return ResourceError("memory ran out; a smaller --size or --tile needs less")
