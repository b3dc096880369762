"""The anchor: colours come back to the source's, and nothing is made out of noise."""

import numpy as np
import pytest
from skimage import data

from dreamvid.arrays import Image, from_uint8
from dreamvid.motion.camera import FREE, LUMA_CHROMA, PULL, anchored, palette_of

NAMES = ("astronaut", "coffee", "chelsea", "rocket")
PHOTOGRAPHS = {name: from_uint8(getattr(data, name)()[::4, ::4]) for name in NAMES}
GREY = np.repeat(PHOTOGRAPHS["chelsea"][..., :1], 3, axis=-1)


def repeatedly(image: Image, source: Image, times: int = 100) -> Image:
    palette = palette_of(source)
    for _ in range(times):
        image = anchored(image, palette)
    return image


def test_a_palette_holds_means_and_deviations_of_luma_and_chroma() -> None:
    pixels = PHOTOGRAPHS["astronaut"].reshape(-1, 3).astype(float) @ LUMA_CHROMA.T
    palette = palette_of(PHOTOGRAPHS["astronaut"])
    np.testing.assert_allclose(palette.means, pixels.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(palette.deviations, pixels.std(axis=0), atol=1e-5)


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_an_image_with_the_source_s_palette_is_unchanged(name: str) -> None:
    image = PHOTOGRAPHS[name]
    np.testing.assert_allclose(anchored(image, palette_of(image)), image, atol=1e-5)
    np.testing.assert_allclose(repeatedly(image, image), image, atol=1e-4)


def test_one_frame_goes_a_part_of_the_way() -> None:
    source, image = PHOTOGRAPHS["astronaut"], PHOTOGRAPHS["coffee"] * 0.5
    wanted, before = palette_of(source), palette_of(image)
    after = palette_of(anchored(image, wanted))
    np.testing.assert_allclose(after.means, (1 - PULL) * before.means + PULL * wanted.means, atol=1e-5)
    np.testing.assert_allclose(after.deviations, (1 - PULL) * before.deviations + PULL * wanted.deviations, atol=1e-5)


@pytest.mark.parametrize("factor", [0.2, 0.5, 2])
def test_repeated_it_comes_to_the_source_s_palette(factor: float) -> None:
    source = PHOTOGRAPHS["astronaut"]  # more contrast than FREE in every channel
    assert (palette_of(source).deviations > FREE).all()
    came = palette_of(repeatedly(PHOTOGRAPHS["coffee"] * np.float32(factor) - np.float32(0.1), source))
    wanted = palette_of(source)
    np.testing.assert_allclose(came.means, wanted.means, atol=1e-3)
    np.testing.assert_allclose(came.deviations, wanted.deviations, rtol=1e-2)


@pytest.mark.parametrize("contrast", [0, 0.1])
def test_a_flat_source_does_not_take_contrast_away(contrast: float) -> None:
    source, dream = GREY * np.float32(contrast), PHOTOGRAPHS["astronaut"]
    came = palette_of(repeatedly(dream, source))
    np.testing.assert_allclose(came.deviations, FREE, rtol=1e-2)


def test_a_grey_picture_stays_grey() -> None:
    came = repeatedly(GREY, GREY)
    np.testing.assert_allclose(came, GREY, atol=1e-3)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_flat_pictures_stay_flat(value: float) -> None:
    flat = np.full((24, 32, 3), value, np.float32)
    np.testing.assert_allclose(repeatedly(flat, flat), value, atol=1e-3)
    assert np.isfinite(repeatedly(flat, PHOTOGRAPHS["astronaut"], 5)).all()
