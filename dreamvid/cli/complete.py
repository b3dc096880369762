"""Shell completion of option values."""

from collections.abc import Callable, Iterable

from dreamvid.settings import Spec

Complete = Callable[[str], list[str]]
"""Incomplete text → possible completions."""


def completion_of(name: str, spec: Spec) -> Complete | None:
    """The completion function for a setting's values; None if any value is possible."""
    if spec.choices:
        return lambda incomplete: _beginning(spec.choices, incomplete)
    return _OF_NAMES.get(name)


def _networks(incomplete: str) -> list[str]:
    from dreamvid.dream.networks import CATALOGUE

    return _beginning(CATALOGUE, incomplete)


def _layers(incomplete: str) -> list[str]:
    """Layers of the embedded network, as a comma-separated list."""
    from dreamvid.dream.networks import EMBEDDED, layers_of

    return _last(layers_of(EMBEDDED), incomplete)


def _classes(incomplete: str) -> list[str]:
    """Everyday words, and the first name of each ImageNet class."""
    from dreamvid.dream.networks.class_groups import GROUPS
    from dreamvid.dream.networks.classes import class_names, classes_with

    names = [class_names(index).partition(",")[0] for index in classes_with("")]
    return _last(dict.fromkeys([*GROUPS, *names]), incomplete)


_OF_NAMES: dict[str, Complete] = {"network": _networks, "layers": _layers, "layer": _layers, "class_name": _classes}


def _last(known: Iterable[str], incomplete: str) -> list[str]:
    """Completes the last name of a comma-separated list."""
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in _beginning(known, last)]


def _beginning(known: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in known if name.startswith(incomplete)]
