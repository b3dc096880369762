"""Files from the internet."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pooch

Progress = Callable[[int, int], None]
"""(bytes that are here, bytes in all or 0 if that is not known). What it raises ends the download."""

TIMEOUT = 30
"""Seconds without a byte from the server after which a download ends."""

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


def download(address: str, path: Path, progress: Progress, *, known_hash: str | None = None) -> None:
    """Downloads a file, which appears under its name when it is whole.

    Args:
        address: of the file.
        path: where it goes.
        progress: is called for each part that came.
        known_hash: what is published of it: the algorithm, a colon, and the digest; None: nothing is.

    Raises:
        OSError: it cannot be downloaded, or written.
        ValueError: what came has another digest, or the address is no address.
    """
    bar: Any = _Bar(progress)  # pooch's types know only its own
    get: Any = pooch.HTTPDownloader(bar, _BLOCK, timeout=TIMEOUT, headers={"User-Agent": "dreamvid"})
    pooch.retrieve(address, known_hash, path.name, path.parent, downloader=get)
