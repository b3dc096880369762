"""Pictures that are kept of a film while it is written: a poster, and a contact sheet."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Image, fit, size_of
from dreamvid.filters import resize
from dreamvid.video.base import Sink
from dreamvid.video.sheet import contact_sheet
from dreamvid.video.still import write_still

CELLS = 16
_SIDE = 240


class Keepsakes:
    """A poster and a contact sheet, and the frames that they need.

    Args:
        frames: how many there will be, as far as is known.
        fps: of the film, for the labels of the sheet.
        poster: where the frame in the middle goes; None for nowhere.
        sheet: where the contact sheet goes; None for nowhere.
    """

    def __init__(self, frames: int, fps: Fraction, *, poster: Path | None, sheet: Path | None) -> None:
        self._fps = fps
        self._poster, self._sheet = poster, sheet
        self._middle = frames // 2 if poster is not None else -1
        count = min(CELLS, frames) if sheet is not None else 0
        self._cells = frozenset(-(-n * frames // count) for n in range(count))
        self._poster_frame: Image | None = None
        self._seen: list[tuple[str, Image]] = []

    def wants(self, n: int) -> bool:
        """Whether frame n, counted from 0, is needed."""
        return n == self._middle or n in self._cells

    def take(self, n: int, image: Image) -> None:
        """Looks at frame n; frames are shown in order."""
        if n <= self._middle:
            self._poster_frame = image
        if n in self._cells:
            small = resize(image, fit(size_of(image), _SIDE)) if max(size_of(image)) > _SIDE else image
            self._seen.append((f"{float(n / self._fps):.2f} s", small))

    def made(self, frames: int) -> Iterator[tuple[Path, Image]]:
        """The pictures, and where they go, of a film that got so many frames."""
        if self._poster is not None and self._poster_frame is not None:
            yield self._poster, self._poster_frame
        if self._sheet is not None:
            title = f"{frames} frames, {float(self._fps):.5g} a second"
            yield self._sheet, contact_sheet(self._seen, title, columns=4, side=_SIDE)


class Keeping(Sink):
    """Hands frames on to another sink, and writes the keepsakes when the film is there.

    Args:
        film: takes the frames.
        keepsakes: what is kept of them.
        overwrite: whether existing files may be replaced.
    """

    def __init__(self, film: Sink, keepsakes: Keepsakes, *, overwrite: bool) -> None:
        super().__init__()
        self._film = film
        self._keepsakes = keepsakes
        self._overwrite = overwrite

    def write(self, image: Image) -> None:
        self._film.write(image)
        self._keepsakes.take(self.written, image)
        self.written += 1

    def finish(self) -> None:
        self._film.finish()
        for path, picture in self._keepsakes.made(self.written):
            write_still(path, picture, overwrite=self._overwrite)

    def abort(self) -> None:
        self._film.abort()
