"""`dreamvid loop`."""

from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.options import Json, Output, Overwrite, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import LoopSettings

Source = Annotated[Path, typer.Argument(metavar="PICTURE|CLIP", show_default=False)]


@with_settings
def loop(
    source_path: Source,
    settings: LoopSettings,
    *,
    output: Output = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Makes a loop that closes without a seam, of a picture or of a clip.

    Of a picture it is an endless dive, a pulse, a sway or a bounce; of a clip, one whose end dissolves into its
    beginning, or a bounce.

    A clip is dreamed as by `dreamvid clip`; with --steps 0 it is closed as it is, such as one that is dreamed already.
    Without -o the film is NAME-loop.mp4 in the current folder. -o takes an animation (.gif, .webp, .avif, .png) or
    whatever `dreamvid zoom` takes.
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Rendered:
        return pipeline.loop(source_path, output, settings, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)
