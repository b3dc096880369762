"""`dreamvid studio`: the page in the browser."""

from pathlib import Path
from typing import Annotated

import typer

from dreamvid.cli.first_pages import FIRST_PAGES
from dreamvid.cli.jobs import AtATime

Folder = Annotated[Path | None, typer.Argument(
    metavar="[FOLDER]", show_default=False,
    help="The folder for results and jobs; by default `dreamvid` in your videos folder. Created if it is missing.")]
Opens = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")]
Port = Annotated[int, typer.Option(min=0, max=65535, show_default=False,
                                   help="Port of the page; if it is taken, the next free one.")]
Host = Annotated[str, typer.Option(
    help="An address of this machine, such as 192.168.1.5, so that other devices can open the page. Whoever has the "
    "whole address, with its token, can use the studio.")]


def studio(folder: Folder = None, *, opens: Opens = True, port: Port = 0, host: Host = "127.0.0.1",
           jobs: AtATime = 1) -> None:
    """Opens a page where you see the dream while you choose it, with a queue and all results.

    It works offline, and only this machine reaches it. Jobs go on when the page is closed, and after a crash.
    """
    from dreamvid.studio.folder import open_studio
    from dreamvid.studio.serve import serve

    serve(open_studio(folder), host=host, port=port, jobs=jobs, opens=opens,
          first={command: tuple(page.options) for command, page in FIRST_PAGES.items()}, say=typer.echo,
          warn=lambda text: typer.echo(f"dreamvid: {text}", err=True))
