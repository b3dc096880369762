"""`dreamvid encode`."""

from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.options import Json, Overwrite, Quiet, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import EncodeSettings

Frames = Annotated[Path, typer.Argument(metavar="FRAMES|FILM", show_default=False)]
To = Annotated[str, typer.Option("--output", "-o", metavar="PATH", show_default=False, help="What is written.")]


@with_settings
def encode(
    source_path: Frames,
    settings: EncodeSettings,
    *,
    output: To,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Writes a film, or pictures, in another format, without dreaming again.

    FRAMES|FILM is a film, an animation, a folder of pictures (30 a second, unless --fps says otherwise), or numbered
    ones (frames/%06d.png). -o takes whatever `dreamvid zoom` takes. From a lossless film (FFV1, PNG) every format is
    as good as if it had been dreamed into it.
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Encoded:
        return pipeline.encode(source_path, output, settings, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=False), json=json)
