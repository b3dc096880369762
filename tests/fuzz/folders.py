"""Work folders of renders that were stopped, and damage to them."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np

from dreamvid.arrays import Size
from dreamvid.films.making import Invocation
from dreamvid.films.plan import Plan
from dreamvid.output.film import FilmWriter
from dreamvid.output.segments import Destination
from dreamvid.output.work_folder import Job, open_work
from dreamvid.recipe import Input
from dreamvid.settings import ZoomSettings
from tests.fuzz.corpus import CORPUS, GOOD_PICTURE
from tests.fuzz.mutations import mutant

NAME = "film.mp4.dreamvid"


def work_folder(folder: Path) -> CORPUS:
    """The files of a zoom that has five frames, of which three are a finished range, and a dream that it keeps."""
    picture = Path(GOOD_PICTURE)
    plan = Plan(command="zoom", settings=ZoomSettings(frames=9), inputs={"picture": Input(picture.name, "0" * 64, 1)},
                size=Size(32, 24), fps=Fraction(30), frames=9, container=".mp4", threads=1, engine="tensorflow",
                weights="0" * 64)
    known = json.loads(plan.to_json())
    call = Invocation(paths={"picture": picture}, output=str(folder / "film.mp4"))
    decides = {**known, "machine": {"dreamvid": "0.2.0"}, "film": {"frames": 9, "size": "32x24"}}
    film = Destination(output=call.output, size=plan.size, fps=plan.fps, frames=9, encoder=plan.settings.film)
    image = np.zeros((24, 32, 3), np.float32)
    with open_work(folder / NAME, Job(decides, {"plan": known, "invocation": call.to_dict(), "peak": 99})) as store:
        writer = FilmWriter(film, store)
        writer.begin(0, 3)
        for n in range(5):
            writer.write(image + np.float32(n / 5), image)
            if n == 2:
                writer.commit()
                writer.begin(3, 9)
        store.put("dream-00000000", {"files": [store.put_array(image)]})
        writer.wait()
        writer.close()
    root = folder / NAME
    return tuple((path.relative_to(root).as_posix(), path.read_bytes())
                 for path in sorted(root.rglob("*")) if path.is_file() and path.stat().st_size)


def write_damaged(number: int, files: CORPUS, root: Path) -> None:
    """Writes a work folder with one damaged file."""
    for name, data in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    rng = np.random.default_rng([7, number])
    name, data = mutant(number, [file for file in files if rng.random() < 0.3] or files)
    (root / name).write_bytes(data)
