"""Weights from the internet: downloaded once, checked, and kept where Keras keeps them."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch

from dreamvid.dream.networks.catalogue import Download
from dreamvid.errors import ResourceError, WeightsError, named

Progress = Callable[[str, int, int], None]
"""(name of the file, bytes that are here, bytes in all or 0 if that is not known). It may raise `Cancelled`."""

TIMEOUT = 30
"""Seconds without a byte from the server after which a download ends."""
BLOCK = 1 << 20

pooch.get_logger().setLevel("ERROR")


class _Bar:
    """The progress bar that pooch updates."""

    def __init__(self, name: str, progress: Progress) -> None:
        self.total = self._here = 0
        self._name, self._progress = name, progress

    def update(self, size: int) -> None:
        self._here += size
        self._progress(self._name, min(self._here, self.total or self._here), self.total)

    def reset(self) -> None:
        self._here = 0

    def close(self) -> None:
        """Nothing to close."""


def kept(download: Download) -> Path:
    """Where the file is kept: in Keras's own folder, so that what Keras downloaded is not downloaded again."""
    home = os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser()
    return Path(home) / "models" / download.name


def is_here(download: Download) -> bool:
    """Whether the file is kept and is what was published."""
    path = kept(download)
    if not path.is_file() or not download.digest:
        return path.is_file()
    return pooch.file_hash(str(path), _algorithm(download)) == download.digest


def fetch(download: Download, *, offline: bool, progress: Progress) -> Path:
    """The file's path, after downloading it if it is not here.

    Args:
        offline: forbids the network.
        progress: called after every megabyte.

    Raises:
        WeightsError: it is not here and cannot be downloaded, or what came is not what was published. The message says
            what to download from where, and how to name it.
        ResourceError: the disk is full.
    """
    path = kept(download)
    if is_here(download):
        return path
    if offline:
        raise _missing(download, f"{named('offline')} forbids the network")
    bar: Any = _Bar(download.name, progress)  # pooch's types know only its own
    get: Any = pooch.HTTPDownloader(bar, BLOCK, timeout=TIMEOUT)
    known = f"{_algorithm(download)}:{download.digest}" if download.digest else None
    try:
        pooch.retrieve(download.url, known, download.name, path.parent, downloader=get)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ResourceError(f"the disk is full: {path.parent} has no room for {download.name}") from error
        raise _missing(download, _reason(error)) from error
    except ValueError as error:
        raise _missing(download, "what came is not the published file") from error
    return path


def _algorithm(download: Download) -> str:
    return "sha256" if len(download.digest) == 64 else "md5"  # MD5 finds damage, and no more


def _reason(error: OSError) -> str:
    from requests.exceptions import ChunkedEncodingError, ConnectionError, Timeout

    if isinstance(error, Timeout):
        return f"the server gave no answer for {TIMEOUT} seconds"
    return "the connection failed" if isinstance(error, ConnectionError | ChunkedEncodingError) else str(error)


def _missing(download: Download, reason: str) -> WeightsError:
    return WeightsError(
        f"the weights {download.name} are not here and were not downloaded ({reason}); fetch {download.url} on a "
        f"machine with internet and give the file with {named('weights')} FILE")
