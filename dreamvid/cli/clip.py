"""`dreamvid clip`."""

from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.options import Json, Output, Overwrite, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import ClipSettings

Clip = Annotated[Path, typer.Argument(metavar="CLIP", show_default=False)]
Preview = Annotated[bool, typer.Option(
    "--preview", help="Only make a storyboard of ten frames, a picture: CLIP-preview.png, or -o.")]


@with_settings
def clip(
    source_path: Clip,
    settings: ClipSettings,
    *,
    output: Output = None,
    preview: Preview = False,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Dreams a clip, in step with its sound: a film, a GIF, a folder of pictures, or numbered ones (shot_%04d.png).

    Without -o the film is CLIP-dream.mp4 in the current folder. -o takes a film (.mp4, .mov, .mkv), a folder
    (frames/) or numbered pictures (frames/%06d.png).
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Rendered | pipeline.Previewed:
        make = pipeline.preview if preview else pipeline.clip
        return make(source_path, output, settings, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)
