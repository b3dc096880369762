"""`dreamvid doctor`."""

import json as encoder

import typer

from dreamvid.cli.console import native_messages
from dreamvid.cli.options import Json


def doctor(json: Json = False) -> None:
    """Checks the installation: versions, devices, ffmpeg, weights, free disk, and a film of five frames."""
    with native_messages(shown=False):
        from dreamvid.doctor import examine

        findings = examine()
    if json:
        typer.echo(encoder.dumps(findings))
    else:
        for name, value in findings.items():
            typer.echo(f"{name:16} {', '.join(value) if isinstance(value, list) else value}")
