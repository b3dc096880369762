"""What a setting is: declared once, with its default, range, unit and meaning; checked when it is set."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from math import isfinite
from typing import Any, ClassVar, Self, TypeVar

from dreamvid.errors import SettingError

T = TypeVar("T", bound="Settings")

LARGEST_INTEGER = 2**63 - 1
"""The largest whole number that TOML holds for certain."""


@dataclass(frozen=True, kw_only=True)
class Spec:
    """What is known of a setting beside its type and default."""

    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()
    option: str = ""
    """The option's name, where the field's cannot be it."""
    unset: str = ""
    """What holds where the default is `None` and no quality table names a value, in words."""
    file: str = ""
    """For the name of a file: "input" if it is read, "output" if it is written."""
    discards: bool = False
    """Whether it throws something away, so that no preset and no recipe, which may be a stranger's, may say it."""
    replaces: tuple[str, ...] = ()
    """Fields whose values from a lower rank, such as a preset, are put aside where this one is chosen: they cannot
    stand beside it, or belong to what it replaces."""

    @property
    def allowed(self) -> str:
        """The values that are allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.high is None:
            return f"{self.low} or more"
        return f"{self.low} to {self.high}"


def setting(default: Any, help: str, **spec: Any) -> Any:
    """Declares a field of a settings class."""
    return field(default=default, metadata={"spec": Spec(help=help, **spec)})


def spec_of(item: Any) -> Spec:
    """The `Spec` of a dataclass field."""
    return item.metadata["spec"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of the settings classes: frozen, and checked when made.

    Raises:
        SettingError: a value is outside its range or not among its choices.
    """

    panel: ClassVar[str] = "Options"
    """The heading of these settings in `--help`."""
    qualities: ClassVar[dict[str, dict[str, Any]]] = {}
    """Name of a quality → the values that it gives to the settings whose default is `None`."""

    def __post_init__(self) -> None:
        for item in fields(self):
            if "spec" in item.metadata:
                check(option_of(item), getattr(self, item.name), spec_of(item), may_be_open=item.default is None)

    def but(self, **changes: Any) -> Self:
        """The same settings with some values changed, and checked."""
        return replace(self, **changes)


def option_of(item: Any) -> str:
    """The command-line option of a dataclass field: '--step-size'."""
    return "--" + (spec_of(item).option or item.name.replace("_", "-"))


def check(option: str, value: Any, spec: Spec, *, may_be_open: bool = True) -> None:
    """Refuses a value that is outside its range or not among its choices; and None, unless it may be open.

    Raises:
        SettingError: it is; the message begins with `option`.
    """
    if value is None:
        if not may_be_open:
            raise SettingError(f"{option} must have a value")
        return
    if _holds_null(value):
        raise SettingError(f"{option} is {value!r}; it must be text without null characters")
    if spec.choices and value not in spec.choices:
        raise SettingError(f"{option} is {value!r}; it must be {spec.allowed}")
    if spec.low is None:
        return
    number = isinstance(value, int | float | Fraction) and (not isinstance(value, float) or isfinite(value))
    if not number or value < spec.low or (spec.high is not None and value > spec.high):
        raise SettingError(f"{option} is {value}; it must be {spec.allowed}{spec.unit and ' ' + spec.unit}")


def _holds_null(value: Any) -> bool:
    return isinstance(value, str) and "\0" in value


def filled(settings: T, quality: dict[str, Any]) -> T:
    """The settings with every value that was left open taken from the quality table."""
    open_fields = {item.name for item in fields(settings) if getattr(settings, item.name) is None}
    return settings.but(**{name: quality[name] for name in open_fields & quality.keys()})


def build(kind: type[T], values: dict[str, Any]) -> T:
    """A settings object, its parts included, from values by field name; names that are missing keep their defaults."""
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
