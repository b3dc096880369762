"""The recipe of a file, whatever kind of result it is."""

from pathlib import Path

from dreamvid.errors import InputError
from dreamvid.recipe import MARK
from dreamvid.video.metadata import films
from dreamvid.video.metadata.base import content_of
from dreamvid.video.metadata.pictures import carrier_of, text_in
from dreamvid.video.target import is_file, is_folder


def read(path: Path) -> str:
    """The text of the recipe that a film or a picture carries. Little of a file is read, whatever it holds.

    Raises:
        InputError: the file is missing or cannot be read, or holds no recipe.
        FFmpegError: ffmpeg is missing.
    """
    if not is_file(path):
        is_one = is_folder(path)
        raise InputError(f"{path} is a folder; give one of its files" if is_one else f"{path} does not exist")
    text = _text(path)
    if text is None or not text.startswith(MARK):
        raise InputError(f"{path} holds no recipe; results made with --no-recipe, or changed by another program, "
                         "have none")
    return text


def _text(path: Path) -> str | None:
    try:
        if path.stat().st_size == 0:
            return None
        with path.open("rb") as file, content_of(file) as data:
            carrier = carrier_of(data)
            if carrier is not None:
                return text_in(data, carrier)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    return films.found(path)
