"""Measures of an activation: each takes one of shape (1, channels, rows, columns), and gives two of that shape.

They are the number that is averaged over positions, and its slope. The sum over channels is weighted elsewhere.
"""

from collections.abc import Callable
from math import ceil

import numpy as np
import openvino
from openvino import opset13 as ops

from dreamvid.dream.engines.openvino.nodes import Node, number, shape_of

Measure = Callable[[Node], tuple[Node, Node]]

PRODUCTS = 1 << 24
"""How many dot products with a guide's features are in memory at a time: 64 MiB."""


def mean_square(x: Node) -> tuple[Node, Node]:
    """The squares."""
    return x * x, x * number(2)


def mean(x: Node) -> tuple[Node, Node]:
    """The activations themselves."""
    return x, ops.broadcast(number(1), ops.shape_of(x))


MEASURES: dict[str, Measure] = {"mean-square": mean_square, "mean": mean}
"""The measures of `objective.MEASURES`."""


def matches(x: Node, guide: Node) -> tuple[Node, Node]:
    """The products with the guide's feature that each position matches best; no slope goes through the choice.

    Args:
        guide: the features, shape (positions, channels).
    """
    _, channels, rows, columns = shape_of(x)
    own = ops.reshape(ops.transpose(x, [0, 2, 3, 1]), [rows * columns, channels], special_zero=False)
    best = _best(own, guide)
    best = ops.transpose(ops.reshape(best, [1, rows, columns, channels], special_zero=False), [0, 3, 1, 2])
    return x * best, best


def _best(own: Node, guide: Node) -> Node:
    """For each row of `own` the row of `guide` with the largest dot product; some rows at a time."""
    positions, channels = shape_of(own)
    count = shape_of(guide)[0]
    size = min(max(1, PRODUCTS // count), positions)
    turns = ceil(positions / size)
    padded = ops.pad(own, [0, 0], [turns * size - positions, 0], "constant", number(0))
    part, features = ops.parameter([size, channels], np.float32), ops.parameter([count, channels], np.float32)
    products = ops.matmul(part, features, False, True)
    index = ops.topk(products, np.int64(1), 1, "max", "none", "i32").output(1)
    found = ops.gather(features, ops.squeeze(index, 1), np.int64(0))
    loop = ops.tensor_iterator()
    loop.set_body(openvino.Model([found], [part, features], "best"))  # pyright: ignore[reportGeneralTypeIssues] - its stubs
    loop.set_sliced_input(part, padded.output(0), 0, size, size, -1, 0)
    loop.set_invariant_input(features, guide.output(0))
    every = loop.get_concatenated_slices(found.output(0), 0, size, size, -1, 0)
    return ops.slice(every, [0], [positions], [1], [0])
