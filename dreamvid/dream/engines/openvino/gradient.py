"""d objective / d image as an OpenVINO model, with the weights of the objective as inputs."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

import numpy as np
import openvino
from openvino import opset13 as ops

from dreamvid.dream.engines.openvino.efficientnet_lite import backward, forward
from dreamvid.dream.engines.openvino.measures import MEASURES, matches
from dreamvid.dream.engines.openvino.nodes import Node, number, shape_of
from dreamvid.dream.networks.efficientnet_lite import LAYERS
from dreamvid.dream.objective import MATCH

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
    done = forward(ops.unsqueeze(ops.transpose(image, [2, 0, 1]), 0), [layer for layer, _, _ in key.parts])
    value, slopes = _objective({one.operation.layer: one.output for one in done}, key, weights, iter(guides))
    slope = ops.transpose(ops.squeeze(backward(done, slopes), 0), [1, 2, 0])
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
