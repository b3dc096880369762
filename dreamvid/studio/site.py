"""A running studio: what its routes share."""

import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from dreamvid.errors import DreamvidError
from dreamvid.studio.feed import Feed
from dreamvid.studio.folder import Studio
from dreamvid.studio.helpers import Helper
from dreamvid.studio.queue import Queue

MEDIA = {"content-security-policy": "default-src 'none'; sandbox", "cache-control": "private, max-age=3600"}
"""The headers of a picture or a film, which is never a page."""


@dataclass
class Site:
    """A running studio.

    Attributes:
        studio, queue, feed: what it shows.
        first: command → the settings that matter to most people.
        is_local: whether pages are on this machine, so that a folder may be opened for them.
        desk, artist: processes that read and plan, and that preview.
    """

    studio: Studio
    queue: Queue
    feed: Feed
    first: Mapping[str, tuple[str, ...]]
    is_local: bool = True
    desk: Helper = field(default_factory=Helper)
    artist: Helper = field(default_factory=Helper)
    streams: int = 0
    previews: deque[str] = field(default_factory=deque)

    @property
    def drawn(self) -> Path:
        """The folder of the previews' pictures."""
        return self.studio.inside / "previews"

    def sentence(self, error: DreamvidError) -> str:
        """What went wrong, without a path of this machine."""
        text = re.sub(re.escape(str(self.studio.uploads)) + r"[\\/][0-9a-f]{16}[\\/]", "", str(error))
        for folder in (self.studio.inside, self.studio.folder, Path.cwd(), Path.home()):
            text = text.replace(f"{folder}/", "").replace(f"{folder}\\", "")
        return re.sub(r"(?<![\w.:/])(?:[A-Za-z]:)?[\\/](?:[^\\/\s'\"]+[\\/])+", "", text)


Answer = Callable[[Site, Request], Awaitable[Response]]
"""What answers the requests of a route."""
