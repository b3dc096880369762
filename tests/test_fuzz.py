"""Damaged files of every kind: an answer or one sentence, never a traceback, a hang, or a file where none belongs.

`pytest tests/test_fuzz.py --fuzz 50000` tries so many instead of 2000. `--first` begins elsewhere: with `--fuzz 1` it
is one case, by its number.
"""

import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.fuzz import cases, commands, corpus, folders
from tests.fuzz.corpus import CORPUS
from tests.fuzz.mutations import mutant
from tests.fuzz.readers import READERS

WORKERS = 2
Corpora = dict[str, CORPUS]


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Corpora:
    folder = tmp_path_factory.mktemp("corpus")
    clips = corpus.clips(folder)
    sound = corpus.sound(folder, dict(clips)["mpeg4.avi"])
    recipes, looks = corpus.recipes(folder), corpus.looks()
    return {"pictures": corpus.pictures(), "clips": clips, "sound": sound, "recipes": recipes,
            "presets": looks + recipes, "configs": corpus.configs(),
            "results": corpus.results(tmp_path_factory.mktemp("results"), dict(recipes)["zoom.toml"].decode()),
            "folders": folders.work_folder(tmp_path_factory.mktemp("work"))}


@pytest.mark.parametrize("kind", READERS)
def test_the_corpus_itself_is_read(corpora: Corpora, kind: str, tmp_path: Path) -> None:
    damaged, reader = READERS[kind]
    for name, data in corpora[damaged]:
        (tmp_path / name).write_bytes(data)
        reader(tmp_path / name)


def test_the_same_number_makes_the_same_damage(corpora: Corpora) -> None:
    for files in corpora.values():
        assert [mutant(n, files) for n in range(50)] == [mutant(n, files) for n in range(50)]
        whole = {data for _, data in files}
        assert sum(mutant(n, files)[1] not in whole for n in range(200)) > 170


@pytest.mark.slow
@pytest.mark.parametrize(("line", "file"), [
    ("show FILE", "strokes.toml"), ("rerun FILE -o out.mp4", "zoom.toml"), ("encode FILE -o out.mkv", "h264.mp4"),
    ("zoom FILE -o out.mp4", "lzw.tif"), ("clip good.avi --mask FILE -o out.mp4", "plain.jpg"),
    ("status FILE", folders.NAME)])
def test_the_program_itself(corpora: Corpora, line: str, file: str, tmp_path: Path) -> None:
    for name, data in corpora["sound"]:
        (tmp_path / name).write_bytes(data)
    for key, inside in (("pictures", ""), ("clips", ""), ("presets", ""), ("folders", folders.NAME)):
        for name, data in corpora[key]:
            (tmp_path / inside / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / inside / name).write_bytes(data[: len(data) // 3])
    program = [sys.executable, "-m", "dreamvid", *line.replace("FILE", file).split()]
    ended = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
                           env=os.environ | {"PYTHONPATH": os.fspath(Path(__file__).parent.parent)})
    assert ended.returncode in commands.CODES - {0}
    commands.check(ended.returncode, ended.stderr, file)
    assert not list(tmp_path.glob("out*"))


@pytest.mark.slow
def test_damaged_files(corpora: Corpora, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    count, first = (request.config.getoption(name) for name in ("--fuzz", "--first"))
    try:
        with ProcessPoolExecutor(WORKERS, get_context("spawn"), initializer=cases.start,
                                 initargs=(corpora, tmp_path)) as pool:
            said = list(pool.map(cases.run, range(first, first + count), chunksize=8))
    except BrokenProcessPool:
        last = ", ".join(sorted(path.read_text() for path in tmp_path.iterdir() if path.is_file()))
        pytest.fail(f"a process died, in one of the cases {last}")
    wrong = [text for text in said if text]
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong[:50])
