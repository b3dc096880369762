"""Pictures that are kept of a film while it is written: a poster, and a contact sheet."""

from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Image, fit, size_of
from dreamvid.filters import resize
from dreamvid.video.base import Sink
from dreamvid.video.sheet import contact_sheet
from dreamvid.video.still import write_still

CELLS = 16
_SIDE = 240


class Keepsakes(Sink):
    """Hands frames on to another sink, and writes a poster and a contact sheet when the film is there.

    Args:
        film: takes the frames.
        frames: how many there will be, as far as is known.
        fps: of the film, for the labels of the sheet.
        poster: where the frame in the middle goes; None for nowhere.
        sheet: where the contact sheet goes; None for nowhere.
        overwrite: whether existing files may be replaced.
    """

    def __init__(self, film: Sink, frames: int, fps: Fraction, *, poster: Path | None, sheet: Path | None,
                 overwrite: bool) -> None:
        super().__init__()
        self._film = film
        self._frames = frames
        self._fps = fps
        self._poster, self._sheet = poster, sheet
        self._overwrite = overwrite
        self._middle: Image | None = None
        self._cells: list[tuple[str, Image]] = []

    def write(self, image: Image) -> None:
        self._film.write(image)
        if self.written <= self._frames // 2:
            self._middle = image
        cells = min(CELLS, self._frames)
        if len(self._cells) < cells and self.written >= len(self._cells) * self._frames / cells:
            small = resize(image, fit(size_of(image), _SIDE)) if max(size_of(image)) > _SIDE else image
            self._cells.append((f"{float(self.written / self._fps):.2f} s", small))
        self.written += 1

    def finish(self) -> None:
        self._film.finish()
        if self._poster is not None and self._middle is not None:
            write_still(self._poster, self._middle, overwrite=self._overwrite)
        if self._sheet is not None:
            title = f"{self.written} frames, {float(self._fps):.5g} a second"
            write_still(self._sheet, contact_sheet(self._cells, title, columns=4, side=_SIDE),
                        overwrite=self._overwrite)

    def abort(self) -> None:
        self._film.abort()
