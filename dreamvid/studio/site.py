"""The state that all routes of a running studio share."""

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
from dreamvid.studio.queue import Queue
from dreamvid.studio.task_client import TaskClient

MEDIA = {"content-security-policy": "default-src 'none'; sandbox", "cache-control": "private, max-age=3600"}
"""Response headers of pictures and films, so that they are never shown as a web page."""


@dataclass
class Site:
    """A running studio.

    Attributes:
        studio, queue, feed: the studio's folder, queue and events.
        first: command → the settings that are shown first.
        is_local: whether only this machine reaches the page, so that the server may open folders.
        reader: the task process that reads files, plans and evaluates curves.
        previewer: the task process that previews.
        streams: how many event streams are open.
        previews: the ids of the previews on the disk, the oldest first.
    """

    studio: Studio
    queue: Queue
    feed: Feed
    first: Mapping[str, tuple[str, ...]]
    is_local: bool = True
    reader: TaskClient = field(default_factory=TaskClient)
    previewer: TaskClient = field(default_factory=TaskClient)
    streams: int = 0
    previews: deque[str] = field(default_factory=deque)

    @property
    def previews_folder(self) -> Path:
        """The folder of the pictures of previews."""
        return self.studio.inside / "previews"

    def sentence(self, error: DreamvidError) -> str:
        """An error's message with paths of this machine removed."""
        text = re.sub(re.escape(str(self.studio.uploads)) + r"[\\/][0-9a-f]{16}[\\/]", "", str(error))
        for folder in (self.studio.inside, self.studio.folder, Path.cwd(), Path.home()):
            text = text.replace(f"{folder}/", "").replace(f"{folder}\\", "")
        return re.sub(r"(?<![\w.:/])(?:[A-Za-z]:)?[\\/](?:[^\\/\s'\"]+[\\/])+", "", text)


Answer = Callable[[Site, Request], Awaitable[Response]]
"""The function that answers a route's requests."""
