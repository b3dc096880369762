"""`dreamvid zoom`."""

from dreamvid.cli.console import native_messages
from dreamvid.cli.options import Json, Output, Overwrite, Picture, Quiet, Verbose, with_settings
from dreamvid.cli.progress import Reporter, cancellable
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

    Without -o the film is PICTURE-zoom.mp4 in the current folder. -o takes a film (.mp4, .mov, .mkv), a folder
    (frames/) or numbered pictures (frames/%06d.png).
    """
    reporter = Reporter(quiet=quiet, verbose=verbose)
    with native_messages(shown=verbose), cancellable(reporter.observe) as observe:
        from dreamvid import pipeline

        try:
            made = pipeline.zoom(
                picture, output, settings, overwrite=overwrite, observe=observe, warn=reporter.warn)
        finally:
            reporter.close()
    reporter.made(made, json=json)
