"""What a render is called with, and what of it decides on the frames."""

import json
from pathlib import Path

import pytest

from dreamvid.errors import SettingError
from dreamvid.events import Caller
from dreamvid.films.commands import planned
from dreamvid.films.making import Invocation, job_of
from dreamvid.settings import WorkSettings, ZoomSettings

MACHINE = {"processor": "this"}


def test_an_invocation_comes_back_from_plain_data(tmp_path: Path) -> None:
    call = Invocation(paths={"picture": tmp_path / "a.png"}, output="film.mp4", poster=str(tmp_path / "p.png"),
                      overwrite=True, mixed=True, work=WorkSettings(keep_work=True))
    assert Invocation.from_dict(json.loads(json.dumps(call.to_dict())), "film.mp4") == call


@pytest.mark.parametrize("change", [{"paths": {"picture": "a\0b"}}, {"work": {"nonsense": 1}}, {"paths": None}])
def test_what_is_malformed_is_refused(change: dict[str, object], tmp_path: Path) -> None:
    call = Invocation(paths={"picture": tmp_path / "a.png"}, output="film.mp4").to_dict()
    with pytest.raises((LookupError, TypeError, ValueError, AttributeError, SettingError)):
        Invocation.from_dict({**call, **change}, "film.mp4")


def test_paths_do_not_decide_on_frames_and_the_machine_and_settings_do(picture: Path, tmp_path: Path) -> None:
    def job(name: str, made_by: dict[str, str] = MACHINE, **settings: int):
        plan, call = planned("zoom", picture, tmp_path / name, ZoomSettings(**settings), Caller(overwrite=True))
        return job_of(plan, call, plan.frames, made_by)

    assert job("a.mp4").differences(job("b.mp4")) == ""
    assert job("a.mp4", seed=2).differences(job("a.mp4")) == "seed was 0 and is 2"
    assert job("a.mp4", {"processor": "other"}).differences(job("a.mp4")) == "processor was this and is other"
