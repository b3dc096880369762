"""A loop of a clip dreams as many frames as its dream rate says, and has the pictures of the clip."""

from pathlib import Path

import numpy as np
import pytest

import dreamvid
from dreamvid.arrays import Image, Size
from dreamvid.events import Caller
from dreamvid.films.film import Material, StoredFilm
from dreamvid.films.making import Invocation, open_material
from dreamvid.films.plan import plan_film
from dreamvid.films.ranges import dream_all
from dreamvid.settings import DreamSettings, LoopSettings
from tests.benchmarks.known_motion import Move, photograph, under_camera
from tests.media import write_film

FRAMES, RATE = 17, 12  # of 25 frames a second every second one is dreamed


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = under_camera(photograph("coffee"), Size(64, 48), FRAMES, Move(pan=(0.6, 0.2))).frames
    return write_film(tmp_path_factory.mktemp("clip") / "in.mkv", frames)


def material_of(clip: Path) -> Material:
    settings = LoopSettings(dream_rate=RATE, quality="draft", dream=DreamSettings(octaves=1)).for_input(clip=True)
    plan = plan_film("loop", settings, {"clip": clip}, "film.mkv", Caller())
    return open_material(plan, Invocation(paths={"clip": clip}, output="film.mkv"), Caller())


def loop_of(material: Material) -> StoredFilm:
    film = material.plan.kind.film(material)
    assert isinstance(film, StoredFilm)
    return film


def test_its_pictures_are_those_of_the_clip_wherever_it_is_taken_up(clip: Path) -> None:
    material = material_of(clip)
    seam, film = material.prepared.seam, loop_of(material)
    assert seam is not None
    assert film.dreams < 0.7 * FRAMES
    for stop in (1, 3, None):  # dreamed in three parts
        dream_all(film, material.dreams, stop=stop)
    assert len(material.dreams) == film.dreams
    pictures = list(film.pictures(0))
    assert len(pictures) == seam.frames
    begin = seam.head + seam.length
    same = list(dreamvid.frames(clip, "clip", dream_rate=RATE, quality="draft", octaves=1))[begin:seam.tail]
    assert_same(pictures[:seam.tail - begin], same)
    for first in (1, 4, seam.frames - 1, seam.frames):
        assert_same(list(film.pictures(first)), pictures[first:])


def assert_same(ones: list[Image], others: list[Image]) -> None:
    assert len(ones) == len(others)
    for one, other in zip(ones, others, strict=True):
        np.testing.assert_array_equal(one, other)
