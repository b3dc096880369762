"""Downloads files from the internet."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch

Progress = Callable[[int, int], None]
"""(bytes downloaded, total bytes or 0 if unknown). An exception from it ends the download."""

TIMEOUT = 30
"""Seconds without data from the server after which a download fails."""

_BLOCK = 1 << 18

pooch.get_logger().setLevel("ERROR")


class _Bar:
    """The progress bar that pooch updates."""

    def __init__(self, progress: Progress) -> None:
        self.total = self._here = 0
        self._progress = progress

    def update(self, size: int) -> None:
        self._here += size
        self._progress(self._here, self.total)

    def reset(self) -> None:
        self._here = 0

    def close(self) -> None:
        """Nothing to close."""


def download(
    address: str, path: Path, progress: Progress, *, known_hash: str | None = None, timeout: float = TIMEOUT
) -> None:
    """Downloads a file. It appears under its name only when it is complete.

    Args:
        address: the file's URL.
        path: where the file is written.
        progress: called after each block.
        known_hash: the published hash as `algorithm:digest`; None if none is published.
        timeout: seconds without data after which it fails.

    Raises:
        OSError: the file cannot be downloaded or written.
        ValueError: the digest does not match, or the address is not a URL.
    """
    bar: Any = _Bar(progress)  # pooch's types allow only its own progress bar
    get: Any = pooch.HTTPDownloader(bar, _BLOCK, timeout=timeout, headers={"User-Agent": "dreamvid"})
    pooch.retrieve(address, known_hash, path.name, path.parent, downloader=get)
