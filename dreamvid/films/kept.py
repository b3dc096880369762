"""Dreams that are kept in a film's store, by their number."""

from collections.abc import Callable

from dreamvid.arrays import Image
from dreamvid.output.store import Store


class StoredDreams:
    """Dreams of a film by their number; they are made in order.

    Args:
        store: where they are kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Dream n: what `make` returns, or what was kept before."""
        name = f"dream-{n:08d}"
        if self._store.get(name) is None:
            made = make()
            self._store.put(name, {"files": [self._store.put_array(name, made)]})
            return made
        return self[n]

    def __getitem__(self, n: int) -> Image:
        """Dream n, which is kept."""
        found = self._store.get(f"dream-{n:08d}")
        assert found is not None, f"dream {n} is not kept"
        return self._store.array(found["files"][0])

    def __len__(self) -> int:
        """How many of the first are kept."""
        names = self._store.names("dream-")
        return next((n for n, name in enumerate(names) if name != f"dream-{n:08d}"), len(names))


class HeldDreams(dict[int, Image]):
    """Dreams that are held in memory, by their number."""

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Dream n: what `make` returns, or what was kept before."""
        if n not in self:
            self[n] = make()
        return self[n]


class OneDream:
    """Dreams that are all the last one that was made: enough to try a film."""

    def __init__(self) -> None:
        self._dream: Image | None = None

    def keep(self, n: int, make: Callable[[], Image]) -> Image:  # noqa: ARG002
        self._dream = make()
        return self._dream

    def __getitem__(self, n: int) -> Image:
        assert self._dream is not None  # one is made first
        return self._dream

    def __len__(self) -> int:
        return 0
