"""Storage of dreams by number: in a film's store or in memory."""

from collections.abc import Callable

from dreamvid.arrays import Image
from dreamvid.output.store import Store


class StoredDreams:
    """Dreams in a film's store, which are made in order.

    Args:
        store: the film's store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Returns stored dream n, or stores and returns what `make` returns."""
        name = f"dream-{n:08d}"
        if self._store.get(name) is None:
            made = make()
            self._store.put(name, {"files": [self._store.put_array(name, made)]})
            return made
        return self[n]

    def __getitem__(self, n: int) -> Image:
        """Dream n, which must be stored."""
        found = self._store.get(f"dream-{n:08d}")
        assert found is not None, f"dream {n} is not kept"
        return self._store.array(found["files"][0])

    def __len__(self) -> int:
        """The number of stored dreams without a gap, from the first."""
        names = self._store.names("dream-")
        return next((n for n, name in enumerate(names) if name != f"dream-{n:08d}"), len(names))


class HeldDreams(dict[int, Image]):
    """Dreams in memory."""

    def keep(self, n: int, make: Callable[[], Image]) -> Image:
        """Returns stored dream n, or stores and returns what `make` returns."""
        if n not in self:
            self[n] = make()
        return self[n]


class OneDream:
    """Stores only the last dream and returns it for every number; enough for time estimates."""

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
