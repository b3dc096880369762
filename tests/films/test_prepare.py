"""What is found out once before a film is dreamed: the scene of each frame, and how frames follow each other."""

from dreamvid.films.prepare import Prepared
from dreamvid.motion.scenes import Link, Scene
from dreamvid.settings import FrameValues
from dreamvid.timeline.table import Table

STILL = FrameValues(steps=1, step_size=0.01)
FILM = Prepared(values=Table(STILL, {}), scenes=(Scene(0, 4), Scene(4, 9, held=(6, 7)), Scene(9, 10)))


def test_every_frame_is_in_its_scene() -> None:
    for n in range(10):
        assert FILM.scene(n).first <= n < FILM.scene(n).stop


def test_frames_are_linked_within_their_scene_and_held_at_a_flash() -> None:
    links = [FILM.link(n, n - 1) for n in range(1, 10)]
    assert [n for n, link in enumerate(links, 1) if link == Link.CUT] == [4, 9]
    assert [n for n, link in enumerate(links, 1) if link == Link.HOLD] == [6, 7]
    assert all(FILM.link(n, other) == FILM.link(other, n) for n in range(10) for other in range(10))
