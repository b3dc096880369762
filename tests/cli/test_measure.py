"""`dreamvid measure`, as a person uses it."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import Result

from dreamvid.arrays import Image, Size
from tests.benchmarks.known_motion import Move, photograph, under_camera
from tests.media import write_film

SIZE = Size(96, 64)
Run = Callable[..., Result]


def shot(name: str, frames: int) -> list[Image]:
    return under_camera(photograph(name), SIZE, frames, Move(pan=(1, 0.5))).frames


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_film(tmp_path / "in.mkv", [*shot("coffee", 8), *shot("astronaut", 7)])


def record(run: Run, *arguments: object) -> dict:
    result = run("measure", *arguments, "--json", "-q")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.slow
def test_a_film_beside_itself(run: Run, clip: Path) -> None:
    made = record(run, clip, "--source", clip)
    assert made["frames"] == 15
    assert made["scenes"] == [0, 8]
    assert made["ratio"] == pytest.approx(1)
    assert made["activation"] == pytest.approx(made["source_activation"])
    assert made["flicker"] == [0, 0]


@pytest.mark.slow
def test_boiling_and_flicker_are_seen(run: Run, clip: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    calm = [*shot("coffee", 8), *shot("astronaut", 7)]
    boiling = [np.clip(frame + rng.normal(0, 0.1, frame.shape).astype(np.float32), 0, 1) for frame in calm]
    flickering = [np.clip(frame + 0.1 * (n % 2), 0, 1).astype(np.float32) for n, frame in enumerate(calm)]
    boiled = record(run, write_film(tmp_path / "boil.mkv", boiling), "--source", clip)
    flickered = record(run, write_film(tmp_path / "flicker.mkv", flickering), "--source", clip)
    assert boiled["ratio"] > 5
    assert boiled["sharpness"] > 1.5 * boiled["source_sharpness"]
    assert min(flickered["flicker"]) > 0.07
    assert max(boiled["flicker"]) < 0.01


def test_words_and_a_plot(run: Run, clip: Path, tmp_path: Path) -> None:
    result = run("measure", clip, "--source", clip, "-o", "plot.png", "-q")
    assert result.exit_code == 0, result.output
    assert "warping_error: " in result.stdout
    plot = np.asarray(Pillow.open(tmp_path / "plot.png"))
    assert len(np.unique(plot.reshape(-1, 3), axis=0)) > 10
    assert run("measure", clip, "--source", clip, "-o", "plot.png", "-q").exit_code == 4


def test_odd_sides_and_other_clips(run: Run, clip: Path, tmp_path: Path) -> None:
    odd = [frame[:63, :95] for frame in shot("coffee", 4)]
    source = tmp_path / "frames"
    source.mkdir()
    for n, frame in enumerate(odd):
        Pillow.fromarray((frame * 255).astype(np.uint8)).save(source / f"{n}.png")
    assert record(run, write_film(tmp_path / "odd.mkv", odd), "--source", source)["frames"] == 4
    tall = write_film(tmp_path / "tall.mkv", [np.zeros((96, 32, 3), np.float32)] * 2)
    result = run("measure", tall, "--source", clip)
    assert result.exit_code == 3
    assert "that is not its source" in " ".join(result.stderr.split())
