"""What a kind of film is: how its frames are made, how each is dreamed, and how its pictures are made of dreams."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dreamvid.arrays import Image, Map, Size
from dreamvid.events import Listener
from dreamvid.frame import Carry, Frame
from dreamvid.render import Dream, Pictures, Remember, Start, no_past
from dreamvid.settings import FrameValues

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer
    from dreamvid.films.plan import Plan
    from dreamvid.films.prepare import Prepared


class Dreams(Protocol):
    """Dreams that are kept by their number, and outlive the process where the film has a work folder."""

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Dream n: what `make` returns, or what was kept before."""
        ...

    def __getitem__(self, n: int, /) -> Image:
        """Dream n, which is kept."""
        ...

    def __len__(self) -> int:
        """How many are kept; they are kept in order."""
        ...


@dataclass(frozen=True, kw_only=True)
class Film:
    """A film that is ready to be rendered.

    Attributes:
        dreams: how many frames are dreamed.
        frames: the frames from number n on.
        source: the source of frame n.
        start: what each frame begins from.
        dream: dreams it.
        remember: what is remembered beside the dream of each frame.
        last_dream: number of a frame → number of the last dreamed one up to it.
    """

    dreams: int
    frames: Callable[[int], Generator[Frame, None, None]]
    source: Callable[[int], Image]
    start: Start
    dream: Dream
    remember: Remember = no_past
    last_dream: Callable[[int], int] = lambda n: n

    def carry(self, n: int, kept: Image) -> Carry:
        """What frame n, dreamed before, leaves to the next; `kept` as `Carry.kept`."""
        return Carry.of_kept(n, self.source(n), kept)


@dataclass(frozen=True, kw_only=True)
class StreamedFilm(Film):
    """A film whose pictures are shown as their dreams are made.

    Attributes:
        pictures: makes the pictures from one dream to the next.
        unseen: how many of the first frames, all of which are dreamed, are not shown.
    """

    pictures: Pictures
    unseen: int = 0


@dataclass(frozen=True, kw_only=True)
class StoredFilm(Film):
    """A film whose pictures are made when all its dreams are there.

    Attributes:
        pictures: the pictures from number n on.
    """

    pictures: Callable[[int], Iterable[Image]]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What a film is made of.

    Attributes:
        plan, prepared: what is rendered.
        paths: where the plan's inputs are, by their role.
        dreamer: dreams images; None if nothing is dreamed.
        dreams: where dreams are kept.
        listener: receives events and warnings.
    """

    plan: "Plan"
    prepared: "Prepared"
    paths: Mapping[str, Path]
    dreamer: "Dreamer | None"
    dreams: Dreams
    listener: Listener = field(default_factory=Listener)

    @property
    def settings(self) -> Any:
        """The plan's settings: those of the command whose kinds of film read them."""
        return self.plan.settings

    def dream(
        self, image: Image, seed: Sequence[int], values: FrameValues, strength: float | None = None,
        stride: Map | None = None,
    ) -> Image:
        """The image dreamed once; where nothing is dreamed, the image.

        Args:
            seed: of the random shifts.
            values: the moving settings.
            strength: the objective's target value; step lengths are adjusted to hold it. None: steps of one length.
            stride: how many times their usual length steps have at each pixel; None: once.
        """
        if self.dreamer is None or not values.steps:
            return np.clip(image, 0, 1)
        from dreamvid.dream.ascent import driven, even_pace, steady

        pace = steady if strength is None else even_pace(strength * values.aim * values.drive)
        return self.dreamer(image, np.random.default_rng(seed), driven(values), self.listener.observe, pace=pace,
                            stride=stride)


def frame_times(fps: Fraction, frames: int) -> NDArray[np.float64]:
    """When each picture is shown, in seconds."""
    return np.arange(frames) * fps.denominator / fps.numerator


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of film.

    Attributes:
        length: (settings, frames of the clip, frame rate) → how many pictures the film has.
        film: makes it ready.
        stored: whether its films are a `StoredFilm`.
        back: whether the film then plays its pictures backwards, given the settings.
        even: whether step lengths are adjusted to hold the prepared strength, given the settings.
        values: the settings that hold the moving ones.
        dreamed: size of the film → size of what is dreamed.
        times: plan → the moments of the film, in seconds, at which the moving settings of frame 0, 1, 2, … are taken.
    """

    length: Callable[[Any, int, Fraction], int]
    film: Callable[[Material], Film]
    stored: bool = False
    back: Callable[[Any], bool] = lambda _: False
    even: Callable[[Any], bool] = lambda _: False
    values: Callable[[Any], Any] = lambda settings: settings
    dreamed: Callable[[Size], Size] = lambda size: size
    times: Callable[["Plan"], NDArray[np.float64]] = lambda plan: frame_times(plan.fps, plan.frames)


def frames_a_dream(fps: Fraction, rate: float) -> int:
    """Of how many frames one is dreamed, so that about `rate` are dreamed in a second."""
    return max(1, round(float(fps) / rate))


def length_there_and_back(frames: int) -> int:
    """How many pictures a film of so many has there and back, without its ends being shown twice running."""
    return max(frames, 2 * frames - 2)


def length_there(pictures: int) -> int:
    """How many of the pictures of a film there and back are on the way there."""
    return pictures // 2 + 1
