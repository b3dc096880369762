"""Measures how well a film closes as a loop."""

from pathlib import Path

from dreamvid.errors import InputError
from dreamvid.events import Warn, ignore
from dreamvid.media.source import open_source
from dreamvid.motion.measure import Closing, measure_closing
from dreamvid.settings import SourceSettings
from dreamvid.stills.given import PathName


def measure_loop(film: PathName, *, warn: Warn = ignore) -> Closing:
    """Compares the step from a film's last frame to its first with its other steps.

    Raises:
        InputError: the film cannot be read, or has fewer than three frames.
    """
    source = open_source(Path(film), SourceSettings(), warn)
    try:
        return measure_closing(lambda: source)
    except ValueError as error:
        raise InputError(f"{film} is no loop: {error}") from error
