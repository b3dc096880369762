"""What a shell completes after an option: the values that it may have."""

from collections.abc import Callable, Iterable

from dreamvid.settings import Spec

Complete = Callable[[str], list[str]]
"""What was incomplete → what it may become."""


def completion_of(name: str, spec: Spec) -> Complete | None:
    """The completion of a setting's values; None if there is nothing to choose from."""
    if spec.choices:
        return lambda incomplete: _beginning(spec.choices, incomplete)
    return _OF_NAMES.get(name)


def _networks(incomplete: str) -> list[str]:
    from dreamvid.dream.networks import CATALOGUE

    return _beginning(CATALOGUE, incomplete)


def _layers(incomplete: str) -> list[str]:
    """The layers of the network that comes with dreamvid; after a comma, another one."""
    from dreamvid.dream.networks import EMBEDDED, layers_of

    return _last(layers_of(EMBEDDED), incomplete)


def _classes(incomplete: str) -> list[str]:
    """Everyday words, and the first names of ImageNet's classes."""
    from dreamvid.dream.networks.class_groups import GROUPS
    from dreamvid.dream.networks.classes import class_names, classes_with

    names = [class_names(index).partition(",")[0] for index in classes_with("")]
    return _last(dict.fromkeys([*GROUPS, *names]), incomplete)


_OF_NAMES: dict[str, Complete] = {"network": _networks, "layers": _layers, "layer": _layers, "class_name": _classes}


def _last(known: Iterable[str], incomplete: str) -> list[str]:
    """Completions of the last of several names, which commas part."""
    before, comma, last = incomplete.rpartition(",")
    return [before + comma + name for name in _beginning(known, last)]


def _beginning(known: Iterable[str], incomplete: str) -> list[str]:
    return [name for name in known if name.startswith(incomplete)]
