"""The dreamer of a worker. Only the last one is kept: building one takes seconds, and each takes much memory."""

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

D = TypeVar("D", bound="Dreamer | None")
_dreamers: dict[Hashable, "Dreamer | None"] = {}


def kept_dreamer(key: Hashable, build: Callable[[], D]) -> D:
    """The kept dreamer if it has this key; otherwise a new one, which is kept instead.

    Args:
        key: everything that the dreamer depends on.
        build: makes a dreamer; None for a film without dreams.
    """
    if key not in _dreamers:
        _dreamers.clear()
        _dreamers[key] = build()
    return cast("D", _dreamers[key])
