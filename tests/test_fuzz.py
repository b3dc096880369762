"""Damaged files of every kind: an answer or one sentence, never a traceback, a hang, or a file where none belongs.

`pytest tests/test_fuzz.py --fuzz 50000` tries so many instead of 2000.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.fuzz import cases
from tests.fuzz.corpus import CORPUS, clips, pictures
from tests.fuzz.mutations import mutant

WORKERS = 2
CLIP_EVERY = 4
"""One in so many is read as a clip, by ffmpeg, which takes a hundred times as long as a picture."""


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> tuple[CORPUS, CORPUS]:
    return pictures(), clips(tmp_path_factory.mktemp("corpus"))


def test_the_corpus_itself_is_read(corpora: tuple[CORPUS, CORPUS], tmp_path: Path) -> None:
    for kind, corpus in zip(("picture", "clip"), corpora, strict=True):
        for name, data in corpus:
            (tmp_path / name).write_bytes(data)
            cases.READERS[kind](tmp_path / name)


def test_the_same_number_makes_the_same_damage(corpora: tuple[CORPUS, CORPUS]) -> None:
    corpus = corpora[0]
    assert [mutant(n, corpus) for n in range(50)] == [mutant(n, corpus) for n in range(50)]
    whole = {data for _, data in corpus}
    assert sum(mutant(n, corpus)[1] not in whole for n in range(200)) > 190


@pytest.mark.slow
def test_damaged_files(corpora: tuple[CORPUS, CORPUS], request: pytest.FixtureRequest) -> None:
    count = request.config.getoption("--fuzz")
    kinds = ["clip" if number % CLIP_EVERY == 0 else "picture" for number in range(count)]
    with ProcessPoolExecutor(WORKERS, get_context("spawn"), initializer=cases.start, initargs=corpora) as pool:
        said = list(pool.map(cases.run, kinds, range(count), chunksize=8))
    wrong = [text for text in said if text]
    assert not wrong, f"{len(wrong)} of {count}:\n" + "\n".join(wrong[:50])
