"""Weights from the internet: downloaded once, checked, and kept where Keras keeps them."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pooch

from dreamvid import downloads
from dreamvid.dream.networks.catalogue import Download
from dreamvid.errors import ResourceError, WeightsError, named

Progress = Callable[[str, int, int], None]
"""(name of the file, bytes that are here, bytes in all or 0 if that is not known). It may raise `Cancelled`."""


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


def fetch(
    download: Download, *, offline: bool, progress: Progress, timeout: float = downloads.TIMEOUT
) -> Path:
    """The file's path, after downloading it if it is not here.

    Args:
        offline: forbids the network.
        progress: called for each part that came.
        timeout: seconds without data from the server after which it fails.

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
    known = f"{_algorithm(download)}:{download.digest}" if download.digest else None

    def so_far(here: int, total: int) -> None:
        progress(download.name, min(here, total or here), total)

    try:
        downloads.download(download.url, path, so_far, known_hash=known, timeout=timeout)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ResourceError(f"the disk is full: {path.parent} has no room for {download.name}") from error
        raise _missing(download, _reason(error, timeout)) from error
    except ValueError as error:
        raise _missing(download, "what came is not the published file") from error
    return path


def _algorithm(download: Download) -> str:
    return "sha256" if len(download.digest) == 64 else "md5"  # MD5 finds damage, and no more


def _reason(error: OSError, timeout: float) -> str:
    from requests.exceptions import ChunkedEncodingError, ConnectionError, Timeout

    if isinstance(error, Timeout):
        return f"the server gave no answer for {timeout:g} seconds"
    return "the connection failed" if isinstance(error, ConnectionError | ChunkedEncodingError) else str(error)


def _missing(download: Download, reason: str) -> WeightsError:
    return WeightsError(
        f"the weights {download.name} are not here and were not downloaded ({reason}); fetch {download.url} on a "
        f"machine with internet and give the file with {named('weights')} FILE")
