"""`dreamvid measure`."""

from dataclasses import fields
from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.closing import say_closing
from dreamvid.cli.options import Json, Overwrite, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out
from dreamvid.errors import SettingError
from dreamvid.events import Observe, Warn
from dreamvid.settings import SourceSettings

Film = Annotated[Path, typer.Argument(metavar="FILM", show_default=False)]
Made = Annotated[Path | None, typer.Option("--source", metavar="CLIP", help="The clip that the film was made of.",
                                           show_default=False)]
Loop = Annotated[bool, typer.Option("--loop", help="Measure how the film closes as a loop.")]
Layers = Annotated[str | None, typer.Option(help="Layers whose activation is measured; those dreamed by default.",
                                            show_default=False)]
Plot = Annotated[str | None, typer.Option("--output", "-o", metavar="PATH", show_default=False,
                                          help="Also draw the measures over time into this picture.")]


@with_settings
def measure(
    film: Film,
    settings: SourceSettings,
    *,
    source: Made = None,
    loop: Loop = False,
    layers: Layers = None,
    output: Plot = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Says how coherent a dreamed clip is, beside its source; or with --loop, whether a film closes.

    Warping error: the mean squared difference, for values from 0 to 1, between a frame and the one before, moved along
    the source's optical flow, where that can be trusted; 'ratio' is the film's by the source's. Activation: the mean of
    the squares of the layers. Sharpness: the mean magnitude of the brightness's gradient. Clipped: the share of values
    that are black or white. Flicker, for each scene: the mean change, from frame to frame, of how much brighter the
    film is than its source. Largest jump: the largest change of activation between neighbours, by the former.

    A loop closes if the step from its last frame to its first, a difference as the root of its mean square in levels of
    255, is at most 1.1 times the median of the others, and none is above twice that; a camera's steady move is taken
    out first.
    """
    if loop == (source is not None):
        raise SettingError("give --source, the clip that the film was made of, or --loop")
    if source is None:
        say_closing(film, json=json)
        return
    from json import dumps

    from dreamvid import pipeline

    made_of = source

    def work(observe: Observe, warn: Warn) -> pipeline.Coherence:
        return pipeline.measure(film, made_of, settings, layers=layers, plot_to=output, overwrite=overwrite,
                                observe=observe, warn=warn)

    made = carry_out(work, quiet=quiet, verbose=verbose)
    record = {item.name: getattr(made, item.name) for item in fields(made)}
    typer.echo(dumps(record) if json else "\n".join(f"{name}: {_text(value)}" for name, value in record.items()))


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return f"{value:.5g}" if isinstance(value, float) else str(value)
