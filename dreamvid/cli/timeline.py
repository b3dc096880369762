"""`dreamvid sound` analyses a sound; `dreamvid timeline` plots the moving settings of a film without rendering it."""

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
    """Prints the tempo of a sound and its first beat, and draws the series that curves can use.

    FILE is a sound or film that ffmpeg can read. The series: loud, bass (20 to 150 Hz), mid (to 4000 Hz), treble, onset
    (where something begins), beat_pulse, percussive; each from 0 to 1, where 1 is loud for this piece.
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
