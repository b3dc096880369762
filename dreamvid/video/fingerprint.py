"""The hash of an input, by which it is known again wherever it lies."""

import hashlib
from pathlib import Path

from dreamvid.errors import InputError
from dreamvid.video.folder import is_pattern
from dreamvid.video.pictures import by_pattern, in_folder
from dreamvid.video.target import is_folder, is_there


def fingerprint(path: Path) -> str:
    """SHA-256, in hexadecimal, of a file; of a folder of pictures or of numbered ones, of their names and contents.

    Raises:
        InputError: it is missing or cannot be read, or holds no picture.
    """
    if is_folder(path):
        return _of_all(in_folder(path))
    if is_pattern(path) and not is_there(path):
        return _of_all(by_pattern(path, lambda _: None))
    return _of_file(path)


def _of_all(paths: list[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(f"{_of_file(path)} {path.name}\n".encode(errors="replace"))
    return found.hexdigest()


def _of_file(path: Path) -> str:
    try:
        if not path.is_file():
            raise InputError(f"{path} does not exist")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
