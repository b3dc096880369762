"""One damaged file, read as a person would have it read; run in a process of its own, with limits."""

import resource
import signal
import tempfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np

from dreamvid.errors import InputError
from dreamvid.settings import SourceSettings
from dreamvid.video.source import open_source
from dreamvid.video.still import read_still
from tests.fuzz.corpus import CORPUS
from tests.fuzz.mutations import mutant

SECONDS = 20
"""Time that one file may take, on a busy machine."""
MOST_FRAMES = 40
LIMIT = 1_000_000
"""Pixels that are allowed: so the memory that a file may take is known."""
MEMORY = 3 << 30
"""Address space of the reading process beyond what it has at its start."""

_corpora: dict[str, CORPUS] = {}


def start(pictures: CORPUS, clips: CORPUS) -> None:
    """Prepares a worker: what it damages, and how much memory it may have."""
    _corpora.update(picture=pictures, clip=clips)
    own = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (own + MEMORY, own + MEMORY))
    signal.signal(signal.SIGALRM, _too_late)


class Late(BaseException):
    """The time is over; nothing that is tested knows this."""


def _too_late(*_: object) -> None:
    raise Late(f"it took longer than {SECONDS} seconds")


def run(kind: str, number: int) -> str:
    """Reads one damaged file; returns what is wrong with how that went, or nothing."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        name, data = mutant(number, _corpora[kind])
        path = Path(folder) / name
        path.write_bytes(data)
        signal.alarm(SECONDS)
        try:
            (READERS[kind])(path)
        except InputError as error:
            if "\n" in str(error).strip() or str(path) not in str(error):
                return f"{kind} {number} ({name}): {str(error)!r} is not one line that names the file"
        except BaseException as error:  # whatever it is, it is what is looked for
            return f"{kind} {number} ({name}): {type(error).__name__}: {error}"
        finally:
            signal.alarm(0)
        left = sorted(file.name for file in Path(folder).iterdir())
    return "" if left == [name] else f"{kind} {number}: it left {left}"


def _as_picture(path: Path) -> None:
    still = read_still(path, _sentence, LIMIT)
    _check(still.image)
    if still.alpha is not None:
        assert still.alpha.shape == still.image.shape[:2]
        assert still.alpha.min() >= 0
        assert still.alpha.max() <= 1


def _as_clip(path: Path) -> None:
    source = open_source(path, SourceSettings(size=64), _sentence, LIMIT)
    frames = iter(source)
    for frame in islice(frames, MOST_FRAMES):
        assert frame.shape == (source.size.height, source.size.width, 3)
        _check(frame)
    frames.close()  # type: ignore[attr-defined]


def _check(image: np.ndarray) -> None:
    assert image.dtype == np.float32
    assert image.shape[0] * image.shape[1] <= LIMIT
    assert np.isfinite(image).all()
    assert image.min() >= 0
    assert image.max() <= 1


def _sentence(text: str) -> None:
    assert text.strip()
    assert "\n" not in text.strip(), text


READERS: dict[str, Callable[[Path], None]] = {"picture": _as_picture, "clip": _as_clip}
