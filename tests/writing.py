"""Writes a film at once, for tests."""

import os
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from dreamvid.arrays import Size
from dreamvid.output.film import FilmWriter
from dreamvid.output.opening import open_whole
from dreamvid.output.segments import Destination
from dreamvid.settings import EncoderSettings


def writing(
    path: str | os.PathLike[str], size: Size, fps: Fraction, film: EncoderSettings, *, frames: int = 1, **others: Any
) -> AbstractContextManager[FilmWriter]:
    """The writer of a film; `others` are those of a `Destination`."""
    return open_whole(Destination(output=os.fspath(path), size=size, fps=fps, frames=frames, encoder=film, **others))
