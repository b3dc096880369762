"""Nodes of OpenVINO's graphs."""

from typing import Any

import numpy as np
from openvino import opset13 as ops

Node = Any
"""A node. OpenVINO's own types leave out its arithmetic."""


def number(value: float) -> Node:
    """A constant of float32. A bare number beside a node would become another type."""
    return ops.constant(value, np.float32)


def shape_of(node: Node) -> tuple[int, ...]:
    """The shape of a node's output, which is known in all graphs here."""
    return tuple(node.get_output_shape(0))
