"""`dreamvid networks`."""

from json import dumps
from typing import Annotated

import typer

from dreamvid.cli.console import native_messages
from dreamvid.cli.options import Json

Name = Annotated[str | None, typer.Argument(metavar="[NETWORK]", show_default=False)]


def networks(network: Name = None, json: Json = False) -> None:
    """Lists the networks, what their layers grow, and whether their weights are here; or every layer of one.

    NETWORK is a name in the list, or the file of a frozen TensorFlow graph, which ends in .pb.
    """
    if network is None:
        _list_networks(json=json)
    else:
        _list_layers(network, json=json)


def _list_networks(*, json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from dreamvid.dream.networks import CATALOGUE, weights_are_here

    found = [
        {"name": entry.name, "layers": dict(entry.grows), "megabytes": entry.megabytes, "here": weights_are_here(entry)}
        for entry in CATALOGUE.values()
    ]
    if json:
        typer.echo(dumps(found))
        return
    table = Table("network", "MB", "weights", "layers worth dreaming, and what they grow", box=None, pad_edge=False)
    for entry in found:
        grows = "; ".join(f"{layer}: {what}" for layer, what in entry["layers"].items())
        table.add_row(entry["name"], str(entry["megabytes"]), "here" if entry["here"] else "to be fetched", grows)
    Console(highlight=False).print(table)


def _list_layers(network: str, *, json: bool) -> None:
    from dreamvid.dream.networks import layers_of

    with native_messages(shown=False):
        found = layers_of(network)
    if json:
        typer.echo(dumps(dict(found)))
        return
    for layer, channels in found.items():
        typer.echo(f"{layer:40} {channels:5} channels")
