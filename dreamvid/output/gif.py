"""Writes animated GIFs: one palette for the film, ordered dither, and optionally a limit on the file size."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Size, fit
from dreamvid.errors import OutputError, named
from dreamvid.events import Warn
from dreamvid.media import ffmpeg
from dreamvid.media.child import carry_out
from dreamvid.output.budget import Plan, best_plan
from dreamvid.output.target import Part

LARGE = 5_000_000
"""Bytes above which a warning recommends WebP or AVIF, which are two to three times smaller."""


def write_gif(
    source: Sequence[str], target: Path, *, size: Size, fps: Fraction, limit: int | None, timeout: float, warn: Warn,
    more: int = 0,
) -> None:
    """Writes a GIF that loops forever, of at most `limit` bytes if there is a limit.

    Args:
        source: ffmpeg's arguments that open the film.
        target: the file.
        size, fps: size and rate of the film.
        limit: in bytes; None for no limit.
        timeout: seconds for each run of ffmpeg.
        warn: called with the values chosen to fit the limit, and if the GIF is large.
        more: bytes that are added to the file later and count towards the limit.

    Raises:
        OutputError: the GIF cannot be made that small.
        FFmpegError, ResourceError: it cannot be written.
    """

    def bytes_of(plan: Plan) -> int:
        _encode(source, target, plan, size, timeout)
        return target.stat().st_size + more

    if limit is None:
        bytes_of(Plan(max(size)))
    else:
        plan = _fitted(bytes_of, size, fps, limit)
        warn(f"to fit {_megabytes(limit)} the GIF has {fit(size, plan.long_side)} pixels, "
             f"{float(fps / plan.thinning):g} frames/s and {plan.colours} colours")
    if target.stat().st_size > LARGE:
        warn(f"the GIF has {_megabytes(target.stat().st_size)}; .webp and .avif are two to three times smaller")


def _fitted(bytes_of: Callable[[Plan], int], size: Size, fps: Fraction, limit: int) -> Plan:
    plan = best_plan(bytes_of, max(size), thinnings(fps), limit)
    if plan is None:
        raise OutputError(f"{named('max_size')} {_megabytes(limit)} is too small for this film: even a tiny GIF of it "
                          "has more; fewer frames, or .webp or .avif, need less")
    return plan


def thinnings(fps: Fraction) -> tuple[int, ...]:
    """The n for which keeping every nth frame gives at least 5 frames a second, at a rate that a GIF stores exactly."""
    return tuple(n for n in (1, 2, 4) if (100 * n / fps).denominator == 1 and fps / n >= 5) or (1,)


def _encode(source: Sequence[str], target: Path, plan: Plan, size: Size, timeout: float) -> None:
    """Runs two passes: one for the palette, one for the pictures."""
    small = fit(size, plan.long_side)
    picture = f"select=not(mod(n\\,{plan.thinning})),scale={small.width}:{small.height}:flags=area+accurate_rnd"
    palette = Part(target, overwrite=False)
    try:
        colours = f"palettegen=stats_mode=diff:reserve_transparent=0:max_colors={plan.colours}"
        carry_out([*source, "-vf", f"{picture},{colours}", "-frames:v", "1", "-c:v", "png",
                   "-f", "image2pipe", "-y", ffmpeg.url(palette.path)], timeout)
        dithered = f"[0:v]{picture}[small];[small][1:v]paletteuse=dither=bayer"
        carry_out([*source, "-f", "png_pipe", "-i", ffmpeg.url(palette.path),
                   "-filter_complex", dithered, "-fps_mode", "passthrough", "-fflags", "+bitexact",
                   "-f", "gif", "-loop", "0", "-y", ffmpeg.url(target)], timeout)
    finally:
        palette.discard()


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 1e6 else f"{count / 1e3:.3g} kB"
