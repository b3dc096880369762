"""The types that define a kind of film: its frames, how each is dreamed and kept, and how dreams become pictures."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Image, Map, Size
from dreamvid.events import Listener
from dreamvid.frame import Carry, Frame
from dreamvid.media.base import Source
from dreamvid.motion.morph import Seam
from dreamvid.output.store import Store
from dreamvid.render import Dream, Pictures, Remember, Start, no_past
from dreamvid.settings import FrameValues

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer
    from dreamvid.films.plan import Plan
    from dreamvid.films.prepare import Prepared


class HeldDreams(dict[int, Image]):
    """Dreams by number, in memory."""

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Returns dream n; it is made by `make` and kept if it is not there yet."""
        if n not in self:
            self[n] = make()
        return self[n]


class StoredDreams:
    """Dreams by number, in a film's store. They are made in order.

    Args:
        store: the film's store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Returns dream n; it is made by `make` and stored if it is not there yet."""
        name = f"dream-{n:08d}"
        if self._store.get(name) is not None:
            return self[n]
        made = make()
        self._store.put(name, {"files": [self._store.put_array(made)]})
        return made

    def __getitem__(self, n: int) -> Image:
        """Dream n, which must be stored."""
        found = self._store.get(f"dream-{n:08d}")
        assert found is not None, f"dream {n} is not kept"
        return self._store.array(found["files"][0])

    def __len__(self) -> int:
        """The number of stored dreams without a gap, from the first."""
        names = self._store.names("dream-")
        return next((n for n, name in enumerate(names) if name != f"dream-{n:08d}"), len(names))


Dreams = HeldDreams | StoredDreams


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film that is ready to be rendered.

    Attributes:
        dreams: number of dreamed frames.
        frames: number n → the frames from n on.
        source: number n → the source image of frame n.
        start: makes the image that a frame's dream starts from.
        dream: dreams that image.
        remember: makes the extra data that is carried with each dream.
        last_dream: number of a frame → number of the last dreamed frame up to and including it.
    """

    dreams: int
    frames: Callable[[int], Generator[Frame, None, None]]
    source: Callable[[int], Image]
    start: Start
    dream: Dream
    remember: Remember = no_past
    last_dream: Callable[[int], int] = lambda n: n

    def carry(self, n: int, kept: Image) -> Carry:
        """Restores the carry of dreamed frame n from `kept`, which is `Carry.kept`."""
        return Carry.of_kept(n, self.source(n), kept)


@dataclass(frozen=True, kw_only=True)
class StreamedFilm(Film):
    """A film whose pictures are written while it is dreamed.

    Attributes:
        pictures: makes the pictures between two dreams.
        unseen: number of first frames that are dreamed but not shown.
    """

    pictures: Pictures
    unseen: int = 0


@dataclass(frozen=True, kw_only=True)
class StoredFilm(Film):
    """A film whose pictures are made after all dreams are stored.

    Attributes:
        pictures: number n → the pictures from n on.
        dreamed: number of a dream → number of its frame.
    """

    pictures: Callable[[int], Iterable[Image]]
    dreamed: Callable[[int], int] = lambda n: n


@dataclass(frozen=True, kw_only=True)
class Material:
    """Everything needed to make a film.

    Attributes:
        plan, prepared: what is rendered.
        paths: role → input file.
        dreamer: dreams images; None if nothing is dreamed.
        dreams: keeps the dreams; by default in memory.
        listener: receives events and warnings.
    """

    plan: "Plan"
    prepared: "Prepared"
    paths: Mapping[str, Path]
    dreamer: "Dreamer | None"
    dreams: Dreams = field(default_factory=HeldDreams)
    listener: Listener = field(default_factory=Listener)

    @property
    def settings(self) -> Any:
        """The plan's settings; their class depends on the command."""
        return self.plan.settings

    def dream(
        self, image: Image, seed: Sequence[int], values: FrameValues, strength: float | None = None,
        stride: Map | None = None,
    ) -> Image:
        """Dreams an image once. If nothing is dreamed, the image is only clipped to [0, 1].

        Args:
            seed: seed of the random shifts.
            values: the moving settings.
            strength: target value of the objective, held by adjusting step lengths; None for constant step lengths.
            stride: factor for the step length at each pixel; None for 1.
        """
        if self.dreamer is None or not values.steps:
            return np.clip(image, 0, 1)
        from dreamvid.dream.ascent import driven, even_pace, steady

        pace = steady if strength is None else even_pace(strength * values.aim * values.drive)
        return self.dreamer(image, np.random.default_rng(seed), driven(values), self.listener.observe, pace=pace,
                            stride=stride)


def frame_times(fps: Fraction, frames: int) -> NDArray[np.float64]:
    """The time of each picture in seconds."""
    return np.arange(frames) * fps.denominator / fps.numerator


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of film.

    Attributes:
        length: (settings, frames of the clip, frame rate) → number of pictures.
        film: makes the film from its material.
        stored: whether `film` returns a `StoredFilm`.
        back: settings → whether the film ends with its pictures in reverse order.
        even: settings → whether step lengths are adjusted to hold the prepared strength.
        values: settings → the settings that contain the moving ones.
        dreamed: size of the film → size of the dreamed images.
        times: plan → the times in the film, in seconds, at which the moving settings of frame 0, 1, 2, … are read.
        seam: (plan, clip, its number of frames, listener) → where a loop of the clip closes; None if it has no seam.
    """

    length: Callable[[Any, int, Fraction], int]
    film: Callable[[Material], Film]
    stored: bool = False
    back: Callable[[Any], bool] = lambda _: False
    even: Callable[[Any], bool] = lambda _: False
    values: Callable[[Any], Any] = lambda settings: settings
    dreamed: Callable[[Size], Size] = lambda size: size
    times: Callable[["Plan"], NDArray[np.float64]] = lambda plan: frame_times(plan.fps, plan.frames)
    seam: Callable[["Plan", Source, int, Listener], Seam] | None = None


def frames_a_dream(fps: Fraction, rate: float) -> int:
    """The k for which dreaming every k-th frame gives about `rate` dreams per second."""
    return max(1, round(float(fps) / rate))


def length_there_and_back(frames: int) -> int:
    """The number of pictures there and back, for `frames` pictures one way. The end pictures are not repeated."""
    return max(frames, 2 * frames - 2)


def length_there(pictures: int) -> int:
    """The number of pictures one way, for `pictures` there and back."""
    return pictures // 2 + 1
