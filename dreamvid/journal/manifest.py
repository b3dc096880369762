"""What a render is: all that its frames depend on, written once when it begins."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dreamvid.errors import ResumeError

MOST_BYTES = 1 << 20
_MOST_NAMED = 4


@dataclass(frozen=True)
class Manifest:
    """What a render is.

    Attributes:
        decides: what its frames depend on, as a tree of JSON: settings, hashes of what is read, versions, devices,
            threads, the encoder's arguments. Only with all of it equal is a render continued.
        place: what is needed to call it again and does not matter for the frames: the command, where its files are.
    """

    decides: Mapping[str, Any]
    place: Mapping[str, Any]

    def to_json(self) -> bytes:
        """The manifest as it is written."""
        return json.dumps({"decides": self.decides, "place": self.place}, indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> "Manifest":
        """The manifest that was written.

        Raises:
            ResumeError: it is none.
        """
        try:
            read = json.loads(content)
            return cls(dict(read["decides"]), dict(read["place"]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ResumeError("the manifest is damaged") from error

    def differences(self, begun: "Manifest") -> str:
        """What decides and differs from a render that was begun, in words; nothing if all is equal.

        What follows from something else, as the branch `film` does, is only told if that does not differ.
        """
        now, then = _leaves(json.loads(self.to_json())["decides"]), _leaves(begun.decides)
        unlike = [name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]
        unlike = [name for name in unlike if not name.startswith("film.")] or unlike
        words = [f"{name.rpartition('.')[2]} was {_short(then.get(name))} and is {_short(now.get(name))}"
                 for name in unlike]
        more = f", and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
        return ", ".join(words[:_MOST_NAMED]) + more


def _leaves(tree: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(tree, dict):
        return {name: tree}
    return {key: value for word, branch in tree.items()
            for key, value in _leaves(branch, f"{name}.{word}" if name else word).items()}


def _short(value: Any) -> str:
    text = "not set" if value is None else str(value)
    return text if len(text) <= 40 else text[:16] + "…"
