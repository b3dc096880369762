"""Weights from the internet: fetched once, checked, and kept where Keras keeps them."""

import errno
import hashlib
import os
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from dreamvid.dream.networks.catalogue import Download
from dreamvid.errors import ResourceError, WeightsError

Progress = Callable[[str, int, int], None]
"""(name of the file, bytes that are here, bytes in all or 0 if that is not known). It may raise `Cancelled`."""

SECONDS_OF_SILENCE = 30
BLOCK = 1 << 20


def kept(download: Download) -> Path:
    """Where the file is kept: in Keras's own folder, so that what Keras fetched is not fetched again."""
    home = os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()
    return Path(home) / "models" / download.name


def is_here(download: Download) -> bool:
    """Whether the file is kept and is what was published."""
    path = kept(download)
    return path.is_file() and _is_published(path, download)


def fetch(download: Download, *, offline: bool, progress: Progress) -> Path:
    """The file's path, after fetching it if it is not here.

    Args:
        offline: forbids the network.
        progress: called after every megabyte.

    Raises:
        WeightsError: it is not here and cannot be fetched, or what came is not what was published. The message says
            what to fetch from where, and how to name it.
        ResourceError: the disk is full.
    """
    path = kept(download)
    if is_here(download):
        return path
    if offline:
        raise _missing(download, "--offline forbids the network")
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _receive(download, part, progress)
        if not _is_published(part, download):
            raise _missing(download, "what came is not the published file")
        part.replace(path)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ResourceError(f"the disk is full: {part.parent} has no room for {download.name}") from error
        raise _missing(download, str(error)) from error
    except HTTPException as error:
        raise _missing(download, str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _receive(download: Download, part: Path, progress: Progress) -> None:
    with urlopen(download.url, timeout=SECONDS_OF_SILENCE) as answer, part.open("wb") as file:
        total = int(answer.headers.get("Content-Length") or 0)
        while block := answer.read(BLOCK):
            file.write(block)
            progress(download.name, file.tell(), total)
        if total and file.tell() != total:
            raise OSError(f"the connection ended after {file.tell()} of {total} bytes")


def _is_published(path: Path, download: Download) -> bool:
    if not download.digest:
        return True
    algorithm = "sha256" if len(download.digest) == 64 else "md5"  # the latter finds damage, and no more
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest() == download.digest


def _missing(download: Download, reason: str) -> WeightsError:
    return WeightsError(
        f"the weights {download.name} are not here and were not fetched ({reason}); fetch {download.url} on a machine "
        "with internet and give the file with --weights FILE")
