"""`dreamvid image`."""

from typing import Annotated

import typer

from dreamvid.cli.options import Json, Output, Overwrite, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import ImageSettings

Pictures = Annotated[list[str] | None, typer.Argument(metavar="[PICTURE]...", show_default=False)]
StepsSheet = Annotated[str | None, typer.Option(
    metavar="PATH", help="Also write a contact sheet of the way there.", show_default=False)]


@with_settings
def image(
    settings: ImageSettings,
    pictures: Pictures = None,
    *,
    output: Output = None,
    steps_sheet: StepsSheet = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Dreams pictures: files, folders or patterns; or noise, with --noise.

    Without -o the result is PICTURE-dream.png in the current folder. -o takes .png, .jpg, .webp, .avif or .tif, or for
    several pictures a folder (dreams/).
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> None:
        for made in pipeline.image(pictures or (), output, settings, steps_sheet=steps_sheet, overwrite=overwrite,
                                   observe=observe, warn=warn):
            show(made, json=json)

    carry_out(work, quiet=quiet, verbose=verbose)
