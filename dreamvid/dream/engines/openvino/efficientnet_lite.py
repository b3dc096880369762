"""EfficientNet-Lite0 in OpenVINO, from its description: forward, and backward from slopes at its layers.

OpenVINO has no automatic differentiation, so the backward pass is built from its operations too. A node holds an
array of shape (1, channels, rows, columns).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from openvino import opset13 as ops

from dreamvid.dream.networks.efficientnet_lite import OPERATIONS, RANGE, Operation, read_weights

Node = Any
"""A node. OpenVINO's own types leave out its arithmetic."""


def number(value: float) -> Node:
    """A constant of float32. A bare number beside a node would become another type."""
    return ops.constant(value, np.float32)


def shape_of(node: Node) -> tuple[int, ...]:
    """The shape of a node's output, which is known in all graphs here."""
    return tuple(node.get_output_shape(0))


weights = cache(read_weights)
"""The embedded arrays, read once in a process."""


class Built(NamedTuple):
    """An operation that was built.

    Attributes:
        convolved: after the convolution and ReLU6, where there is one; before the addition.
        output: after the addition.
        end: rows and columns of zeros behind the image that the convolution pads with.
    """

    operation: Operation
    convolved: Node
    output: Node
    end: list[int]


def forward(image: Node, layers: Iterable[str]) -> list[Built]:
    """The operations that these layers need, from the image upwards.

    Args:
        image: with values in [0, 1], of a fixed size.
    """
    missing, built = set(layers), dict[str, Built]()
    x = (image * number(RANGE.white) - number(RANGE.mean)) / number(RANGE.deviation)
    for operation in OPERATIONS:
        begin, end = _padding(operation, shape_of(x)[2:])
        convolve = ops.group_convolution if operation.depthwise else ops.convolution
        x = convolve(x, _kernel(operation), [operation.stride] * 2, begin, end, [1, 1])
        x = x + weights()[operation.bias].reshape(1, -1, 1, 1)
        if operation.activated:
            x = ops.clamp(x, 0.0, 6.0)
        convolved = x
        if operation.adds:
            x = x + built[operation.adds].output
        built[operation.name] = Built(operation, convolved, x, end)
        missing.discard(operation.layer)
        if not missing:
            break
    return list(built.values())


def backward(built: list[Built], slopes: Mapping[str, Node]) -> Node:
    """The slope of the image.

    Args:
        built: by `forward`; its last operation's layer has a slope.
        slopes: layer → the slope at its output.
    """
    waiting: dict[str, Node] = {one.operation.name: slopes[one.operation.layer]
                                for one in built if one.operation.layer in slopes}
    names = [one.operation.name for one in built]
    for one, before in zip(reversed(built), [*reversed(names[:-1]), "image"], strict=True):
        operation, slope = one.operation, waiting.pop(one.operation.name)
        if operation.adds:
            _add(waiting, operation.adds, slope)
        if operation.activated:
            slope = slope * _between(one.convolved)
        _add(waiting, before, _convolve_back(slope, one))
    return waiting["image"] * number(RANGE.white / RANGE.deviation)


def _add(waiting: dict[str, Node], name: str, slope: Node) -> None:
    waiting[name] = waiting[name] + slope if name in waiting else slope


def _between(x: Node) -> Node:
    """1 where ReLU6 passes a slope, between 0 and 6; elsewhere 0."""
    return ops.convert(ops.logical_and(ops.greater(x, number(0)), ops.less(x, number(6))), np.float32)


def _convolve_back(slope: Node, one: Built) -> Node:
    operation = one.operation
    kernel = _kernel(operation)
    begin = _padding(operation, [0, 0])[0]
    if operation.stride > 1:
        back = ops.group_convolution_backprop_data if operation.depthwise else ops.convolution_backprop_data
        return back(slope, kernel, [operation.stride] * 2, pads_begin=begin, pads_end=one.end, dilations=[1, 1])
    turned = np.ascontiguousarray(kernel[..., ::-1, ::-1])
    if operation.depthwise:
        return ops.group_convolution(slope, turned, [1, 1], begin, begin, [1, 1])
    return ops.convolution(slope, np.ascontiguousarray(turned.swapaxes(0, 1)), [1, 1], begin, begin, [1, 1])


def _kernel(operation: Operation) -> np.ndarray:
    """As OpenVINO takes it: (channels, channels before, height, width); of a depthwise one (channels, 1, 1, …)."""
    kernel = weights()[operation.kernel]
    kernel = kernel.transpose(2, 3, 0, 1)[:, :, np.newaxis] if operation.depthwise else kernel.transpose(3, 2, 0, 1)
    return np.ascontiguousarray(kernel)


def _padding(operation: Operation, size: Sequence[int]) -> tuple[list[int], list[int]]:
    """Rows and columns of zeros before and behind an image of this size; see `Operation`."""
    sides = weights()[operation.kernel].shape[:2]
    begin = [(side - operation.stride) // 2 for side in sides]
    odd = [length % operation.stride for length in size]
    return begin, [side - operation.stride - first + more
                   for side, first, more in zip(sides, begin, odd, strict=True)]
