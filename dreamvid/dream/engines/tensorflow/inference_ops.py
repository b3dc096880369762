"""The operations that a frozen graph may hold.

A graph is a program, and TensorFlow has operations that read and write files or call Python. So only the operations of
image networks are allowed, and a graph with any other is refused before it is built.
"""

from math import prod
from pathlib import Path

import tensorflow as tf

from dreamvid.errors import WeightsError

_NAMES = """
    Abs Add AddN AddV2 ArgMax AvgPool BatchNormWithGlobalNormalization BatchToSpaceND BiasAdd BroadcastTo Cast
    CheckNumerics Concat ConcatV2 Const Conv2D Conv2DBackpropInput DepthToSpace DepthwiseConv2dNative Dequantize Div
    DivNoNan Elu Equal Erf Exp ExpandDims Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormV2
    FusedBatchNormV3 Gather GatherV2 Greater Identity IdentityN LRN LeakyRelu Less Log LogSoftmax LogicalAnd MatMul
    Max MaxPool MaxPoolV2 Maximum Mean Merge Min Minimum MirrorPad Mul Neg NoOp Pack Pad PadV2 Placeholder
    PlaceholderWithDefault Pow Prod Range Rank RealDiv Relu Relu6 Reshape ResizeBilinear ResizeNearestNeighbor
    ReverseV2 Rsqrt Select SelectV2 Selu Shape Sigmoid Slice Softmax Softplus Softsign SpaceToBatchND SpaceToDepth
    Split SplitV Sqrt Square SquaredDifference Squeeze StopGradient StridedSlice Sub Sum Switch Tanh Tile TopK TopKV2
    Transpose Unpack
    """
ALLOWED = frozenset(_NAMES.split())

LARGEST_CONSTANT = 1 << 26
"""Numbers that one constant may promise beyond those that are in the file."""


def check_operations(graph: tf.compat.v1.GraphDef, path: Path) -> None:
    """Raises WeightsError, naming the first, if a graph holds an operation or a constant that it must not."""
    if graph.library.function:
        raise WeightsError(f"{path} is refused: it holds functions, which a frozen graph has no use for")
    for node in graph.node:
        if node.op not in ALLOWED:
            variable = "Variable" in node.op or node.op == "VarHandleOp"
            why = "the graph is not frozen" if variable else "inference has no use for it"
            raise WeightsError(f"{path} is refused: its operation {node.name!r} is a {node.op}, and {why}")
        if node.op == "Const":
            shape = node.attr["value"].tensor.tensor_shape
            size = prod(max(axis.size, 0) for axis in shape.dim)
            if size > LARGEST_CONSTANT and size > node.ByteSize():
                raise WeightsError(f"{path} is refused: its constant {node.name!r} promises {size} numbers")
