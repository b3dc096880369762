"""The commands that analyse films and sounds.

`dreamvid measure` measures a film; `sound` analyses a sound; `timeline` plots the moving settings of a film.
"""

from dataclasses import asdict, fields
from functools import partial
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

import dreamvid
from dreamvid.cli.options import Overwrite, with_settings
from dreamvid.cli.pages import Group
from dreamvid.cli.work import Run, add_each_film, carry_out, show, with_run
from dreamvid.errors import SettingError
from dreamvid.events import Caller, Observe, Warn
from dreamvid.settings import SourceSettings

Film = Annotated[Path, typer.Argument(metavar="FILM", show_default=False)]
Made = Annotated[Path | None, typer.Option("--source", metavar="CLIP", help="The clip that the film was made of.",
                                           show_default=False)]
Audio = Annotated[bool, typer.Option("--audio", help="Measure how the picture follows the film's own sound.")]
Loop = Annotated[bool, typer.Option("--loop", help="Measure whether the film closes as a loop.")]
Layers = Annotated[str | None, typer.Option(help="Layers whose activation is measured; those dreamed by default.",
                                            show_default=False)]
Plot = Annotated[str | None, typer.Option("--output", "-o", metavar="PATH", show_default=False,
                                          help="Also draw the measures over time into this picture.")]


@with_settings
@with_run
def measure(film: Film, settings: SourceSettings, *, source: Made = None, loop: Loop = False, audio: Audio = False,
            layers: Layers = None, output: Plot = None, overwrite: Overwrite = False, run: Run) -> None:
    """Measures how coherent a dreamed clip is, whether a loop closes, or how a film follows its sound.

    Warping error: the mean squared difference, for values from 0 to 1, between a frame and the one before, moved along
    the source's optical flow, where its confidence is high; the ratio is that of the film divided by that of the
    source. Activation: the mean of the squares of the layers. Sharpness: the mean magnitude of the brightness's
    gradient. Clipped: the share of values that are black or white. Flicker, for each scene: the mean change, from frame
    to frame, of how much brighter the film is than its source. Largest jump: the largest change of activation from a
    frame to the next, as a share of the first of the two.

    The step from a frame to the next is the root of the mean squared difference, in levels of 255. It is compared with
    the six steps before it and the six after it. A loop closes if the step from its last frame to its first is at most
    1.1 times as large, or 1.1 times as unusual as another one; no step is more than twice as large; and nowhere two
    pictures are seen at once. A camera's steady move is removed first.

    With --audio: for each series of the sound, by how many frames the motion, brightness, colourfulness and dream
    strength (activation) of the picture lag behind it where their correlation is largest, and the correlation r there.
    """
    if (source is not None) + loop + audio != 1:
        raise SettingError("give --source, the clip that the film was made of, or --loop, or --audio")
    if source is None and (settings != SourceSettings() or layers or output):
        raise SettingError("-o, --layers and the options for reading a clip are for --source")
    if audio:
        _print_lags(film, run)
        return
    if source is None:
        _say_closing(film, json=run.json)
        return
    made = carry_out(partial(dreamvid.measure, film, source, settings, layers=layers, plot_to=output,
                             overwrite=overwrite), run)
    record = {item.name: getattr(made, item.name) for item in fields(made)}
    if run.json:
        typer.echo(dumps(record))
        return
    for name, value in record.items():
        typer.echo(f"{name}: {_text(value)}" + (f"  ({MEASURES[name]})" if name in MEASURES else ""))


MEASURES = {
    "frames": "compared",
    "scenes": "one is a film without cuts",
    "warping_error": "difference from the frame before, moved along the source's motion: 0 is steady",
    "source_warping_error": "the same of the source",
    "ratio": "of the two; under 1: steadier than the source",
    "activation": "what the dream makes larger: the mean of the squares of the layers",
    "source_activation": "the same of the source",
    "largest_jump": "largest change of the activation between two frames, as a share: 0.06 is hardly visible",
    "sharpness": "the mean gradient of the brightness",
    "source_sharpness": "the same of the source",
    "clipped": "the share of values that are black or white",
    "flicker": "for each scene, mean change of the brightness relative to the source, from 0 to 1",
}
"""Measure → explanation, printed beside its value."""


def _text(value: object) -> str:
    if isinstance(value, list):
        listed = ", ".join(map(_text, value))
        return f"{len(value)}, from frame {listed}" if value and isinstance(value[0], int) else listed
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def _print_lags(film: Path, run: Run) -> None:
    """Prints how the picture's measures follow the series of the sound."""
    from dreamvid.films.lags import measure_sound

    found = carry_out(lambda observe, warn: measure_sound(film, Caller(observe, warn)), run)
    if run.json:
        typer.echo(dumps(asdict(found)))
        return
    for measure, by_series in found.lags.items():
        for series, (lag, r) in by_series.items():
            typer.echo(f"{measure:14} {series:12} {lag:+4d} frames  r {r:+.2f}")


def _say_closing(loop: Path, *, json: bool) -> None:
    """Prints whether a loop closes, and if not why, in words or as one line of JSON."""
    found = dreamvid.measure_loop(loop, warn=lambda text: typer.echo(f"dreamvid: {text}", err=True))
    if json:
        typer.echo(dumps({**asdict(found), "closes": found.closes}))
        return
    typer.echo(f"last step {255 * found.last:.2f}, median {255 * found.median:.2f}, "
               f"{'aligned by the camera' if found.steady else 'as they are'}; "
               f"the last is {found.last_jump:.2f} times as large as those around it, others {found.other_jump:.2f} "
               "times at most")
    if found.jumps:
        where = "from the last frame to the first" if found.last_jumps else f"before frame {found.jump + 1}"
        typer.echo(f"the picture jumps {where}")
    if found.has_ghosts:
        typer.echo(f"two pictures are seen at once in frame {found.ghost + 1}: of what changes there, "
                   f"{found.ghosts:.0%} fades instead of moving")
    typer.echo("the loop closes" if found.closes else "the loop does not close")


SoundFile = Annotated[Path, typer.Argument(metavar="FILE", show_default=False)]
SeriesPlot = Annotated[str | None, typer.Option("--output", "-o", metavar="PATH", show_default=False,
                                          help="Also draw the series over time into this picture.")]
To = Annotated[str, typer.Option("--output", "-o", metavar="PATH", help="The picture.")]


@with_run
def sound(file: SoundFile, *, output: SeriesPlot = None, overwrite: Overwrite = False, run: Run) -> None:
    """Prints the tempo of a sound and its first beat, and draws the series that curves can use.

    FILE is a sound or film that ffmpeg can read. The series: loud, bass (20 to 150 Hz), mid (to 4000 Hz), treble, onset
    (where something begins), beat_pulse, percussive; each from 0 to 1, where 1 is loud for this piece.
    """
    found = carry_out(partial(dreamvid.sound, file, output, overwrite=overwrite), run)
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
