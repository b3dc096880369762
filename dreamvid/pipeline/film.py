"""Opening the film of a render, saying what is left of it, and the record of what was made."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from dreamvid.arrays import Size
from dreamvid.errors import Cancelled, ResourceError
from dreamvid.settings import FilmSettings
from dreamvid.video.sink import Sink, open_sink


@dataclass(frozen=True)
class Rendered:
    """What was made. `seconds` is the wall time of the frames, without loading; `fps` is the film's rate."""

    output: str
    frames: int
    width: int
    height: int
    fps: float
    seconds: float
    frames_per_second: float
    seed: int
    network: str


def open_film(target: str, size: Size, film: FilmSettings, *, overwrite: bool) -> Sink:
    assert film.encoder_preset is not None  # filled by the quality
    return open_sink(target, size, film.fps, crf=film.crf, preset=film.encoder_preset, overwrite=overwrite)


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
