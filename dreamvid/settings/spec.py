"""How settings are declared: each once, with default, range, unit and help. Values are checked when they are set."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from fractions import Fraction
from math import isfinite
from re import fullmatch
from typing import Any, ClassVar, Self, TypeVar

from dreamvid.errors import SettingError

T = TypeVar("T", bound="Settings")

LARGEST_INTEGER = 2**63 - 1
"""The largest integer that every TOML parser supports."""

Time = float | str
"""A time: seconds, or text that `time_of` parses."""

Curve = float | str | Callable[[Any], Any]
"""A number that may change in time: a number, a curve as text, or in Python a function.

The text is an expression or keyframes (`dreamvid.timeline`). The function takes an array of times in seconds and
returns an array of values of the same length.
"""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """Describes a setting, except for its type and default."""

    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    key: str = ""
    """Its name in tables, if the field needs another name, such as `class`."""
    also: str = ""
    """A former name, which is still accepted."""
    share: bool = False
    """For a time: whether it may be a share of the clip, such as 40%."""
    unset: str = ""
    """In words, what applies if the setting is not given and no quality table has a value for it."""
    file: str = ""
    """For a path: "input" if the file is read, "output" if it is written."""
    moves: bool = False
    """Whether it may change from frame to frame. `FrameValues` then has a field of this name."""
    fades: bool = False
    """Whether it is a name that can fade into others by keyframes: '0s: block4; 4s: block10'."""
    discards: bool = False
    """Whether it deletes work. Presets and recipes are untrusted and may not contain it."""
    replaces: tuple[str, ...] = ()
    """Fields whose values from lower ranks, such as a preset, are dropped if this one is given: they conflict with it,
    or belong to what it replaces."""

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.low is None:
            return "given"
        limits = f"{plain(self.low)} or more" if self.high in (None, LARGEST_INTEGER) else \
            f"{plain(self.low)} to {plain(self.high)}"
        return f"{limits} {self.unit}".rstrip()

    def allows(self, value: Any) -> bool:
        """Whether a value is among the choices, or within the range."""
        if self.choices:
            return value in self.choices
        if self.low is None or (self.moves and is_curve(value)) or (self.share and is_share(value)):
            return True
        number = isinstance(value, int | float | Fraction) and (not isinstance(value, float) or isfinite(value))
        return number and self.low <= value and (self.high is None or value <= self.high)


def setting(default: Any, help: str, **spec: Any) -> Any:
    """Declares a field of a settings class."""
    return field(default=default, metadata={"spec": Spec(help=help, **spec)})


def plain(value: object) -> str:
    """A value as text; whole floats without a decimal point."""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def time_of(key: str, value: object) -> Time:
    """Parses a time to seconds: 90, '90', '1:30', '0:01.5', '1m20s', '-40ms'. '40%' is returned unchanged.

    Raises:
        SettingError: the text is not a time.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip().lower()
    if is_share(text):
        return text
    sign = -1 if text.startswith("-") else 1
    text = text.removeprefix("-").lstrip()
    clock = fullmatch(r"(?:(\d+):)?(\d+):(\d+(?:\.\d*)?)", text)
    units = fullmatch(r"(?:(\d+)h)? ?(?:(\d+)m(?:in)?)? ?(?:(\d*\.?\d+) ?s?)?", text)
    if fullmatch(r"\d+(\.\d*)? ?ms", text):
        return sign * float(text[:-2]) / 1000
    if not text or not (found := clock or units):
        raise SettingError(key, value, "it must be a time, such as 90, 1:30 or 1m30s")
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return sign * (3600 * hours + 60 * minutes + seconds)


def is_share(value: object) -> bool:
    """Whether a time is a share, such as '40%'."""
    return isinstance(value, str) and fullmatch(r"\d{1,2}(\.\d+)?%|100%", value) is not None


def spec_of(item: Any) -> Spec:
    """The `Spec` of a dataclass field."""
    return item.metadata["spec"]


class _Flat(type):
    """Lets the constructor take the values of nested parts too: `ZoomSettings(size=320)`."""

    def __call__(cls, **values: Any) -> Any:
        own = {item.name: item for item in fields(cls)}  # pyright: ignore[reportArgumentType] - all are dataclasses
        given = {name: value for name, value in values.items() if name in own}
        others = values.keys() - own.keys()
        for name, item in own.items():
            if "spec" not in item.metadata:
                part = given.get(name, item.default)
                inner = {leaf.name for _, leaf in leaves(type(part))}
                if found := {key: values[key] for key in sorted(others & inner)}:
                    given[name] = part.but(**found)
                    others -= inner
        if others:
            known = [leaf.name for _, leaf in leaves(cls)]  # pyright: ignore[reportArgumentType]
            raise SettingError(f"{cls.__name__} has no setting {sorted(others)[0]!r}{near(sorted(others)[0], known)}")
        return super().__call__(**given)


@dataclass(frozen=True, kw_only=True)
class Settings(metaclass=_Flat):
    """Base of the settings classes: frozen, and checked when made.

    Raises:
        SettingError: a value is outside its range or not among its choices.
    """

    panel: ClassVar[str] = "Options"
    """The heading of these settings in `--help`."""
    qualities: ClassVar[dict[str, dict[str, Any]]] = {}
    """Quality → values for open settings."""
    filled_parts: ClassVar[tuple[str, ...]] = ("dream", "film")
    """The parts that the quality fills when the settings are made."""
    configured: ClassVar[frozenset[str]] = frozenset()
    """Keys of values that come from a preset, a variable or a file; see `precedence.marked`."""

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if "spec" in item.metadata:
                if isinstance(value, str) and (spec_of(item).moves or spec_of(item).unit == "seconds"):
                    value = number_or_text(value) if spec_of(item).moves else time_of(key_of(item), value)
                    object.__setattr__(self, item.name, value)
                if value != item.default:
                    check(key_of(item), value, spec_of(item))
            elif self.qualities and item.name in self.filled_parts:
                object.__setattr__(self, item.name, filled(value, self.qualities[vars(self)["quality"]]))

    def unused(self) -> Mapping[str, str]:
        """The settings that are not used in this combination: key → what they are for, in words."""
        return {}

    def but(self, **changes: Any) -> Self:
        """The same settings with some values changed, and checked."""
        return replace(self, **changes)


def is_curve(value: object) -> bool:
    """Whether a value is a curve, as text or as a function, rather than a number."""
    return isinstance(value, str) or callable(value)


def number_or_text(text: float | str) -> float | str:
    """Converts text to a number if possible; other text, which may be a curve, is returned unchanged."""
    try:
        return text if isinstance(text, str) and not text.isascii() else float(text)
    except ValueError:
        return text


def near(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """'; did you mean …?' with the most similar known words; '' if none has a similarity of `cutoff`, from 0 to 1."""
    likely = get_close_matches(word, list(known), n=3, cutoff=cutoff)
    return f"; did you mean {' or '.join(likely)}?" if likely else ""


def key_of(item: Any) -> str:
    """The key of a dataclass field in a table: 'step_size'."""
    return spec_of(item).key or item.name


def is_open(item: Any) -> bool:
    """Whether a field's default means "not given": empty text, or a number outside the range."""
    return item.default == "" or not spec_of(item).allows(item.default)


def is_given(item: Any, value: Any) -> bool:
    """Whether a field has a real value: given, a usable default, or from the quality."""
    return value != item.default or not is_open(item)


def check(key: str, value: Any, spec: Spec) -> None:
    """Refuses a value that is outside its range or not among its choices.

    Raises:
        SettingError: the value is not allowed.
    """
    if isinstance(value, str) and "\0" in value:
        raise SettingError(key, value, "it must be text without null characters")
    if value is None or not spec.allows(value):
        raise SettingError(key, value, f"it must be {spec.allowed}")


def filled(settings: T, quality: dict[str, Any]) -> T:
    """The settings with open values filled in from a quality table."""
    open_fields = {item.name for item in fields(settings) if not is_given(item, getattr(settings, item.name))}
    return settings.but(**{name: quality[name] for name in open_fields & quality.keys()})


def build(kind: type[T], values: dict[str, Any]) -> T:
    """Builds a settings object and its parts from values by field name; missing values keep their defaults."""
    own: dict[str, Any] = {}
    for item in fields(kind):
        if "spec" not in item.metadata:
            own[item.name] = build(_part(item), values)
        elif item.name in values:
            own[item.name] = values[item.name]
    return kind(**own)


def _part(item: Any) -> type[Settings]:
    return type(item.default)


def leaves(kind: type[Settings]) -> Iterator[tuple[type[Settings], Any]]:
    """Every setting of a settings class and of its parts, as (the class that declares it, its field)."""
    for item in fields(kind):
        if "spec" in item.metadata:
            yield kind, item
        else:
            yield from leaves(_part(item))
