"""The option `--farm`, which renders films on a cluster, and `dreamvid farm`, which starts schedulers and workers."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

import dreamvid
from dreamvid.cli.options import keyword, replaced
from dreamvid.cli.pages import Command, Group
from dreamvid.errors import SettingError
from dreamvid.farm.address import Farm, check_farm

PANEL = "Many machines"

Address = Annotated[str, typer.Option(
    "--farm", metavar="ADDRESS", show_default=False, rich_help_panel=PANEL,
    help="Work on a Dask cluster: local:4 for four workers on this machine, tls://HOST:8786 for a running "
    "scheduler, slurm:20 for twenty Slurm jobs.")]
Certificates = Annotated[str, typer.Option(
    "--certificates", metavar="FOLDER", show_default=False, rich_help_panel=PANEL,
    help="The cluster's certificates, as `dreamvid farm certificates` makes them.")]
Shared = Annotated[str, typer.Option(
    "--store", metavar="FOLDER|ADDRESS", show_default=False, rich_help_panel=PANEL,
    help="With --farm: send inputs and ranges through a folder that all machines see, or an address such as "
    "s3://bucket/film, in place of the cluster's own connections.")]
Mixed = Annotated[bool, typer.Option(
    "--mixed", rich_help_panel=PANEL,
    help="Allow machines whose processors or versions differ, and which may therefore round differently.")]

_OPTIONS = {"address": Address, "certificates": Certificates, "store": Shared, "mixed": Mixed}


def with_farm(command: Callable[..., None]) -> Callable[..., None]:
    """Replaces a command's parameter `farm` by the cluster options. The command gets None if `--farm` is not given."""
    added = [keyword(name, kind, False if name == "mixed" else "") for name, kind in _OPTIONS.items()]
    return replaced(command, "farm", added, farm_of)


def farm_of(given: dict[str, Any]) -> Farm | None:
    """The requested cluster, with its address checked; None if no cluster option is given.

    Raises:
        SettingError: see `check_farm`; or another cluster option is given without `--farm`.
    """
    if not any(given.values()):
        return None
    if not given["address"]:
        raise SettingError("--certificates, --store and --mixed are for --farm")
    farm = Farm(**given)
    check_farm(farm)
    return farm


def made_on(command: str, farm: Farm | None, *, preview: bool = False) -> Callable[..., Any]:
    """The library function that a command calls, on this machine or on a cluster.

    Raises:
        SettingError: a preview is wanted on a cluster.
    """
    if preview and farm:
        raise SettingError("", None, "{preview} is made on this machine; leave out {farm}")
    if preview:
        film: Any = command
        return partial(dreamvid.preview, command=film)
    if farm is None:
        return getattr(dreamvid, {"layers": "atlas"}.get(command, command))
    if command in ("layers", "compare"):
        from dreamvid.farm.stills import atlas_on, compare_on

        return partial(atlas_on if command == "layers" else compare_on, farm)
    from dreamvid.farm.film import film_on

    return partial(film_on, farm, command)


def jobs_on(farm: Farm) -> Callable[..., Any]:
    """Dreams the pictures of `dreamvid image` on a cluster; see `stills.image.DreamJobs`."""
    from dreamvid.farm.stills import dream_jobs

    return partial(dream_jobs, farm)


farm = typer.Typer(cls=Group, help="Starts the scheduler and workers of a Dask cluster for --farm; makes certificates.")

Host = Annotated[str, typer.Option(
    metavar="ADDRESS", help="The address to listen on. One that other machines can reach needs certificates.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any free one.")]
Pages = Annotated[int, typer.Option(min=0, max=65535, help="The port of Dask's status pages, which only this "
                                    "machine can open; 0 for any free one.")]
Threads = Annotated[int, typer.Option(min=1, max=1024, help="Threads that dream: those of the plans that it makes.")]
Memory = Annotated[str, typer.Option(
    help="Memory limit, such as 8GB, above which the worker restarts; auto: all of the machine's.")]
Scheduler = Annotated[str, typer.Argument(metavar="ADDRESS", show_default=False, help="Such as tls://host:8786.")]


@farm.command(cls=Command)
def certificates(folder: Annotated[Path, typer.Argument(metavar="FOLDER", show_default=False)]) -> None:
    """Makes a key and a certificate for a cluster. Whoever holds the key belongs to it, and can run programs on it."""
    from dreamvid.farm.cluster import make_certificates

    typer.echo(make_certificates(folder))


@farm.command(cls=Command)
def scheduler(*, host: Host = "127.0.0.1", port: Port = 8786, pages: Pages = 0, certificates: Certificates = ""
              ) -> None:
    """Runs a scheduler until it is stopped."""
    from dreamvid.farm.serve import serve_scheduler

    serve_scheduler(host, port, pages, certificates, typer.echo)


@farm.command(cls=Command)
def worker(address: Scheduler, *, threads: Threads = 1, memory: Memory = "auto", certificates: Certificates = ""
           ) -> None:
    """Runs a worker until it is stopped, or its scheduler has been gone for five minutes."""
    from dreamvid.farm.serve import serve_worker

    serve_worker(address, threads, memory, certificates)
