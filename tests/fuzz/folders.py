"""Work folders of renders that were stopped, and damage to them, by accident or on purpose."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from dreamvid.journal import Manifest, open_work
from dreamvid.journal.files import digest
from dreamvid.journal.log import Log, read_log
from dreamvid.settings import ZoomSettings, to_table
from tests.fuzz.corpus import CORPUS, GOOD_PICTURE
from tests.fuzz.mutations import Random, mutant

NAME = "film.mp4.dreamvid"
_VALUES = (None, True, -1, 0, 10**18, 10**400, 1e308, float("nan"), "", "x", "../../x", "/dev/zero", "a\nb", "\0",
           "a" * 5000, [], [1], [10**9, 10**9, 3], {}, {"what": "frame"}, [[[[[]]]]])


def work_folder(folder: Path) -> CORPUS:
    """The files of a zoom that has five frames, of which three are encoded, and a dream that it keeps."""
    place = {"source": GOOD_PICTURE, "settings": to_table(ZoomSettings(frames=9)), "overwrite": False,
             "peak": 99}
    film = {"frames": 9, "size": "32x24"}
    image = np.zeros((24, 32, 3), np.float32)
    with open_work(folder / NAME, Manifest({"command": "zoom", "film": film}, place)) as work:
        for n in range(5):
            work.commit_frame(np.full((24, 32, 3), n, np.uint8), image)
        (folder / NAME / "segments" / "00000000.mp4").write_bytes(b"no film")
        work.commit_segment(3, "00000000.mp4", keep=lambda n: n == 1)
        work.recall("dream-0001", lambda: image)
        work.commit_result(folder / NAME / "segments" / "00000000.mp4", 3)
    root = folder / NAME
    return tuple((path.relative_to(root).as_posix(), path.read_bytes())
                 for path in sorted(root.rglob("*")) if path.stat().st_size and path.is_file())


def write_damaged(number: int, files: CORPUS, root: Path) -> None:
    """Writes a work folder with something wrong in it: in one file, or in what its journal says and vouches for."""
    for name, data in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    rng = np.random.default_rng([7, number])
    way = rng.integers(0, 4)
    if way == 0:
        name, data = mutant(number, [file for file in files if rng.random() < 0.3] or files)
        (root / name).write_bytes(data)
    elif way == 1:
        manifest = json.loads((root / "manifest.json").read_bytes())
        vouch(root, _spoiled(rng, manifest), read_log(root / "journal")[1:])
    else:
        entries = read_log(root / "journal")[1:]
        vouch(root, json.loads((root / "manifest.json").read_bytes()), _spoiled(rng, entries))


def vouch(root: Path, manifest: Any, entries: Any) -> None:
    """Writes a manifest and a journal with all hashes right, as anybody could."""
    content = json.dumps(manifest).encode()
    (root / "manifest.json").write_bytes(content)
    (root / "journal").unlink()
    log = Log(root / "journal")
    for entry in [{"what": "manifest", "hash": digest(content)}, *(entries if isinstance(entries, list) else [])]:
        log.add(entry)
    log.close()


def _spoiled(rng: Random, tree: Any) -> Any:
    """A tree of JSON in which one branch or leaf is another, or missing."""
    if not isinstance(tree, dict | list) or not tree or rng.random() < 0.1:
        return _VALUES[rng.integers(0, len(_VALUES))]
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    key = keys[rng.integers(0, len(keys))]
    if rng.random() < 0.2:
        del tree[key]
    else:
        tree[key] = _spoiled(rng, tree[key])
    return tree
