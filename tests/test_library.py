"""dreamvid from Python: what a program types, gets and is told."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import psutil
import pytest

import dreamvid
from dreamvid import events
from dreamvid.errors import InputError, OutputError, SettingError
from tests import write_options
from tests.conftest import SEED

PICTURE = np.asarray(PIL.Image.open(SEED).convert("RGB").resize((96, 64)))
QUICK: dict[str, Any] = {"quality": "draft", "octaves": 1, "steps": 1}
FILM: dict[str, Any] = {"frames": 3, "size": 64, "quality": "draft", "octaves": 1, "steps": 1}


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_the_types_of_keywords_are_those_of_the_declarations() -> None:
    assert write_options.FILE.read_text() == write_options.text(), "run python -m tests.write_options"


def test_its_names_are_those_of_its_stub_and_no_others() -> None:
    assert {"zoom", "frames", "presets", "show", "status", "measure_loop", "ZoomSettings"} <= set(dreamvid.__all__)
    for name in dreamvid.__all__:
        assert getattr(dreamvid, name).__doc__, name
    space: dict[str, Any] = {}
    exec("from dreamvid import *", space)
    assert set(space) - {"__builtins__"} == set(dreamvid.__all__) == set(dir(dreamvid))


@pytest.mark.slow
def test_its_types_are_complete() -> None:
    said = subprocess.run([sys.executable, "-m", "pyright", "--verifytypes", "dreamvid", "--ignoreexternal"],
                          capture_output=True, text=True, check=False, cwd=write_options.FILE.parents[2]).stdout
    score = said.partition("completeness score: ")[2].partition("%")[0]
    assert float(score) >= 98


def test_a_batch_says_how_many_could_not_be_read_and_how_many_not_written(tmp_path: Path) -> None:
    (tmp_path / "bad.png").write_bytes(b"no picture")
    late, warnings = tmp_path / "made" / "picture-4-dream.png", list[str]()

    def observe(event: events.Event) -> None:
        if isinstance(event, events.Frame):
            late.touch()  # another program writes it meanwhile

    made = dreamvid.image(["bad.png", SEED, "none.png", PICTURE], "made/", size=48, observe=observe,
                          warn=warnings.append, **QUICK)
    assert Path(next(made).output).name == "seed-dream.png"
    with pytest.raises(InputError, match="2 of 4 pictures could not be read, 1 of 4 pictures could not be written; "):
        next(made)
    assert len(warnings) == 3
    late.unlink()
    with pytest.raises(OutputError, match="1 of 2 pictures could not be written; the others are done"):
        list(dreamvid.image([SEED, PICTURE], "more/", size=48, **QUICK, observe=lambda event: (
            tmp_path / "more" / "picture-2-dream.png").touch() if isinstance(event, events.Frame) else None))


def test_one_picture_gives_one_result_and_several_are_iterated() -> None:
    made = dreamvid.image(str(SEED), size=48, **QUICK)
    assert (made.output, made.image.shape) == ("seed-dream.png", (36, 48, 3))
    assert PIL.Image.open(io.BytesIO(made._repr_png_())).size == made.to_pillow().size == (48, 36)
    several = dreamvid.image([SEED, PICTURE], "made/", size=48, **QUICK)
    assert [Path(one.output).name for one in several] == ["seed-dream.png", "picture-2-dream.png"]


def test_arrays_and_pillows_images_are_the_same_and_nothing_is_written() -> None:
    given = [PICTURE, PIL.Image.fromarray(PICTURE), PICTURE / np.float64(255)]
    images = [dreamvid.image(one, layers="block4", **QUICK).image for one in given]
    np.testing.assert_array_equal(images[0], images[1])
    np.testing.assert_allclose(images[0], images[2], atol=1e-3)
    assert list(Path().iterdir()) == []
    assert dreamvid.image(PICTURE[..., 0], **QUICK).image.shape == (64, 96, 3)


@pytest.mark.parametrize(("given", "says"), [
    (3, "this is int"), (np.zeros((4, 4, 5)), "is not a picture"), (np.full((32, 32, 3), 2.0), "from 0 to 1"),
    (np.zeros((32, 32, 3), int), "uint8"),
])
def test_what_is_no_picture_is_refused(given: Any, says: str) -> None:
    with pytest.raises(SettingError, match=says):
        dreamvid.image(given)


def test_settings_are_keywords_an_object_and_a_preset_in_this_order() -> None:
    asked = dreamvid.ZoomSettings(size=320, steps=3)
    assert (asked.film.size, asked.dream.steps) == (320, 3)
    from dreamvid.settings import requested
    found = requested(dreamvid.ZoomSettings, asked, {"size": 64, "class_name": "tiger"}, preset="petals")
    assert (found.film.size, found.dream.steps, found.dream.class_name) == (64, 3, "tiger")
    assert found.dream.layers == ""  # the class puts the preset's aside
    faster = requested(dreamvid.ZoomSettings, dreamvid.ZoomSettings(), {"quality": "draft"})
    assert faster == dreamvid.ZoomSettings(quality="draft")


@pytest.mark.parametrize(("call", "kind", "says"), [
    (lambda: dreamvid.zoom(SEED, frame=3), SettingError, "no setting 'frame'; did you mean frames"),  # type: ignore
    (lambda: dreamvid.zoom(SEED, frames=0), SettingError, "^frames is 0; it must be 1 to"),
    (lambda: dreamvid.zoom(SEED, preset="petalz"), SettingError, "did you mean petals"),
    (lambda: dreamvid.ZoomSettings(sise=3), SettingError, "no setting 'sise'; did you mean size"),
    (lambda: dreamvid.image(SEED, "there.png"), OutputError, "^there.png exists; give overwrite=True to overwrite it"),
    (lambda: dreamvid.image("."), SettingError, "holds 2 pictures; give it in a list"),
    (lambda: dreamvid.zoom("none.jpg"), InputError, "none.jpg does not exist"),
    (lambda: dreamvid.image(SEED, max_pixels=256), InputError, "; max_pixels allows more"),
])
def test_errors_are_in_the_words_of_a_program(call: Callable[[], object], kind: type[Exception], says: str) -> None:
    for name in ("there.png", "more.png"):
        Path(name).write_bytes(b"")
    with pytest.raises(kind, match=says) as caught:
        call()
    assert "--" not in str(caught.value)


def test_a_film_is_made_of_an_array_and_shows_itself() -> None:
    frames: list[events.Frame] = []
    made = dreamvid.zoom(PICTURE, "a.mp4", **FILM,
                         observe=lambda event: frames.append(event) if isinstance(event, events.Frame) else None)
    assert [(frame.done, frame.total) for frame in frames] == [(1, 3), (2, 3), (3, 3)]
    assert all(frame.image is not None and frame.image.shape == (43, 64, 3) for frame in frames)
    assert "<video" in made._repr_html_()
    assert "<video" not in dreamvid.zoom(PICTURE, "a/", **FILM)._repr_html_()


class MyError(Exception):
    """A person's own error."""


def test_an_error_of_the_callers_own_ends_the_work_as_cancelled_does() -> None:
    def observe(event: events.Event) -> None:
        if isinstance(event, events.Frame) and event.done == 2:
            raise MyError

    with pytest.raises(MyError):
        dreamvid.zoom(SEED, "a.mkv", **FILM, observe=observe)
    assert Path("a.mkv").exists()
    assert dreamvid.status("a.mkv").frames == 2
    assert dreamvid.resume("a.mkv").frames == 3


def test_two_films_at_once_are_those_of_one_after_the_other() -> None:
    def film(name: str) -> bytes:
        dreamvid.zoom(SEED, name, **FILM, recipe=False)
        return Path(name).read_bytes()

    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(film, ["a.mkv", "b.mkv"]))
    assert both == [film("c.mkv")] * 2


@pytest.mark.slow
def test_ten_films_one_after_another_take_no_more_memory() -> None:
    def film(n: int) -> int:
        dreamvid.zoom(SEED, f"{n}.mp4", **FILM)
        return psutil.Process().memory_info().rss

    used = [film(n) for n in range(12)]
    assert used[-1] - used[2] < 30_000_000
    assert len(psutil.Process().open_files()) < 20


@pytest.mark.slow
def test_no_log_line_of_tensorflow_reaches_the_person() -> None:
    program = f"import dreamvid; dreamvid.image({str(SEED)!r}, size=48, steps=1, octaves=1, engine='tensorflow')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONPATH": str(write_options.FILE.parents[2])})
    assert (done.stdout, done.stderr) == ("", "")


def test_what_is_known_is_there_too() -> None:
    assert "petals" in dreamvid.presets()
    assert dreamvid.classes("tiger")[292].startswith("tiger")
    assert "efficientnet_lite0" in [network.name for network in dreamvid.networks()]
    dreamvid.image(SEED, "a.png", size=48, **QUICK)
    assert dreamvid.show("a.png").settings["size"] == 48
