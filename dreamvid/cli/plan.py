"""`dreamvid plan` writes a film as data; `dreamvid render` renders it, on any machine."""

from dataclasses import asdict, replace
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from dreamvid.cli.farm import Address, Certificates, Mixed, farm_of
from dreamvid.cli.options import Output, Overwrite, pairs
from dreamvid.cli.pages import Group
from dreamvid.cli.work import Run, add_each_film, carry_out, make, show, with_run
from dreamvid.errors import SettingError
from dreamvid.events import Caller, Observe, Warn

To = Annotated[str | None, typer.Option(
    "--output", "-o", metavar="PLAN.json", show_default=False,
    help="Where the plan goes. Without it the plan is printed, or with --estimate only the estimate.")]
Film = Annotated[str | None, typer.Option(
    "--film", metavar="PATH", show_default=False,
    help="The film's name. Its suffix limits the possible frame rates; without it, an MP4 is planned.")]
Estimated = Annotated[bool, typer.Option(
    "--estimate", help="Make a few frames now, and say how long the film will take, and how much disk and memory.")]
PlanFiles = Annotated[list[Path], typer.Argument(metavar="PLAN.json", show_default=False)]
Inputs = Annotated[list[str] | None, typer.Option(
    "--input", metavar="ROLE=PATH", show_default=False,
    help="Path of an input, such as picture=cat.jpg. By default it is looked for by name and content in the current "
    "folder and beside PLAN.json. May be given several times.")]

Shared = Annotated[str | None, typer.Option(
    "--store", metavar="FOLDER|ADDRESS", show_default=False,
    help="Where the ranges are kept: a folder that all machines share, or an address of fsspec, such as "
    "s3://bucket/film. Made if it does not exist.")]
Ranges = Annotated[list[int] | None, typer.Option(
    "--range", metavar="N", show_default=False,
    help="Make a range of the film, counted from 0, unless it is in the store. May be given several times.")]
Again = Annotated[bool, typer.Option(
    "--again", help="Make the range although it is in the store, and compare both.")]
Missing = Annotated[bool, typer.Option("--missing", help="Print the numbers of the ranges that the store lacks.")]
Join = Annotated[bool, typer.Option("--join", help="Join the ranges in the store, and add the sound.")]

plan = typer.Typer(cls=Group, help="Prints the plan of a film: everything its frames depend on, as JSON. `dreamvid "
                   "render` renders it.")


def _plan(command: str, source: Path, settings: Any, *, film: Film = None, estimate: Estimated = False,
          output: To = None, overwrite: Overwrite = False, run: Run) -> None:
    from dreamvid.films.commands import planned, write_plan
    from dreamvid.films.estimate import Estimate
    from dreamvid.films.estimate import estimate as estimated

    def work(observe: Observe, warn: Warn) -> tuple[str, Estimate | None]:
        caller = Caller(observe, warn, overwrite=True)
        made, call = planned(command, source, film, settings, caller)
        if output is not None:
            write_plan(made, Path(output), overwrite=overwrite, inputs=list(call.paths.values()))
        return made.to_json(), estimated(made, call, caller) if estimate else None

    text, found = carry_out(work, run)
    if found is None:
        typer.echo(text if output is None else output)
    elif run.json:
        typer.echo(dumps(asdict(found)))
    else:
        typer.echo(f"{found.frames} frames of {found.dreams} dreams, about {_time(found.seconds)}, "
                   f"{found.bytes / 1e6:.1f} MB on the disk, {found.memory / 1e6:.0f} MB of memory")


add_each_film(plan, "Plans `dreamvid {}`.", _plan)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{seconds:.1f} s"


@with_run
def render(plan_files: PlanFiles, *, inputs: Inputs = None, output: Output = None, overwrite: Overwrite = False,
           store: Shared = None, ranges: Ranges = None, again: Again = False, missing: Missing = False,
           join: Join = False, mixed: Mixed = False, farm: Address = "",
           certificates: Certificates = "", run: Run) -> None:
    """Makes the film of a plan that `dreamvid plan` wrote: with the same versions and machine, the same frames.

    Without -o the film is PLAN with the planned suffix, in the current folder.

    With --store any number of processes, on any machines, make the film together: each makes ranges of it by --range,
    and one joins them by --join. --missing prints the numbers of the ranges that are not made yet.

    With --farm the films of several plans are made at once.
    """
    paths = {role: Path(path) for role, path in pairs("--input", inputs, "picture=cat.jpg").items()}
    if farm:
        given = {"address": farm, "certificates": certificates, "store": store or "", "mixed": mixed}
        _on_farm(given, plan_files, output, paths, run=run, overwrite=overwrite,
                 alone=not (ranges or again or missing or join))
        return
    if len(plan_files) > 1 or certificates:
        raise SettingError("several plans, and --certificates, are for --farm")
    [plan_file] = plan_files
    if ((ranges is not None) + missing + join) != (store is not None) or ((again or mixed) and ranges is None):
        raise SettingError("--store needs one of --range, --missing and --join beside it, and each of these --store; "
                           "--again and --mixed are for --range")
    if store is None:
        from dreamvid.films.commands import render as made

        make(run, made, plan_file, output, inputs=paths, overwrite=overwrite)
        return

    def work(observe: Observe, warn: Warn) -> None:
        from dreamvid.films.commands import called_for
        from dreamvid.films.joining import join as joined
        from dreamvid.films.shared import SharedFilm
        from dreamvid.output.shared import SharedStore

        caller = Caller(observe, warn, overwrite)
        plan, call = called_for(plan_file, output, paths, caller, writes=join)
        film = SharedFilm(plan, replace(call, mixed=mixed), SharedStore(store), caller)
        if join:
            show(joined(film), run)
        for number in ranges or ():
            show(film.render(number, again=again), run)
        if missing:
            typer.echo("".join(f"{number}\n" for number in film.missing()), nl=False)

    carry_out(work, run)


def _on_farm(given: dict[str, Any], plan_files: list[Path], output: str | None, paths: dict[str, Path], *, run: Run,
             overwrite: bool, alone: bool) -> None:
    """Makes films on a cluster."""
    if not alone or (len(plan_files) > 1 and (output is not None or given["store"])):
        raise SettingError("--farm makes all ranges and joins them; for several plans it takes no -o and no --store")
    farm = farm_of(given)

    def work(observe: Observe, warn: Warn) -> list[Any]:
        from dreamvid.farm.film import render_on
        from dreamvid.films.commands import called_for

        caller = Caller(observe, warn, overwrite)
        films = [called_for(path, output, paths, caller) for path in plan_files]
        return render_on(farm, films, caller) if farm else []

    for made in carry_out(work, run):
        show(made, run)
