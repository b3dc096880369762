"""How natural a dreamed picture is, beside its source: `python tests/benchmarks/bench_picture.py [PICTURE]...`.

Dreams pictures of seven kinds, 384x256, by `dreamvid image`'s standard settings, and more of your own; once with
`--colour 0 --spectrum 0`, once as they are by default or by the options. Prints for each:

* chroma: the energy of Cb and Cr above 0.15 cycles a pixel by that of luma, by the source's share. A source with less
  than 0.03, such as a grey one, counts as 0.03, the share of a photograph of dull colours.
* slope: that of the luma power spectrum, log-log, less the source's. More than 0 is flatter, so noisier.
* activation: the objective of the finished picture, by that with 0 and 0.
* clipped: the share of values at 0 or 255.

Targets, with the defaults: chroma at most 2.2 in the mean and 3 in any picture, slope -0.4 to 0.25 in any, activation
105 % or more in the mean, clipped 2 % or less. `--sheet PNG` shows each source, and both dreams.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
from PIL import ImageDraw, ImageFont

from dreamvid.arrays import Image, Map, Size, from_uint8, size_of
from dreamvid.dream.dreamer import Dreamer, build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.events import ignore
from dreamvid.filters import resize
from dreamvid.media.source import open_source
from dreamvid.media.still import read_still
from dreamvid.output.sheet import contact_sheet
from dreamvid.output.still import write_still
from dreamvid.settings import DreamSettings, ImageSettings, SourceSettings, values_of

SAMPLES = Path(__file__).parent.parent.parent / "samples"
SIZE = Size(384, 256)
FINE = 0.15
LEAST_CHROMA = 0.03


def main(extra: Sequence[Path], colour: float, spectrum: float, sheet: Path | None) -> None:
    pictures = made() | {path.stem: framed(read_still(path, ignore).image) for path in extra}
    settings = ImageSettings().dream
    before, after = (dreamer_of(settings.but(colour=c, spectrum=s)) for c, s in ((0, 0), (colour, spectrum)))
    print(f"colour {after.settings.colour:g}, spectrum {after.settings.spectrum:g}\n"
          f"{'':12} {'chroma':>13} {'slope':>13} {'activation':>10} {'clipped':>8}")
    cells, rows = [], []
    for name, picture in pictures.items():
        dreams = [dreamed(dreamer, picture) for dreamer in (before, after)]
        rows.append(row := compared(picture, dreams, [activation(after, dream) for dream in dreams]))
        show(name, row)
        cells += zip((name, "0, 0", "now"), (picture, *dreams), strict=True)
    show("mean", np.mean(rows, axis=0))
    if sheet is not None:
        shown = contact_sheet(cells, "source, colour 0 and spectrum 0, now", columns=3, side=384)
        write_still(sheet, shown, overwrite=True)


def show(name: str, row: np.ndarray) -> None:
    print("{:12} {:5.2f} -> {:4.2f} {:+5.2f} -> {:+4.2f} {:10.0%} {:8.1%}".format(name, *row), flush=True)


def compared(source: Image, dreams: list[Image], activations: list[float]) -> np.ndarray:
    chroma = [chroma_share(dream) / max(chroma_share(source), LEAST_CHROMA) for dream in dreams]
    slopes = [slope(dream) - slope(source) for dream in dreams]
    clipped = np.mean((dreams[1] < 0.5 / 255) | (dreams[1] > 254.5 / 255))
    return np.array([*chroma, *slopes, activations[1] / activations[0], clipped])


def dreamer_of(settings: DreamSettings) -> Dreamer:
    return build_dreamer(open_engine(), settings)


def dreamed(dreamer: Dreamer, picture: Image) -> Image:
    values = values_of(dreamer.settings, dreamer.objective.weights)
    return dreamer(picture, np.random.default_rng([0, 0]), values, ignore)


def activation(dreamer: Dreamer, picture: Image) -> float:
    return dreamer.activation(picture, values_of(dreamer.settings, dreamer.objective.weights))


def chroma_share(image: Image) -> float:
    """The energy of Cb and Cr above `FINE` cycles a pixel, by that of luma."""
    luma = luma_of(image)
    fine = frequencies(luma) > FINE
    chroma = power((image[..., 2] - luma) * 0.564) + power((image[..., 0] - luma) * 0.713)
    return float(chroma[fine].sum() / power(luma)[fine].sum())


def slope(image: Image) -> float:
    """The slope of the luma power spectrum, log-log, from 0.02 to 0.45 cycles a pixel."""
    luma = luma_of(image)
    edges = np.geomspace(0.02, 0.45, 14)
    band = np.digitize(frequencies(luma), edges)
    means = [power(luma)[band == n].mean() for n in range(1, len(edges))]
    return float(np.polyfit(np.log(edges[1:] * edges[:-1]) / 2, np.log(means), 1)[0])


def luma_of(image: Image) -> Map:
    return image @ np.array([0.299, 0.587, 0.114], np.float32)


def frequencies(plane: Map) -> np.ndarray:
    return np.hypot(np.fft.fftfreq(plane.shape[0])[:, np.newaxis], np.fft.fftfreq(plane.shape[1]))


def power(plane: Map) -> np.ndarray:
    window = np.outer(np.hanning(plane.shape[0]), np.hanning(plane.shape[1]))
    return np.abs(np.fft.fft2((plane - plane.mean()) * window)) ** 2


def made() -> dict[str, Image]:
    """The pictures: from the samples, and drawn."""
    cat, coffee = (framed(read_still(SAMPLES / name, ignore).image) for name in ("cat.jpg", "seed.jpg"))
    grey = np.repeat(luma_of(cat)[..., np.newaxis], 3, axis=2)
    return {"face": face(), "coffee": coffee, "landscape": landscape(), "flower": flower(), "text": text(),
            "night": night(coffee), "grey": grey}


def framed(image: Image) -> Image:
    """The middle of an image, at most of `SIZE`; it is not enlarged, since that would make it smooth."""
    size = size_of(image)
    scale = min(1, max(SIZE.width / size.width, SIZE.height / size.height))
    small = resize(image, Size(round(size.width * scale), round(size.height * scale)))
    y, x = ((small.shape[n] - SIZE[1 - n]) // 2 for n in (0, 1))
    return np.ascontiguousarray(small[max(0, y) :, max(0, x) :][: SIZE.height, : SIZE.width])


def face() -> Image:
    clip = open_source(SAMPLES / "clip.mp4", SourceSettings(), ignore)
    return framed(list(clip.read())[clip.frames * 3 // 4])


def night(image: Image) -> Image:
    """A picture by little light, with the noise of a sensor."""
    noise = np.random.default_rng(0).normal(0, 0.008, image.shape)
    return (0.25 * image + noise).clip(0, 1).astype(np.float32)


def landscape() -> Image:
    """A plain sky over three ridges and a meadow."""
    y = np.linspace(0, 1, SIZE.height, dtype=np.float32)[:, np.newaxis]
    y = np.repeat(y, SIZE.width, axis=1)
    image = np.stack([0.5 + 0.25 * y, 0.7 + 0.15 * y, 0.95 - 0.1 * y], axis=-1)
    for n, (line, colour) in enumerate([(0.5, (0.45, 0.5, 0.6)), (0.65, (0.25, 0.38, 0.3)), (0.8, (0.33, 0.42, 0.16))]):
        ridge = line + 0.05 * soft_noise((1, SIZE.width), 18, n)
        grass = np.array(colour) + 0.05 * soft_noise((SIZE.height, SIZE.width), 1.5, n + 9)[..., np.newaxis]
        image = np.where((y > ridge)[..., np.newaxis], grass, image)
    return image.clip(0, 1).astype(np.float32)


def flower() -> Image:
    """Pink petals before a dark green ground."""
    y, x = np.mgrid[-1 : 1 : SIZE.height * 1j, -1.5 : 1.5 : SIZE.width * 1j]
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    petal = np.abs(np.cos(4 * angle)) ** 0.6 * 0.85
    ground = np.array([0.08, 0.16, 0.06]) + 0.03 * soft_noise((SIZE.height, SIZE.width), 4, 0)[..., np.newaxis]
    pink = np.array([0.9, 0.45, 0.6]) * (0.55 + 0.45 * (radius / petal.clip(0.05))).clip(0, 1)[..., np.newaxis]
    image = np.where((radius < petal)[..., np.newaxis], pink, ground)
    heart = np.array([0.9, 0.75, 0.2]) + 0.06 * soft_noise((SIZE.height, SIZE.width), 1, 1)[..., np.newaxis]
    return np.where((radius < 0.2)[..., np.newaxis], heart, image).clip(0, 1).astype(np.float32)


def soft_noise(shape: tuple[int, int], sigma: float, seed: int) -> np.ndarray:
    noise = cv2.GaussianBlur(np.random.default_rng(seed).standard_normal(shape), (0, 0), sigma)
    return np.asarray(noise / np.std(noise))


def text() -> Image:
    page = PIL.Image.new("RGB", SIZE, (245, 240, 228))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(28)
    lines = "A page of plain paper\nwith large dark letters\nin four even lines, which\nshould still be read."
    draw.multiline_text((22, 18), lines, fill=(25, 25, 40), font=font, spacing=12)
    return from_uint8(np.asarray(page))


if __name__ == "__main__":
    usual = ImageSettings().dream
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", nargs="*", type=Path)
    parser.add_argument("--colour", type=float, default=usual.colour)
    parser.add_argument("--spectrum", type=float, default=usual.spectrum)
    parser.add_argument("--sheet", type=Path)
    given = parser.parse_args()
    main(given.pictures, given.colour, given.spectrum, given.sheet)
