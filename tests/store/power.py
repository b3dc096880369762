"""What a power cut leaves of a folder: of each file what was synced, of each folder the names that were.

A file's content counts when the file was synced, and a name when its folder was. What was not is lost; or, since a
system may write things before it is asked to, some of it is.
"""

import os
import random
import shutil
import stat
from pathlib import Path

Names = dict[str, tuple[int, bool]]
"""Name → number of the file, and whether it is a folder."""


class Disk:
    """A folder whose syncs are watched. All that it holds in the beginning is on the disk.

    Args:
        root: the folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: dict[int, Names] = {}
        self._contents: dict[int, bytes] = {}
        self._open: list[int] = []
        for folder, _, files in os.walk(root):
            for path in (Path(folder), *(Path(folder, name) for name in files)):
                descriptor = os.open(path, os.O_RDONLY)
                self.synced(descriptor)
                os.close(descriptor)

    def synced(self, descriptor: int) -> None:
        """A file, or a folder, was synced."""
        # Kept open, so that its number is given to no other file.
        self._open.append(os.dup(descriptor))
        facts = os.fstat(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").resolve()
        if stat.S_ISDIR(facts.st_mode):
            self._names[facts.st_ino] = _names(path)
        else:
            self._contents[facts.st_ino] = os.pread(os.open(path, os.O_RDONLY), facts.st_size, 0)

    def cut(self, seed: int) -> None:
        """Leaves what a power cut leaves: with seed 0 nothing that was not synced; else each thing of it, or not."""
        chance = random.Random(seed) if seed else None
        now: dict[int, bytes] = {}
        names: dict[int, Names] = {}
        for folder, _, files in os.walk(self._root):
            names[Path(folder).stat().st_ino] = _names(Path(folder))
            now |= {path.stat().st_ino: path.read_bytes() for path in (Path(folder, name) for name in files)}
        number = self._root.stat().st_ino
        _clear(self._root)
        self._restore(self._root, number, names, now, chance)

    def _restore(self, folder: Path, number: int, names: dict[int, Names], now: dict[int, bytes],
                 chance: random.Random | None) -> None:
        held = self._names.get(number, {})
        if chance:
            newer = names.get(number, {})
            held = {name: (chance.choice((held, newer))).get(name) for name in sorted({*held, *newer})}
        for name, found in held.items():
            if found is None:
                continue
            path = folder / name
            if found[1]:
                path.mkdir()
                self._restore(path, found[0], names, now, chance)
            else:
                kept, latest = self._contents.get(found[0], b""), now.get(found[0], b"")
                path.write_bytes(chance.choice((kept, latest)) if chance and found[0] in now else kept)


def _names(folder: Path) -> Names:
    return {entry.name: (entry.inode(), entry.is_dir(follow_symlinks=False)) for entry in os.scandir(folder)}


def _clear(folder: Path) -> None:
    """Removes all that is in a folder, while an ffmpeg may still write there."""
    while left := list(folder.iterdir()):
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
