"""Films in stretches: joined, they hold every frame once, at its time."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Bytes, Size
from dreamvid.settings import EncoderSettings, SourceSettings
from dreamvid.video.probe import probe
from dreamvid.video.segments import segments_for, stretch_length
from dreamvid.video.source import open_source

SIZE = Size(64, 48)
FRAMES = 21
NTSC = Fraction(30000, 1001)


def picture(n: int) -> Bytes:
    """A grey that tells the number, over a pattern that moves."""
    pattern = np.roll(np.indices((SIZE.height, SIZE.width)).sum(axis=0), n, axis=1) % 16
    return np.repeat((pattern + 10 * n)[..., np.newaxis], 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize("fps", [Fraction(24), NTSC])
@pytest.mark.parametrize(("suffix", "codec"), [
    (".mp4", "h264"), (".mp4", "h265"), (".mp4", "av1"), (".mp4", "vp9"), (".mov", "prores"), (".mov", "h264"),
    (".mkv", "ffv1"), (".mkv", "h265"), (".webm", "vp9"), (".webm", "av1")])
def test_joined_stretches_are_the_film(tmp_path: Path, suffix: str, codec: str, fps: Fraction) -> None:
    target = tmp_path / f"film{suffix}"
    segments = segments_for(str(target), SIZE, fps, EncoderSettings(codec=codec, encoder_preset="veryfast"))
    assert segments.quick
    segments.length = 8
    files = []
    for begin in range(0, FRAMES, 8):
        files.append(tmp_path / f"{begin}{segments.suffix}")
        segments.encode((picture(n) for n in range(begin, min(begin + 8, FRAMES))), files[-1])
    segments.join(files, target, FRAMES)
    times = probe(target).times
    exact = 0 if suffix in (".mp4", ".mov") else Fraction(1, 1000)
    assert len(times) == FRAMES
    assert max(abs(time - times[0] - n / fps) for n, time in enumerate(times)) <= exact
    shown = [float(image.mean()) * 255 for image in open_source(target, SourceSettings(), lambda _: None)]
    np.testing.assert_allclose(shown, [picture(n).mean() for n in range(FRAMES)], atol=0.01 if codec == "ffv1" else 3)


def test_a_stretch_is_bounded_in_bytes_and_even() -> None:
    for size in (Size(64, 48), Size(640, 360), Size(1920, 1080), Size(3840, 2160), Size(7680, 4320)):
        length = stretch_length(size)
        assert 8 <= length <= 96
        assert not length % 2
        assert length == 8 or length * size.width * size.height * 3 <= 600_000_000
