"""Animated GIFs: one palette from the film's own differences, ordered dither, and a size that fits a limit."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

from dreamvid.arrays import Size, fit
from dreamvid.errors import OutputError
from dreamvid.video import ffmpeg
from dreamvid.video.budget import Plan, best_plan
from dreamvid.video.child import carry_out
from dreamvid.video.encoder import PATIENCE
from dreamvid.video.spool import Make
from dreamvid.video.target import Part

LARGE = 5_000_000
"""Bytes from which other formats are worth a thought: WebP and AVIF are two to three times smaller."""


def gif(size: Size, fps: Fraction, limit: int | None, warn: Callable[[str], None], *, more: int = 0) -> Make:
    """Makes a GIF that loops without end, of at most `limit` bytes if there is a limit.

    Args:
        size, fps: of the frames.
        limit: in bytes.
        warn: is told what was chosen to fit the limit, and where a large GIF would be smaller.
        more: bytes that are added to it afterwards, and count too.
    """

    def make(spool: Path, target: Path) -> None:
        if limit is None:
            encode(spool, target, Plan(max(size)), size)
        else:
            plan = _fitted(lambda plan: _encoded(spool, target, plan, size) + more, size, fps, limit)
            warn(f"to fit {_megabytes(limit)} the GIF has {fit(size, plan.long_side)} pixels, "
                 f"{float(fps / plan.thinning):g} frames/s and {plan.colours} colours")
        if target.stat().st_size > LARGE:
            warn(f"the GIF has {_megabytes(target.stat().st_size)}; .webp and .avif are two to three times smaller")

    return make


def _fitted(bytes_of: Callable[[Plan], int], size: Size, fps: Fraction, limit: int) -> Plan:
    plan = best_plan(bytes_of, max(size), thinnings(fps), limit)
    if plan is None:
        raise OutputError(f"--max-size {_megabytes(limit)} is too small for this film: even a tiny GIF of it has more; "
                          "fewer frames, or .webp or .avif, need less")
    return plan


def _encoded(spool: Path, target: Path, plan: Plan, size: Size) -> int:
    encode(spool, target, plan, size)
    return target.stat().st_size


def thinnings(fps: Fraction) -> tuple[int, ...]:
    """The numbers n for which every nth frame is a rate of at least 5 frames a second that a GIF keeps exactly."""
    return tuple(n for n in (1, 2, 4) if (100 * n / fps).denominator == 1 and fps / n >= 5) or (1,)


def encode(spool: Path, target: Path, plan: Plan, size: Size) -> None:
    """Writes a GIF of the frames in `spool`: one pass for the palette, one for the pictures."""
    small = fit(size, plan.long_side)
    picture = f"select=not(mod(n\\,{plan.thinning})),scale={small.width}:{small.height}:flags=area+accurate_rnd"
    palette = Part(target, overwrite=False)
    try:
        colours = f"palettegen=stats_mode=diff:reserve_transparent=0:max_colors={plan.colours}"
        carry_out([*ffmpeg.reading(spool), "-vf", f"{picture},{colours}", "-frames:v", "1", "-c:v", "png",
                          "-f", "image2pipe", "-y", ffmpeg.url(palette.path)], PATIENCE)
        dithered = f"[0:v]{picture}[small];[small][1:v]paletteuse=dither=bayer"
        carry_out([*ffmpeg.reading(spool), "-f", "png_pipe", "-i", ffmpeg.url(palette.path),
                          "-filter_complex", dithered, "-fps_mode", "passthrough", "-fflags", "+bitexact",
                          "-f", "gif", "-loop", "0", "-y", ffmpeg.url(target)], PATIENCE)
    finally:
        palette.discard()


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.3g} MB" if count >= 1e6 else f"{count / 1e3:.3g} kB"
