"""What `dreamvid measure --loop` says of a loop."""

import json as encoder
from dataclasses import asdict
from pathlib import Path

import typer


def say_closing(loop: Path, *, json: bool) -> None:
    """Prints how a loop closes: in words, or as one line of JSON."""
    from dreamvid.pipeline.closing import closing

    found = closing(loop, warn=lambda text: typer.echo(f"dreamvid: {text}", err=True))
    if json:
        typer.echo(encoder.dumps({**asdict(found), "closes": found.closes}))
        return
    last, largest = (step / max(found.median, 1e-9) for step in (found.last, found.largest))
    typer.echo(f"last step {255 * found.last:.2f}, median {255 * found.median:.2f}, largest {255 * found.largest:.2f}: "
               f"{last:.2f} and {largest:.2f} times the median, "
               f"{'aligned by the camera' if found.steady else 'as they are'}")
    typer.echo("the loop closes" if found.closes else "the loop does not close")
