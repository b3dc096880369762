"""`dreamvid layers`."""

from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.options import Json, Output, Overwrite, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import AtlasSettings

Start = Annotated[Path | None, typer.Argument(metavar="[PICTURE]", show_default=False)]


@with_settings
def layers(
    settings: AtlasSettings,
    picture: Start = None,
    *,
    output: Output = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Makes an atlas: one picture, or noise, dreamed by each layer of a network, or by each channel of one layer.

    The label under each picture is the option that dreams so.
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Atlas:
        return pipeline.atlas(picture, output, settings, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)
