"""The measures, on pictures whose values are known."""

import numpy as np
import pytest

from dreamvid.arrays import Size
from dreamvid.motion.measure import clipped, luma_of, sharpness, warping_error
from dreamvid.motion.warp import warp
from tests.benchmarks.known_motion import Move, photograph, under_camera

KNOWN = under_camera(photograph("coffee"), Size(120, 80), 2, Move(pan=(1.4, 0.6)))
FLOW, CONFIDENCE = KNOWN.flows[0], KNOWN.confidences[0]


def test_what_moves_with_the_flow_has_no_error() -> None:
    before = np.random.default_rng(0).random((80, 120, 3), np.float32)
    assert warping_error(warp(before, FLOW, "replicate"), before, FLOW, CONFIDENCE) < 1e-9
    assert warping_error(KNOWN.frames[1], KNOWN.frames[0], FLOW, CONFIDENCE) < 2e-4


def test_the_error_is_the_mean_square_where_the_flow_is_believed() -> None:
    still = np.zeros_like(FLOW)
    one, other = np.zeros((80, 120, 3), np.float32), np.full((80, 120, 3), 0.2, np.float32)
    half = np.zeros((80, 120), np.float32)
    half[:40] = 1
    other[40:] = 1
    assert warping_error(other, one, still, half) == pytest.approx(0.04, rel=1e-5)
    assert warping_error(other, one, still, np.zeros_like(half)) == 0


def test_sharpness_is_the_slope() -> None:
    slope = np.tile(np.linspace(0, 1, 101, dtype=np.float32)[None, :, None], (20, 1, 3))
    assert sharpness(slope) == pytest.approx(0.01, rel=1e-3)
    assert luma_of(slope).max() == pytest.approx(1, abs=1e-5)


def test_clipped_counts_black_and_white() -> None:
    image = np.full((10, 10, 3), 0.5, np.float32)
    image[0], image[1] = 0, 1
    assert clipped(image) == pytest.approx(0.2)
