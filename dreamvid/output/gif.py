"""Writes animated GIFs: one palette for the film, ordered dither, and optionally a limit on the file size.

For a limit, size, frame rate and number of colours are searched that fit it.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import exp, log
from pathlib import Path
from typing import NamedTuple

from dreamvid.arrays import Size, fit
from dreamvid.errors import OutputError, named
from dreamvid.events import Warn
from dreamvid.media import ffmpeg
from dreamvid.media.child import Deadline, carry_out

CLOSE = 0.95
"""The search stops when a film uses at least this share of the limit."""

_SMALLEST = 64  # pixels
_ENCODES = 14
_LIVELY = 0.6  # below this share of the size, frames are dropped rather than more pixels


class Plan(NamedTuple):
    """How an animation is encoded: longer side in pixels, every nth frame to keep, number of colours."""

    long_side: int
    thinning: int = 1
    colours: int = 256


def best_plan(
    bytes_of: Callable[[Plan], int], long_side: int, thinnings: tuple[int, ...], limit: int
) -> Plan | None:
    """The plan that uses at least `CLOSE` of the limit, or the full size if that fits; None if nothing fits.

    The returned plan is always the last one passed to `bytes_of`, so the file that it made last is the result.

    Args:
        bytes_of: encodes with a plan and returns the size in bytes.
        long_side: longer side at full size, in pixels.
        thinnings: the allowed values of `Plan.thinning`, ascending from 1.
        limit: in bytes.
    """
    whole = Plan(long_side)
    count = bytes_of(whole)
    if count <= limit:
        return whole
    scale = (limit / count) ** 0.5
    thinning = next((n for n in thinnings if scale * n**0.5 >= _LIVELY), thinnings[-1])
    colours = 256 if scale * thinning**0.5 >= _LIVELY / 2 else 64
    return _search(bytes_of, Plan(long_side, thinning, colours), count * colours**0.3 / 256**0.3 / thinning, limit)


def _search(bytes_of: Callable[[Plan], int], whole: Plan, guess: float, limit: int) -> Plan | None:
    """Interpolates between a side that is too large and one that fits, assuming bytes ~ side ** power."""
    aim = limit * (1 + CLOSE) / 2
    above = (float(whole.long_side), max(guess, limit * 1.01))
    below = (float(_SMALLEST), 0.0)
    best, last = None, whole
    for _ in range(_ENCODES):
        side = _between(below, above, aim)
        last = whole._replace(long_side=side)
        count = bytes_of(last)
        if count > limit:
            above = (float(side), float(count))
        else:
            best, below = last, (float(side), float(count))
        if CLOSE * limit <= count <= limit or above[0] - below[0] <= 1:
            break
    if best is not None and last != best:
        bytes_of(best)
    return best


def _between(below: tuple[float, float], above: tuple[float, float], aim: float) -> int:
    """The side at which a power law through both (side, bytes) points reaches the aim; between the two if possible."""
    power = 2.0
    if below[1] > 0 and above[1] > below[1]:
        power = log(above[1] / below[1]) / log(above[0] / below[0])
    side = round(above[0] * exp(log(aim / above[1]) / power))
    return int(min(max(side, below[0] + (1 if below[1] > 0 else 0)), above[0] - 1))


LARGE = 5_000_000
"""Bytes above which a warning recommends WebP or AVIF, which are two to three times smaller."""


def write_gif(
    source: Sequence[str], target: Path, *, size: Size, fps: Fraction, limit: int | None, deadline: Deadline,
    warn: Warn, more: int = 0,
) -> None:
    """Writes a GIF that loops forever, of at most `limit` bytes if there is a limit.

    Args:
        source: ffmpeg's arguments that open the film.
        target: the file.
        size, fps: size and rate of the film.
        limit: in bytes; None for no limit.
        deadline: how long ffmpeg may take.
        warn: called with the values chosen to fit the limit, and if the GIF is large.
        more: bytes that are added to the file later and count towards the limit.

    Raises:
        OutputError: the GIF cannot be made that small.
        FFmpegError, ResourceError: it cannot be written.
    """

    def bytes_of(plan: Plan) -> int:
        _encode(source, target, plan, size, deadline)
        return target.stat().st_size + more

    if limit is None:
        bytes_of(Plan(max(size)))
    else:
        plan = best_plan(bytes_of, max(size), thinnings(fps), limit)
        if plan is None:
            raise OutputError(f"{named('max_size')} {_megabytes(limit)} is too small for this film: even a tiny GIF of "
                              "it has more; fewer frames, or .webp or .avif, need less")
        warn(f"to fit {_megabytes(limit)} the GIF has {fit(size, plan.long_side)} pixels, "
             f"{float(fps / plan.thinning):g} frames/s and {plan.colours} colours")
    if (count := target.stat().st_size + more) > LARGE:
        warn(f"the GIF has {_megabytes(count)}; .webp and .avif are two to three times smaller")


def thinnings(fps: Fraction) -> tuple[int, ...]:
    """The n for which keeping every nth frame gives at least 5 frames a second, at a rate that a GIF stores exactly."""
    return tuple(n for n in (1, 2, 4) if (100 * n / fps).denominator == 1 and fps / n >= 5) or (1,)


def _encode(source: Sequence[str], target: Path, plan: Plan, size: Size, deadline: Deadline) -> None:
    """Runs two passes: one for the palette, one for the pictures."""
    small = fit(size, plan.long_side)
    picture = f"select=not(mod(n\\,{plan.thinning})),scale={small.width}:{small.height}:flags=area+accurate_rnd"
    palette = target.with_name(f"{target.stem}-palette.png")
    try:
        colours = f"palettegen=stats_mode=diff:reserve_transparent=0:max_colors={plan.colours}"
        carry_out([*source, "-vf", f"{picture},{colours}", "-frames:v", "1", "-c:v", "png",
                   "-f", "image2pipe", "-y", ffmpeg.url(palette)], deadline)
        dithered = f"[0:v]{picture}[small];[small][1:v]paletteuse=dither=bayer"
        carry_out([*source, "-f", "png_pipe", "-i", ffmpeg.url(palette),
                   "-filter_complex", dithered, "-fps_mode", "passthrough", "-fflags", "+bitexact",
                   "-f", "gif", "-loop", "0", "-y", ffmpeg.url(target)], deadline)
    finally:
        palette.unlink(missing_ok=True)


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 1e6 else f"{count / 1e3:.3g} kB"
