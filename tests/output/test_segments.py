"""Films of segments: joined, they hold every picture once, at its time, and show no joint."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from dreamvid.arrays import Bytes, Size
from dreamvid.media.probe import probe
from dreamvid.output.segments import Destination, Format, Segment, format_of
from dreamvid.settings import EncoderSettings
from tests.media import opened

SIZE = Size(64, 48)
NTSC = Fraction(30000, 1001)
LENGTHS = (1, 8, 3, 1, 1, 7)
"""Pictures in each segment."""

CODECS = [
    (".mp4", "h264"), (".mp4", "h265"), (".mp4", "av1"), (".mp4", "vp9"), (".mov", "prores"), (".mov", "h264"),
    (".mov", "h265"), (".mkv", "ffv1"), (".mkv", "h264"), (".mkv", "h265"), (".mkv", "av1"), (".mkv", "vp9"),
    (".mkv", "prores"), (".webm", "vp9"), (".webm", "av1")]
ANIMATIONS = [(".gif", Fraction(20)), (".webp", NTSC), (".avif", NTSC), (".png", NTSC), (".apng", Fraction(30))]


def picture(n: int) -> Bytes:
    """A grey that tells the number, over a pattern that moves."""
    pattern = np.roll(np.indices((SIZE.height, SIZE.width)).sum(axis=0), n, axis=1) % 16
    return np.repeat((pattern + 10 * n)[..., np.newaxis], 3, axis=2).astype(np.uint8)


def segment(form: Format, path: Path, first: int, stop: int) -> Segment:
    writer = form.open(path, first)
    for n in range(first, stop):
        writer.write(picture(n))
    writer.finish()
    writer.abort()
    return path, stop - first


def joined(target: Path, fps: Fraction, lengths: tuple[int, ...], settings: EncoderSettings) -> Path:
    film = Destination(output=str(target), size=SIZE, fps=fps, frames=sum(lengths), encoder=settings)
    form = format_of(film)
    assert form.join is not None
    edges = np.cumsum([0, *lengths])
    segments = [segment(form, target.with_name(f"{n}{form.suffix}"), *edges[n:n + 2]) for n in range(len(lengths))]
    form.join(segments, target)
    return target


def shown(path: Path) -> list[float]:
    return [float(image.mean()) * 255 for image in opened(path)]


@pytest.mark.slow
@pytest.mark.parametrize("fps", [Fraction(24), NTSC])
@pytest.mark.parametrize("key_every", [0, 1])
@pytest.mark.parametrize(("suffix", "codec"), CODECS)
def test_joined_segments_are_the_film(tmp_path: Path, suffix: str, codec: str, fps: Fraction, key_every: int) -> None:
    settings = EncoderSettings(codec=codec, encoder_preset="veryfast", key_every=key_every)
    target = joined(tmp_path / f"film{suffix}", fps, LENGTHS, settings)
    times = probe(target).times
    exact = 0 if suffix in (".mp4", ".mov") else Fraction(1, 1000)
    assert len(times) == sum(LENGTHS)
    assert max(abs(time - times[0] - n / fps) for n, time in enumerate(times)) <= exact
    expected = [picture(n).mean() for n in range(sum(LENGTHS))]
    np.testing.assert_allclose(shown(target), expected, atol=0.01 if codec == "ffv1" else 3)


@pytest.mark.parametrize(("suffix", "fps"), ANIMATIONS)
def test_joined_animations_are_those_of_one_segment(tmp_path: Path, suffix: str, fps: Fraction) -> None:
    made = []
    for n, lengths in enumerate([LENGTHS, (sum(LENGTHS),)]):
        (tmp_path / str(n)).mkdir()
        made.append(joined(tmp_path / str(n) / f"film{suffix}", fps, lengths, EncoderSettings()).read_bytes())
    assert made[0] == made[1]
    with Pillow.open(tmp_path / "0" / f"film{suffix}") as film:
        for n in range(sum(LENGTHS)):
            film.seek(n)
            film.load()
            whole = suffix in (".webp", ".avif")  # of which Pillow tells whole milliseconds
            assert abs(film.info["duration"] - 1000 / fps) < (1 if whole else 0.01)


def test_a_film_that_is_repeated_is_exact_too(tmp_path: Path) -> None:
    target = joined(tmp_path / "film.mp4", NTSC, (3, 4), EncoderSettings(repeat=2))
    times = probe(target).times
    assert [time - times[0] for time in times] == [n / NTSC for n in range(14)]
    np.testing.assert_allclose(shown(target), [picture(n % 7).mean() for n in range(14)], atol=3)
