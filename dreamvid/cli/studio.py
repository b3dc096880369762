"""`dreamvid studio`, the page in the browser; and its queue without the page: `dreamvid jobs` and `dreamvid work`."""

from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from dreamvid.cli.first_pages import FIRST_PAGES
from dreamvid.cli.options import Json, pairs
from dreamvid.cli.pages import Command, Group
from dreamvid.cli.plan import Inputs
from dreamvid.cli.work import Run, carry_out, with_run
from dreamvid.errors import ResumeError

AtATime = Annotated[int, typer.Option("--jobs", min=1, max=64, help="How many jobs run at a time.")]
ResultsFolder = Annotated[Path | None, typer.Argument(
    metavar="[FOLDER]", show_default=False,
    help="The folder for results and jobs; by default `dreamvid` in your videos folder. Created if it is missing.")]
Opens = Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")]
Port = Annotated[int, typer.Option(min=0, max=65535, show_default=False,
                                   help="Port of the page; if it is taken, the next free one.")]
Host = Annotated[str, typer.Option(
    help="An address of this machine, such as 192.168.1.5, so that other devices can open the page. Whoever has the "
    "whole address, with its token, can use the studio.")]


def studio(folder: ResultsFolder = None, *, opens: Opens = True, port: Port = 0, host: Host = "127.0.0.1",
           jobs: AtATime = 1) -> None:
    """Opens a page where you see the dream while you choose it, with a queue and all results.

    It works offline, and only this machine reaches it. Jobs continue when the page is closed, and after a crash.
    """
    from dreamvid.studio.folder import open_studio
    from dreamvid.studio.serve import serve

    serve(open_studio(folder), host=host, port=port, jobs=jobs, opens=opens,
          first={command: tuple(page.options) for command, page in FIRST_PAGES.items()}, say=typer.echo,
          warn=lambda text: typer.echo(f"dreamvid: {text}", err=True))


Folder = Annotated[Path | None, typer.Option(
    "--folder", metavar="FOLDER", show_default=False,
    help="The studio's folder with results and jobs; by default `dreamvid` in your videos folder.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID…", show_default=False)]
SomeIds = Annotated[list[str] | None, typer.Argument(metavar="[ID…]", show_default=False)]
Plans = Annotated[list[Path], typer.Argument(metavar="PLAN…", show_default=False)]
JobFolder = Annotated[Path, typer.Argument(metavar="JOB", show_default=False, help="The folder of the job.")]

jobs = typer.Typer(cls=Group, invoke_without_command=True, help="The studio's queue: films that are rendered one after "
                   "the other, and continue after a crash. The page of `dreamvid studio` shows the same.")


@jobs.callback()
def listed(context: typer.Context) -> None:
    """The studio's queue."""
    if context.invoked_subcommand is None:
        _list(None, json=False)


@jobs.command("list", cls=Command)
def list_jobs(*, folder: Folder = None, json: Json = False) -> None:
    """Lists the jobs in their order: id, state, frames done, and the result."""
    _list(folder, json=json)


def _list(folder: Path | None, *, json: bool) -> None:
    from dreamvid.studio.folder import open_studio
    from dreamvid.studio.jobs import jobs as found_in
    from dreamvid.studio.progress import summary

    found = [summary(job) for job in found_in(open_studio(folder))]
    if json:
        typer.echo(dumps(found))
        return
    for one in found:
        typer.echo(f"{one['id']}  {one['state']:9}  {one['done']:>6} of {one['total']:<6}  {one['output']}"
                   + (f"  ({one['error']})" if one["error"] else ""))


@jobs.command("add", cls=Command)
def add(plans: Plans, *, folder: Folder = None, inputs: Inputs = None) -> None:
    """Adds the films of plans that `dreamvid plan` wrote; prints the id of each."""
    from dreamvid.studio.adding import add_plan
    from dreamvid.studio.folder import open_studio

    studio = open_studio(folder)
    paths = {role: Path(path) for role, path in pairs("--input", inputs, "picture=cat.jpg").items()}
    for each in plans:
        typer.echo(add_plan(studio, each, paths).id)


@jobs.command("run", cls=Command)
def run(ids: SomeIds = None, *, folder: Folder = None, most: AtATime = 1) -> None:
    """Runs all waiting jobs; or only the given ones, even if they are paused or have failed.

    If a studio is open on the same folder, it runs them instead.
    """
    from dreamvid.studio.folder import open_studio
    from dreamvid.studio.jobs import find, set_desired
    from dreamvid.studio.queue import Queue

    studio = open_studio(folder)
    for each in ids or ():
        set_desired(find(studio, each), "run")
    queue = Queue(studio, most)
    if not queue.take():
        typer.echo("dreamvid: a studio, or another `dreamvid jobs run`, runs this queue already", err=True)
        return
    try:
        carry_out(lambda **_: queue.run(set(ids) if ids else None), Run(quiet=True))
    finally:
        queue.stop()
    failed = [each for each in (ids or ()) if find(studio, each).state == "failed"]
    if failed:
        raise ResumeError(f"{failed[0]} failed: {(find(studio, failed[0]).end or {}).get('error')}")


@jobs.command("pause", cls=Command)
def pause(ids: Ids, *, folder: Folder = None) -> None:
    """Stops jobs, or keeps them from starting; what is done is kept, and `dreamvid jobs run ID` continues."""
    _ask("pause", ids, folder)


@jobs.command("cancel", cls=Command)
def cancel(ids: Ids, *, folder: Folder = None) -> None:
    """Cancels jobs. What is done is kept until the job is deleted, so `dreamvid jobs run ID` continues."""
    _ask("cancel", ids, folder)


def _ask(desired: Any, ids: list[str], folder: Path | None) -> None:
    from dreamvid.studio.folder import open_studio
    from dreamvid.studio.jobs import find, set_desired

    studio = open_studio(folder)
    for job in [find(studio, each) for each in ids]:
        set_desired(job, desired)


@with_run
def work(job: JobFolder, *, run: Run) -> None:
    """Carries out one job of a studio's queue, whose folder is JOB. The queue starts it."""
    def worked(observe: Any, warn: Any) -> None:
        from dreamvid.studio.work import work as done

        done(job, observe, warn)

    carry_out(worked, run)
