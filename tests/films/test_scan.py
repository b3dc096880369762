"""A clip is looked through once, and not again while its scenes are cached."""

from pathlib import Path

import pytest

from dreamvid.films.prepare import cached_scan
from dreamvid.media.cache import VARIABLE
from dreamvid.media.fingerprint import fingerprint
from dreamvid.media.source import open_source
from dreamvid.motion.scenes import Scene
from dreamvid.settings import SourceSettings
from tests.media import run

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three scenes of 15 frames each, of which the second has a flash in its sixth frame."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "cache"))
    shots = [f"{kind}=s=160x96:r=25:d=0.6" for kind in ("testsrc2", "smptebars", "mandelbrot")]
    flash = "drawbox=t=fill:c=white:enable='eq(n,5)'"
    run(*(word for shot in shots for word in ("-f", "lavfi", "-t", "0.6", "-i", shot.replace(":d=0.6", ""))),
        "-filter_complex", f"[1]{flash}[b];[0][b][2]concat=n=3,format=yuv420p", *H264, tmp_path / "a.mp4")
    return tmp_path / "a.mp4"


SCENES = (Scene(0, 15), Scene(15, 30, held=(20, 21)), Scene(30, 45))


def scenes(path: Path, *, find: bool = True, digest: str = "", **values: object) -> tuple[Scene, ...]:
    settings = SourceSettings(**values)  # type: ignore[arg-type]
    source = open_source(path, settings, pytest.fail)
    return cached_scan(source, digest or fingerprint(path), settings, find=find)


def test_scenes_and_flashes(clip: Path) -> None:
    assert scenes(clip) == SCENES


def test_the_second_scan_is_not_made(clip: Path) -> None:
    digest = fingerprint(clip)
    settings = SourceSettings()
    source = open_source(clip, settings, pytest.fail)
    assert cached_scan(source, digest, settings, find=True) == SCENES
    clip.unlink()
    assert cached_scan(source, digest, settings, find=True) == SCENES


def test_other_parameters_are_another_scan(clip: Path) -> None:
    assert scenes(clip) == SCENES
    assert scenes(clip, find=False) == (Scene(0, 45),)
    assert scenes(clip, start=0.6) == (Scene(0, 15, held=(5, 6)), Scene(15, 30))
    assert scenes(clip, frames=20) == (Scene(0, 15), Scene(15, 20))


def test_a_damaged_cache_is_made_anew(clip: Path, tmp_path: Path) -> None:
    assert scenes(clip) == SCENES
    (file,) = (tmp_path / "cache").glob("*.json")
    file.write_text(file.read_text().replace("30", "31"))
    assert scenes(clip) == SCENES
