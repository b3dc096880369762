"""`dreamvid sound` and `dreamvid timeline`: what is heard, and what moves, before anything is dreamed."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dreamvid.cli.each_film import add_each_film
from dreamvid.cli.options import Overwrite
from dreamvid.cli.pages import Group
from dreamvid.cli.work import Run, carry_out, show, with_run
from dreamvid.events import Caller, Observe, Warn

SoundFile = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]
Plot = Annotated[str | None, typer.Option("--output", "-o", metavar="PATH", show_default=False,
                                          help="Also draw the series over time into this picture.")]
To = Annotated[str, typer.Option("--output", "-o", metavar="PATH", help="The picture.")]


@with_run
def sound(file: SoundFile, *, output: Plot = None, overwrite: Overwrite = False, run: Run) -> None:
    """Says the tempo of a sound and its first beat, and draws what curves can hear in it.

    FILE is whatever ffmpeg reads; of a film its sound. The series: loud, bass (20 to 150 Hz), mid (to 4000 Hz), treble,
    onset (where something begins), beat_pulse, percussive; each from 0 to 1, which is what is loud in this piece.
    """
    def work(observe: Observe, warn: Warn) -> Any:
        from dreamvid.films.listen import listened

        return listened(file, Path(output) if output else None, Caller(observe, warn, overwrite))

    found = carry_out(work, run)
    if run.json:
        show(found, run)
        return
    if found.bpm:
        typer.echo(f"{found.bpm:.2f} beats per minute, or {found.other_bpm:.2f}; the first beat at "
                   f"{found.first_beat:.3f}s, {found.beats} beats in {found.seconds:.1f}s")
    else:
        typer.echo(f"no beats in {found.seconds:.1f}s")
    if output:
        typer.echo(output)


timeline = typer.Typer(cls=Group, help="Draws every setting that moves in a film over its time, under the sound with "
                       "its beats, before anything is dreamed.")


def _draw(command: str, source: Path, settings: Any, *, output: To = "curves.png", overwrite: Overwrite = False,
          run: Run) -> None:
    def work(observe: Observe, warn: Warn) -> Any:
        from dreamvid.films.listen import timeline as drawn

        return drawn(command, source, Path(output), settings, Caller(observe, warn, overwrite))

    show(carry_out(work, run), run)


add_each_film(timeline, "Draws what moves in `dreamvid {}`.", _draw)
