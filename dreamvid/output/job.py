"""The description of a render: everything its pictures depend on, stored when it begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from json import dumps, loads
from typing import Any

_MOST_NAMED = 4


@dataclass(frozen=True)
class Job:
    """The description of a render.

    Attributes:
        decides: everything the pictures depend on, as JSON data: settings, hashes of inputs, versions, devices,
            threads, the encoder's arguments. A render is resumed only if all of it is equal.
        place: what is needed to resume but does not affect the pictures: the plan, and where files are.
    """

    decides: Mapping[str, Any]
    place: Mapping[str, Any]

    @property
    def edition(self) -> object:
        """The edition of the store; 1 where none is named."""
        return self.decides.get("edition", 1)

    @property
    def version(self) -> str:
        """The version of dreamvid that began the render, if known."""
        machine = self.decides.get("machine")
        return _short(machine.get("dreamvid")) if isinstance(machine, dict) else "of another version"

    def differences(self, begun: "Job") -> str:
        """Describes how `decides` differs from that of a render that was begun; '' if all is equal.

        Values under `film` are derived from others, so they are named only if nothing else differs.
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
