"""d objective / d image as an OpenVINO model, with the weights of the objective as inputs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil, prod
from typing import NamedTuple

import numpy as np
import openvino
from openvino import opset13 as ops

from dreamvid.dream.engines.openvino.efficientnet_lite import Node, backward, forward, number, shape_of
from dreamvid.dream.networks.efficientnet_lite import LAYERS
from dreamvid.dream.objective import MATCH

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


Part = tuple[str, str, tuple[int, ...]]
"""A term as far as it decides on a model: its layer, its measure, and the shape of the guide's features, if any."""


class Key(NamedTuple):
    """What decides on a model: the height and width of the image, and the terms."""

    size: tuple[int, int]
    parts: tuple[Part, ...]


def build_gradient(key: Key) -> openvino.Model:
    """The model: image, the weights of each term, the guide's features of each → (slope, value).

    The image and its slope have the shape (height, width, 3). The weights of a term are one for each channel of its
    layer, shape (1, channels, 1, 1): its value is the sum over channels of weight times mean.
    """
    image = ops.parameter([*key.size, 3], np.float32)
    weights: list[Node] = [ops.parameter([1, LAYERS[layer], 1, 1], np.float32) for layer, _, _ in key.parts]
    guides: list[Node] = [ops.parameter(shape, np.float32) for _, _, shape in key.parts if shape]
    built = forward(ops.unsqueeze(ops.transpose(image, [2, 0, 1]), 0), [layer for layer, _, _ in key.parts])
    value, slopes = _objective({one.operation.layer: one.output for one in built}, key, weights, iter(guides))
    slope = ops.transpose(ops.squeeze(backward(built, slopes), 0), [1, 2, 0])
    return openvino.Model([slope, value], [image, *weights, *guides], "gradient")  # pyright: ignore[reportGeneralTypeIssues] - its stubs


def _objective(
    outputs: Mapping[str, Node], key: Key, weights: Sequence[Node], guides: Iterator[Node]
) -> tuple[Node, dict[str, Node]]:
    """The value of the objective, and its slope at each layer."""
    value, slopes = number(0), dict[str, Node]()
    for (layer, measure, _), weight in zip(key.parts, weights, strict=True):
        x = outputs[layer]
        measured, slope = matches(x, next(guides)) if measure == MATCH else MEASURES[measure](x)
        value = value + ops.reduce_sum(ops.reduce_mean(measured, [2, 3], keep_dims=True) * weight, [0, 1, 2, 3])
        slope = slope * (weight / number(prod(shape_of(x)[2:])))
        slopes[layer] = slopes[layer] + slope if layer in slopes else slope
    return value, slopes
