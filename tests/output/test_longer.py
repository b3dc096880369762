"""A film that is made longer: to the bit the film that had this length at first, in each way of counting time."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Image, from_uint8
from dreamvid.media.probe import probe
from dreamvid.output.film import FilmWriter
from dreamvid.output.longer import begin_longer
from dreamvid.output.opening import open_render
from dreamvid.output.segments import Destination
from dreamvid.output.work_folder import Job, open_alone, work_folder
from dreamvid.settings import EncoderSettings
from tests.media import read
from tests.output.test_segments import NTSC, SIZE, picture

FRAMES, LONGER, RANGE = 10, 15, 4
FIRST = FRAMES // RANGE * RANGE
DREAM = np.random.default_rng(1).random((SIZE.height, SIZE.width, 3), np.float32)


def destination(target: Path, codec: str, fps: Fraction, frames: int) -> Destination:
    return Destination(output=str(target), size=SIZE, fps=fps, frames=frames,
                       encoder=EncoderSettings(codec=codec, encoder_preset="veryfast"))


def job(frames: int) -> Job:
    return Job({"film": {"frames": frames}}, {})


def written(writer: FilmWriter, frames: int) -> list[Image | None]:
    """Writes what is missing; returns what dream each range was begun from."""
    left = []
    for first in range(0, frames, RANGE):
        stop = min(first + RANGE, frames)
        if writer.begin(first, stop):
            left.append(writer.carry)
            for n in range(first, stop):
                writer.write(from_uint8(picture(n)), DREAM * (n + 1) / 16)
            writer.commit()
    return left


def made(target: Path, codec: str, fps: Fraction, frames: int) -> Path:
    with open_render(destination(target, codec, fps, frames), job(frames), last=frames // RANGE * RANGE) as writer:
        assert writer is not None
        written(writer, frames)
    return target


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "codec"), [
    (".mp4", "h264"), (".mp4", "av1"), (".mov", "prores"), (".mkv", "ffv1"), (".mkv", "h265"), (".webm", "vp9")])
def test_the_longer_film_is_the_one_that_was_asked_for_at_first(tmp_path: Path, suffix: str, codec: str) -> None:
    fps = Fraction(24) if codec in ("h265", "prores") else NTSC
    whole = made(tmp_path / f"whole{suffix}", codec, fps, LONGER)
    film = made(tmp_path / f"film{suffix}", codec, fps, FRAMES)
    folder = work_folder(film)
    assert len(list((folder / "files").iterdir())) == 1  # the dream alone
    with open_alone(folder) as store:
        begin_longer(store, destination(film, codec, fps, FRAMES), job(LONGER))
    with open_render(destination(film, codec, fps, LONGER), job(LONGER)) as writer:
        assert writer is not None
        assert writer.earlier == FIRST
        left = written(writer, LONGER)
        assert left[0] is not None
        np.testing.assert_array_equal(left[0], DREAM * FIRST / 16)
    assert not folder.exists()
    frames = [read(path) for path in (film, whole)]
    np.testing.assert_array_equal(*frames)
    assert len(frames[0]) == LONGER
    assert probe(film).times == probe(whole).times
