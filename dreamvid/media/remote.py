"""Pictures from the internet: an https:// address is downloaded once, and then read like any file."""

import re
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from dreamvid.downloads import download
from dreamvid.errors import InputError, SettingError, named
from dreamvid.events import Fetched, Listener
from dreamvid.media import cache

LARGEST = 100_000_000
"""Bytes that a picture from the internet may have."""


class _TooLargeError(Exception):
    """More bytes came than a picture may have."""


def is_address(path: Path) -> bool:
    """Whether a path is an https:// address, of which a `Path` keeps one slash."""
    return re.match(r"https?:/", path.as_posix(), re.IGNORECASE) is not None


def local(path: Path, listener: Listener, *, offline: bool = False, largest: int = LARGEST) -> Path:
    """The file that a path or an https:// address stands for; what is at an address is downloaded into the cache, once.

    Raises:
        InputError: the address cannot be read, or holds more than `largest` bytes.
        SettingError: the address is not https, or there is no cache.
    """
    if not is_address(path):
        return path
    address = re.sub(r"^https?:/+", "https://", path.as_posix(), count=1, flags=re.IGNORECASE)
    if path.as_posix().lower().startswith("http:"):
        raise SettingError(f"{path.as_posix()} is not encrypted; an address must begin with https://")
    name = Path(unquote(urlsplit(address).path)).name or "picture"
    folder = cache.folder()
    if folder is None:
        raise SettingError(f"{address} needs a cache, and {cache.VARIABLE} is empty")
    kept = folder / "pictures" / sha256(address.encode()).hexdigest()[:16] / name[-100:]
    if kept.is_file():
        return kept
    if offline:
        raise InputError(f"{address} is not here, and {named('offline')} forbids the internet")
    return _downloaded(address, kept, listener, largest)


def _downloaded(address: str, kept: Path, listener: Listener, largest: int) -> Path:
    def progress(here: int, total: int) -> None:
        if max(here, total) > largest:
            raise _TooLargeError
        listener.observe(Fetched(kept.name, here, total))

    try:
        download(address, kept, progress)
    except _TooLargeError as error:
        raise InputError(f"{address} has more than {largest:,} bytes; a picture may not") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{address} cannot be read: {' '.join(str(error).split())[:200]}") from error
    return kept
