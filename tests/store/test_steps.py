"""Outputs of every kind survive what befalls them at steps here and there; `test_kill.py` has a film at all steps."""

from dataclasses import replace
from pathlib import Path

import pytest

from dreamvid.media.ffmpeg import url
from tests.media import run
from tests.store.conftest import Uninterrupted
from tests.store.faults import KINDS
from tests.store.matrix import try_steps
from tests.store.stage import Play

EACH = {"frames/": 47, "film.gif": 83, "film.mkv": 97}
"""Output → of how many steps one is tried."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of ten frames with sound."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    run("-f", "lavfi", "-i", "testsrc2=s=48x32:r=10:d=1", "-f", "lavfi", "-i", "sine=d=1", url(path))
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("output", list(EACH))
def test_other_outputs_survive_steps_here_and_there(play: Play, tmp_path: Path, uninterrupted: Uninterrupted,
                                                    output: str, kind: str) -> None:
    other = replace(play, output=output)
    reference, outcome = uninterrupted.of(other)
    met = try_steps(kind, other, reference, tmp_path, steps=outcome.steps, each=EACH[output])
    print(f"{output}, {kind}: {sum(met.values())} of {outcome.steps} steps")  # noqa: T201
    assert met


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("what", ["clip", "loop"])
def test_a_clip_with_sound_and_a_loop_survive_steps_here_and_there(
    request: pytest.FixtureRequest, tmp_path: Path, uninterrupted: Uninterrupted, kind: str, what: str
) -> None:
    source = request.getfixturevalue("clip" if what == "clip" else "picture")
    play = Play(source=source, loop="" if what == "clip" else "sway")
    reference, outcome = uninterrupted.of(play)
    assert try_steps(kind, play, reference, tmp_path, steps=outcome.steps, each=43)
