"""How well a film closes as a loop."""

import os
from pathlib import Path

from dreamvid.errors import InputError
from dreamvid.events import Warn, ignore
from dreamvid.motion.closing import Closing, measure_closing
from dreamvid.settings import SourceSettings
from dreamvid.video.source import open_source


def closing(film: str | os.PathLike[str], *, warn: Warn = ignore) -> Closing:
    """Measures the step from a film's last frame to its first beside its other steps.

    Raises:
        InputError: the film cannot be read, or has fewer than three frames.
    """
    source = open_source(Path(film), SourceSettings(), warn)
    try:
        return measure_closing(lambda: source)
    except ValueError as error:
        raise InputError(f"{film} is no loop: {error}") from error
