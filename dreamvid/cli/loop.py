"""`dreamvid loop`."""

from dreamvid.cli.options import Json, Output, Overwrite, Picture, Quiet, Verbose, with_settings
from dreamvid.cli.work import carry_out, show
from dreamvid.events import Observe, Warn
from dreamvid.settings import LoopSettings


@with_settings
def loop(
    picture: Picture,
    settings: LoopSettings,
    *,
    output: Output = None,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    json: Json = False,
) -> None:
    """Makes a loop of a picture that closes without a seam: an endless dive, a pulse, a sway or a bounce.

    Without -o the film is PICTURE-loop.mp4 in the current folder. -o takes an animation (.gif, .webp, .avif, .png) or
    whatever `dreamvid zoom` takes.
    """
    from dreamvid import pipeline

    def work(observe: Observe, warn: Warn) -> pipeline.Rendered:
        return pipeline.loop(picture, output, settings, overwrite=overwrite, observe=observe, warn=warn)

    show(carry_out(work, quiet=quiet, verbose=verbose), json=json)
