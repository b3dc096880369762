"""Sends files to a worker over the cluster's connections."""

from collections.abc import Mapping
from json import dumps
from pathlib import Path
from secrets import token_hex
from typing import Any

from dreamvid.errors import InputError
from dreamvid.farm.task import work

PART = 2**25
"""Files are sent in parts of this many bytes."""


def send(client: Any, address: str, files: Mapping[str, Path], has: set[str]) -> list[Any]:
    """Sends a worker the files that it lacks.

    Args:
        client: the Dask client.
        address: the worker's address.
        files: SHA-256 → path on this machine.
        has: the hashes of the files that the worker has; sent ones are added.

    Returns:
        The futures of the last part of each file.

    Raises:
        InputError: one is a folder.
    """
    last = []
    for digest, path in files.items():
        if digest in has:
            continue
        if not path.is_file():
            raise InputError(f"{path} is a folder, which cannot be sent to a worker; keep it where all machines see it "
                             "by this name")
        has.add(digest)
        last.append(_send_file(client, address, digest, path))
    return last


def _send_file(client: Any, address: str, digest: str, path: Path) -> Any:
    size, before = path.stat().st_size, None
    with path.open("rb") as file:
        for at in range(0, max(1, size), PART):
            text = dumps({"does": "receive", "file": [digest, path.name, str(path)], "at": at,
                          "last": at + PART >= size})
            before = client.submit(work, text, file.read(PART), *([before] if before else []), pure=False,
                                   workers=[address], allow_other_workers=False, key=f"receive-{token_hex(6)}")
    return before
