"""No setting does nothing: each changes the picture or the film, or is tested in the file that is named here."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

import dreamvid
from dreamvid.arrays import Image, Size, to_uint8
from dreamvid.settings import COMMANDS
from dreamvid.settings.spec import leaves
from tests.benchmarks.known_motion import Move, photograph, under_camera
from tests.media import write_film
from tests.timeline.pieces import clicks, write_sound

Digest = tuple[tuple[int, ...], bytes]
Row = tuple[str, Any, dict[str, Any]]
"""A setting, a value, and other settings that both results have."""

ELSEWHERE = {
    "network": "dream/test_tutorial.py", "weights": "dream/test_tutorial.py", "offline": "cli/test_offline.py",
    "graph_input": "dream/networks/test_frozen_graph.py", "graph_mean": "dream/networks/test_frozen_graph.py",
    "graph_scale": "dream/networks/test_frozen_graph.py", "max_pixels": "media/test_bombs.py",
    "engine": "dream/test_engine_choice.py", "threads": "cli/test_plan_command.py",
    "fast_math": "dream/test_openvino.py", "recipe": "cli/test_rerun.py", "bits": "cli/test_image.py",
    "noise": "cli/test_image.py", "resume": "cli/test_zoom.py", "restart": "cli/test_resume.py",
    "keep_work": "cli/test_resume.py", "extendable": "films/test_extend.py", "deinterlace": "media/test_source.py",
    "strict": "media/test_damaged_clips.py", "sound": "cli/test_clip.py", "clamp": "films/test_moving.py",
    "columns": "cli/test_layers.py", "most": "cli/test_layers.py", "layer": "cli/test_layers.py",
    **dict.fromkeys(("codec", "crf", "pix_fmt", "bitrate", "encoder_preset", "key_every", "repeat", "poster", "sheet"),
                    "cli/test_encode.py"), "max_size": "output/test_gif.py",
}

DREAM: list[Row] = [
    ("layers", "block4", {}), ("channels", "3,7", {}), ("class_name", "tiger", {}), ("guide", "guide.png", {}),
    ("objective", "mean", {}), ("tv", 1.0, {}), ("pyramid", "plain", {}), ("octaves", 1, {}), ("octave_scale", 1.8, {}),
    ("steps", 3, {}), ("coarse_steps", 0.2, {"steps": 4}), ("step_size", 0.03, {}), ("jitter", 2, {}),
    ("shifts", "roll", {}), ("tile", 128, {}),
    ("overlap", 0, {"tile": 128}), ("smooth", 3.0, {}), ("colour", 0.0, {}), ("spectrum", 0.0, {}),
    ("limits", "clip", {}),
]
IMAGE: list[Row] = [("size", 96, {}), ("seed", 1, {}), ("number", 1, {}), ("quality", "fine", {}), *DREAM]

MOVED = {"zoom": 0.5, "pan_x": 0.3}
"""The camera sees beyond the picture's edges."""

CAMERA: list[Row] = [
    ("zoom", 3.0, {}), ("rotate", 90.0, {}), ("pan_x", 1.0, {}), ("pan_y", 1.0, {}), ("center", "0.2,0.9", {}),
    ("border", "wrap", MOVED), ("blend", 0.3, {}), ("drive", 2.0, {}), ("anchor", False, {}),
    ("even", False, {"frames": 14, "dream_rate": 30.0}),
]
HEARING = {"audio": "song.wav", "zoom": "1 + 4*loud", "lead": "none", "frames": 6}
ON_BEATS = {"audio": "song.wav", "zoom": "1 + 4*beat_pulse", "lead": "none", "frames": 6}
TIMELINE: list[Row] = [
    ("audio", "other.wav", HEARING), ("audio_start", 0.2, HEARING), ("audio_offset", 0.2, HEARING),
    ("lead", "0.1", HEARING), ("bpm", 333.0, ON_BEATS), ("first_beat", 0.1, {"bpm": 200.0, **ON_BEATS}),
]
FILM: list[Row] = [("seed", 1, {}), ("size", 48, {}), ("quality", "fine", {}), ("dream_rate", 30.0, {})]
ZOOM: list[Row] = [
    ("frames", 6, {}), ("seconds", 0.2, {}), ("bounce", True, {}), ("fps", 12, {}), *FILM, *CAMERA, *TIMELINE]
DIVE: list[Row] = [
    ("kind", "pulse", {}), ("seconds", 0.4, {}), ("keys", 2, {}), ("zoom_per_key", 3.0, {}), ("turns", 1, {}),
    ("outward", True, {}), ("depth", 0.5, {"kind": "pulse"}), ("depth", 2.0, {"kind": "sway"}), ("fps", 12, {}),
    *((name, value, {"kind": "bounce", "seconds": 0.8} if name == "even" else {"kind": "bounce", **others})
      for name, value, others in (*FILM, *CAMERA) if "frames" not in others or name == "even"),
]
CLIP: list[Row] = [
    ("start", 0.08, {}), ("end", 0.2, {}), ("frames", 3, {}), ("fps", 12, {}), *FILM,
    ("coherence", "blend", {}), ("coherence", "none", {}), ("blend", 0.3, {}), ("cuts", False, {}), ("warm_up", 2, {}),
    ("catch_up", 0.0, {}), ("strength", 0.5, {}), ("mask", "mask.png", {}), ("invert_mask", True, {"mask": "mask.png"}),
    ("compare", "side", {}), ("compare", "wipe", {}),
]
CLIP_LOOP: list[Row] = [("crossfade", 0.08, {}), ("start", 0.08, {}), ("end", 0.3, {}), ("frames", 8, {})]
TRIED = {"image": IMAGE, "layers": IMAGE, "zoom": ZOOM + DREAM, "clip": CLIP + DREAM + TIMELINE,
         "loop": DIVE + CLIP_LOOP + DREAM + TIMELINE}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_setting_is_tried(command: str) -> None:
    names = {item.name for _, item in leaves(COMMANDS[command])}
    tried = {name for name, _, _ in TRIED[command]}
    assert not names - tried - ELSEWHERE.keys()
    assert not tried & ELSEWHERE.keys()
    assert all((Path(__file__).parent / file).exists() for file in ELSEWHERE.values())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture, a guide, a mask, a clip with a cut, and two sounds."""
    folder = tmp_path_factory.mktemp("settings")
    views = {name: under_camera(photograph(name), Size(64, 48), 6, Move(pan=(1.2, 0.4))).frames
             for name in ("coffee", "astronaut")}
    write_film(folder / "clip.mkv", [*views["coffee"], *views["astronaut"]])
    for name, size in (("picture", (160, 96)), ("guide", (64, 48))):
        dreamvid.image(to_uint8(photograph("coffee" if name == "picture" else "astronaut")), folder / f"{name}.png",
                       size=max(size), steps=0, octaves=1, recipe=False)
    halves = np.zeros((48, 64, 3), np.uint8)
    halves[:, 20:] = 255
    dreamvid.image(halves, folder / "mask.png", steps=0, octaves=1, recipe=False)
    write_sound(folder / "song.wav", clicks(200, 2, first=0.05)[0])
    write_sound(folder / "other.wav", clicks(300, 2, first=0.1)[0])
    return folder


@pytest.fixture(scope="module")
def made(folder: Path) -> Callable[..., Digest]:
    """Makes a picture or the frames of a film, once of the same settings; returns shape and bytes."""

    @cache
    def make(command: str, source: str, given: tuple[tuple[str, Any], ...]) -> Digest:
        settings: dict[str, Any] = dict(given)
        if command == "image":
            image = dreamvid.image(np.asarray(PIL.Image.open(source)), **settings).image
            return image.shape, image.tobytes()
        frames: list[Image] = list(dreamvid.frames(source, command, **settings))  # type: ignore[arg-type]
        return (len(frames), *frames[0].shape), b"".join(frame.tobytes() for frame in frames)

    def digest(command: str, source: str, settings: dict[str, Any]) -> Digest:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            return make(command, source, tuple(sorted(settings.items())))

    return digest


def changes(made: Callable[..., Digest], command: str, source: str, usual: dict[str, Any], row: Row) -> None:
    name, value, others = row
    settings = usual | others
    changed = {key: other for key, other in settings.items() if (name, key) != ("seconds", "frames")} | {name: value}
    assert settings != changed
    assert made(command, source, settings) != made(command, source, changed)


@pytest.mark.slow
@pytest.mark.parametrize(("command", "source"), [
    ("image", "picture.png"), ("zoom", "picture.png"), ("loop", "picture.png"), ("clip", "clip.mkv")])
def test_a_default_that_is_given_changes_nothing(made: Callable[..., Digest], command: str, source: str) -> None:
    usual = {"size": 48, "octaves": 1, "steps": 1} | ({"seconds": 0.2} if command in ("zoom", "loop") else {})
    assert made(command, source, usual) == made(command, source, usual | {"seed": 0})


@pytest.mark.slow
@pytest.mark.parametrize("row", IMAGE, ids=lambda row: row[0])
def test_of_pictures(made: Callable[..., Digest], row: Row) -> None:
    usual = {"size": 160, "octaves": 2, "steps": 2, "step_size": 0.02}
    if row[0] == "quality":
        usual = {"size": 48, "octaves": 1, "steps": 1}
    changes(made, "image", "picture.png", usual, row)


@pytest.mark.slow
@pytest.mark.parametrize("row", ZOOM, ids=lambda row: row[0])
def test_of_zooms(made: Callable[..., Digest], row: Row) -> None:
    changes(made, "zoom", "picture.png", {"size": 64, "frames": 5, "octaves": 1, "steps": 1}, row)


@pytest.mark.slow
@pytest.mark.parametrize("row", DIVE, ids=lambda row: row[0])
def test_of_loops_of_pictures(made: Callable[..., Digest], row: Row) -> None:
    changes(made, "loop", "picture.png", {"size": 64, "seconds": 0.2, "octaves": 1, "steps": 1}, row)


@pytest.mark.slow
@pytest.mark.parametrize("row", CLIP, ids=lambda row: row[0])
def test_of_clips(made: Callable[..., Digest], row: Row) -> None:
    changes(made, "clip", "clip.mkv", {"octaves": 1, "steps": 1}, row)


@pytest.mark.slow
@pytest.mark.parametrize("row", CLIP_LOOP, ids=lambda row: row[0])
def test_of_loops_of_clips(made: Callable[..., Digest], row: Row) -> None:
    changes(made, "loop", "clip.mkv", {"steps": 0}, row)
