"""`dreamvid zoom`."""

from dreamvid.cli.options import Json, Output, Overwrite, Picture, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import ZoomSettings


@with_settings
def zoom(
    picture: Picture,
    settings: ZoomSettings,
    *,
    output: Output = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Dives into a picture: an endless DeepDream zoom.

    Without -o the film is PICTURE-zoom.mp4 in the current folder. -o takes a film (.mp4, .mov, .mkv, .webm), an
    animation (.gif, .webp, .avif, .png), a folder (frames/), numbered pictures (frames/%06d.png), or - for a film down
    a pipe.
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Rendered:
        return pipeline.zoom(picture, output, settings, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)
