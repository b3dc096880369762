"""What the entries of a journal may say. Their hashes tell of accidents, not of intent: anybody can make a journal."""

import re
from collections.abc import Mapping
from typing import Any

_SHAPE = re.compile(r"\[[1-9]\d{0,5}(, [1-9]\d{0,5}){1,2}\]")
_NAMES = {"segment": re.compile(r"segments/[\w-][\w.-]{0,80}"), "kept": re.compile(r"kept/[\w-][\w.-]{0,80}"),
          "state": re.compile("state-[01]")}


def is_sound(entry: Mapping[str, Any], frames: int, stretch: int) -> bool:
    """Whether a render would have added an entry.

    Frames are counted up and stretches follow each other, so that numbers are no larger than the journal is long; and
    every name is that of a file in its place.

    Args:
        entry: it.
        frames: how many are committed before it.
        stretch: where the next stretch begins.
    """
    match entry:
        case {"what": "frame", "n": int(n), "hash": str(), "shape": shape, "state": state}:
            return n == frames and _is_shape(shape) and (state is None or _is_file(state, "state"))
        case {"what": "segment", "end": int(end), "kept": list(kept)}:
            inside = all(type(n) is int and stretch <= n < end for n in kept)
            return stretch <= end <= frames and inside and _is_named(entry, "segment")
        case {"what": "kept"}:
            return _is_file(entry, "kept")
        case {"what": "result", "hash": str(), "frames": int()} | {"what": "finished"}:
            return True
    return False


def _is_file(entry: Any, kind: str) -> bool:
    return isinstance(entry, dict) and _is_named(entry, kind) and _is_shape(entry.get("shape"))


def _is_named(entry: Mapping[str, Any], kind: str) -> bool:
    name = entry.get("name")
    return isinstance(name, str) and bool(_NAMES[kind].fullmatch(name)) and isinstance(entry.get("hash"), str)


def _is_shape(shape: Any) -> bool:
    return _SHAPE.fullmatch(str(shape)) is not None
