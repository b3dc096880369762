"""Opening the film of a render, saying what is left of it, and the record of what was made."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from dreamvid.arrays import Size
from dreamvid.errors import Cancelled, ResourceError
from dreamvid.events import Warn
from dreamvid.settings import FilmSettings
from dreamvid.video.sink import Sink, check_output, kept_rate, open_sink

if TYPE_CHECKING:
    from dreamvid.dream.networks.network import Network


@dataclass(frozen=True)
class Rendered:
    """What was made.

    `seconds` is the wall time of the frames, without loading; `fps` is the film's rate; `weights` is the SHA-256 of the
    network's weights.
    """

    output: str
    frames: int
    width: int
    height: int
    fps: float
    seconds: float
    frames_per_second: float
    seed: int
    network: str
    weights: str


def rendered(
    sink: Sink, target: str, size: Size, fps: Fraction, *, seconds: float, seed: int, network: "Network"
) -> Rendered:
    """The record of a film that is finished."""
    return Rendered(
        output=target, frames=sink.written, width=size.width, height=size.height, fps=float(fps),
        seconds=round(seconds, 3), frames_per_second=round(sink.written / seconds, 2), seed=seed, network=network.name,
        weights=network.digest,
    )


def settled(target: str, film: FilmSettings, *, overwrite: bool, inputs: Sequence[Path], warn: Warn) -> FilmSettings:
    """The film's settings with a rate that the output keeps exactly, which is said if it is another.

    Raises:
        DreamvidError: the output could not be written; see `check_output`.
    """
    check_output(target, film, overwrite=overwrite, inputs=inputs)
    return film.but(fps=exact(target, film.fps, warn))


def exact(target: str, fps: Fraction, warn: Warn) -> Fraction:
    """The nearest rate that the output keeps exactly, which is said if it is another."""
    kept = kept_rate(target, fps)
    if kept != fps:
        warn(f"a GIF cannot keep {float(fps):g} frames a second; it has {float(kept):g}")
    return kept


def open_film(target: str, size: Size, film: FilmSettings, frames: int, *, overwrite: bool, recipe: str | None,
              warn: Warn) -> Sink:
    """Opens the output of a film of about so many frames, after `settled`."""
    return open_sink(target, size, film.fps, film, overwrite=overwrite, frames=frames, recipe=recipe,
                     warn=warn)


@contextmanager
def explained(sink: Sink, target: str, frames: int) -> Iterator[None]:
    """Says in `Cancelled` what is kept, and makes a lack of memory a `DreamvidError`."""
    try:
        yield
    except Cancelled as stop:
        kept = f"{target} holds them" if sink.written else "nothing is written"
        raise type(stop)(f"stopped after {sink.written} of {frames} frames; {kept}") from stop
    except MemoryError as error:
        raise ResourceError("memory ran out; a smaller --size or --tile needs less") from error
