"""What a render is: all that its pictures depend on, written once when it begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps, loads
from typing import Any

_MOST_NAMED = 4


@dataclass(frozen=True)
class Job:
    """What a render is.

    Attributes:
        decides: what its pictures depend on, as a tree of JSON: settings, hashes of inputs, versions, devices, threads,
            the encoder's arguments. A render is continued only if all of it is equal.
        place: what is needed to call it again and does not matter for the pictures: the command, where its files are.
    """

    decides: Mapping[str, Any]
    place: Mapping[str, Any]

    @property
    def edition(self) -> object:
        """The edition of the store; 1 where none is named."""
        return self.decides.get("edition", 1)

    @property
    def version(self) -> str:
        """The version of dreamvid that began the render, as far as it is known."""
        machine = self.decides.get("machine")
        return _short(machine.get("dreamvid")) if isinstance(machine, dict) else "of another version"

    def differences(self, begun: "Job") -> str:
        """What decides and differs from a render that was begun, in words; nothing if all is equal.

        What follows from something else, as the branch `film` does, is only named if that does not differ.
        """
        now, then = _leaves(loads(dumps(self.decides))), _leaves(begun.decides)
        unlike = [name for name in sorted(now.keys() | then.keys()) if now.get(name) != then.get(name)]
        unlike = [name for name in unlike if not name.startswith("film.")] or unlike
        words = list(dict.fromkeys(f"{name.rpartition('.')[2]} was {_short(then.get(name))} and is "
                                   f"{_short(now.get(name))}" for name in unlike))
        more = f", and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
        return ", ".join(words[:_MOST_NAMED]) + more


def _leaves(tree: Any, name: str = "") -> dict[str, Any]:
    if not isinstance(tree, Mapping):
        return {name: tree}
    return {key: value for word, branch in tree.items()
            for key, value in _leaves(branch, f"{name}.{word}" if name else word).items()}


def _short(value: Any) -> str:
    text = "not set" if value is None else str(value)
    return text if len(text) <= 40 else text[:16] + "…"
