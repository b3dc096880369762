"""The gradient of a large image from the gradients of its tiles."""

from collections.abc import Callable
from itertools import product
from math import ceil
from typing import NamedTuple

import numpy as np

from dreamvid.arrays import Image
from dreamvid.dream.objective import Gradient, Weights


class Span(NamedTuple):
    """A tile along one axis: its input is start to stop, its part of the result is first to last (ends excluded)."""

    start: int
    stop: int
    first: int
    last: int


def tiled(
    gradient: Gradient, *, tile: int, overlap: int, stride: int, observe: Callable[[int, int], None] = lambda *_: None
) -> Gradient:
    """The same gradient, of images of any size, computed on tiles of at most `tile` pixels a side.

    Each tile sees `overlap` pixels beyond the part that it answers for, and begins at a multiple of the network's
    `stride`, so its activations are those of the whole image but for what lies further away. The objective is a mean
    over positions: a tile's gradient counts by the share of the image that it sees, its value by the share that
    it answers for.

    Args:
        observe: called before each tile with its number, from 1, and how many there are; it may raise.
    """

    def whole(image: Image, weights: Weights) -> tuple[Image, float]:
        height, width = image.shape[:2]
        rows = spans(height, tile=tile, overlap=overlap, stride=stride)
        columns = spans(width, tile=tile, overlap=overlap, stride=stride)
        if len(rows) == len(columns) == 1:
            observe(1, 1)
            return gradient(image, weights)
        merged, total = np.empty_like(image), 0.0
        for n, (y, x) in enumerate(product(rows, columns), start=1):
            observe(n, len(rows) * len(columns))
            part, value = gradient(image[y.start : y.stop, x.start : x.stop], weights)
            seen = (y.stop - y.start) * (x.stop - x.start) / (height * width)
            own = part[y.first - y.start : y.last - y.start, x.first - x.start : x.last - x.start]
            np.multiply(own, np.float32(seen), out=merged[y.first : y.last, x.first : x.last])
            total += value * (y.last - y.first) * (x.last - x.first) / (height * width)
        return merged, total

    return whole


def spans(length: int, *, tile: int, overlap: int, stride: int) -> list[Span]:
    """Tiles that cover an axis of `length` pixels, evenly spread; neighbours overlap by `2 * overlap` or more.

    Each starts at a multiple of `stride` and is at most `tile` long, and no longer than so many tiles need to be. Their
    own parts meet in the middle of what they share.
    """
    if length <= tile:
        return [Span(0, length, 0, length)]
    lost = 2 * overlap + stride  # shared with the next one; and the starts are rounded up, by less than a stride
    count = ceil((length - 2 * overlap) / (tile - lost))
    tile = min(tile, ceil(((length - lost) / count + lost) / stride) * stride)
    starts = sorted({ceil((length - tile) * n / (count - 1) / stride) * stride for n in range(count)})
    stops = [min(start + tile, length) for start in starts]
    seams = [(stop + start) // 2 for stop, start in zip(stops[:-1], starts[1:], strict=True)]
    return [Span(*span) for span in zip(starts, stops, [0, *seams], [*seams, length], strict=True)]


def at_least(gradient: Gradient, smallest: int) -> Gradient:
    """The same gradient for images of any size: those that the network cannot take are mirrored at their edges."""

    def mirrored(image: Image, weights: Weights) -> tuple[Image, float]:
        if min(image.shape[:2]) >= smallest:
            return gradient(image, weights)
        slope, value = gradient(padded(image, smallest), weights)
        return slope[: image.shape[0], : image.shape[1]], value

    return mirrored


def padded(image: Image, smallest: int) -> Image:
    """The image, continued below and to the right by its own mirror image until no side is under `smallest` pixels."""
    height, width = image.shape[:2]
    return np.pad(image, [(0, max(0, smallest - height)), (0, max(0, smallest - width)), (0, 0)], mode="symmetric")
