"""Any frozen TensorFlow graph, such as Inception v1's `tensorflow_inception_graph.pb`, as a network.

Its operations are its layers. The original DeepDream notebook for TensorFlow (Mordvintsev, 2015) names them so.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import log2, prod
from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError

from dreamvid.dream.networks.network import Network
from dreamvid.dream.networks.request import GraphInput
from dreamvid.dream.networks.weight_files import Stamp, check_file, digest_of, stamp_of
from dreamvid.errors import SettingError, WeightsError
from dreamvid.settings.dream import TILE

LARGEST_FILE = 1 << 31
"""Bytes; no protocol buffer is larger."""

PROBE = 512
"""Side, in pixels, of the image whose way through the graph tells the layers' shapes."""

INCEPTION_V1_LAYER = "mixed4c"
"""What the original notebook dreams, by the mean of its squares."""


def load_graph(path: Path, source: GraphInput) -> Network:
    """A frozen graph from its file; it is read again only if the file has changed.

    Raises:
        WeightsError: it is missing, damaged, not a frozen graph, or holds operations that inference does not need.
        SettingError: the graph has no such input.
    """
    return _loaded(path, source, stamp_of(path))


@lru_cache(4)
def _loaded(path: Path, source: GraphInput, stamp: Stamp | None) -> Network:  # noqa: ARG001 - it tells files apart
    check_file(path)
    digest = digest_of(path)
    graph = _read(path)
    entrance = _entrance(graph, source.name, path.name)
    shapes = _shapes(graph, entrance, path)

    def activations(image: tf.Tensor, names: Sequence[str]) -> list[tf.Tensor]:
        return _run(graph, entrance, image * source.scale - source.mean, names)

    return Network(
        name=path.name, channels={name: shape[3] for name, shape in shapes.items()}, activations=activations,
        stride=_stride(shapes), smallest=32, tile=TILE, digest=digest,
        default_layers=INCEPTION_V1_LAYER if INCEPTION_V1_LAYER in shapes else "", objective="mean-square",
    )


def _read(path: Path) -> tf.compat.v1.GraphDef:
    if path.stat().st_size > LARGEST_FILE:
        raise WeightsError(f"{path} is not a frozen graph: it is larger than 2 GiB")
    graph = tf.compat.v1.GraphDef()
    try:
        graph.ParseFromString(path.read_bytes())
    except DecodeError as error:
        raise WeightsError(f"{path} is not a frozen graph, or is damaged") from error
    if not graph.node:
        raise WeightsError(f"{path} is not a frozen graph: it has no operations; a SavedModel has to be frozen first")
    check_operations(graph, path)
    return graph


def _entrance(graph: tf.compat.v1.GraphDef, name: str, file: str) -> str:
    """The name of the placeholder that takes the image."""
    placeholders = [node.name for node in graph.node if node.op == "Placeholder"]
    if not name and len(placeholders) == 1:
        return placeholders[0]
    wanted = name or "input"
    if wanted not in {node.name for node in graph.node}:
        raise SettingError("graph_input", wanted, f"the inputs of {file} are {', '.join(placeholders) or 'none'}")
    return wanted


def _shapes(graph: tf.compat.v1.GraphDef, entrance: str, path: Path) -> dict[str, tuple[int, ...]]:
    """The operations that make activations of the image, and their shapes for one of `PROBE` pixels a side."""
    with tf.Graph().as_default() as trial:
        image = tf.compat.v1.placeholder(tf.float32, (1, PROBE, PROBE, 3))
        try:
            tf.graph_util.import_graph_def(graph, {f"{entrance}:0": image}, name="graph")
        except ValueError as error:
            raise WeightsError(f"{path} cannot be used with a colour image at {entrance!r}: {error}") from error
    reached, shapes = {image.op.name}, {}
    for operation in trial.get_operations():  # in an order in which every operation follows its inputs
        if reached.isdisjoint(value.op.name for value in operation.inputs):
            continue
        reached.add(operation.name)
        for value in operation.outputs[:1]:
            if value.dtype == tf.float32 and value.shape.is_fully_defined() and value.shape.rank == 4:
                shapes[operation.name.removeprefix("graph/")] = tuple(value.shape.as_list())
    if not shapes:
        raise WeightsError(f"{path} makes no activations of an image at {entrance!r}")
    return shapes


def _stride(shapes: dict[str, tuple[int, ...]]) -> int:
    """Pixels between positions of the coarsest layer, as a power of two; a pooling of everything does not count."""
    rows = min((shape[1] for shape in shapes.values() if shape[1] >= PROBE // 64), default=PROBE)
    return 2 ** round(log2(PROBE / rows))


def _run(
    graph: tf.compat.v1.GraphDef, entrance: str, image: tf.Tensor, names: Sequence[str]
) -> list[tf.Tensor]:
    """Adds what leads from the image to these operations to the graph that is being built."""
    part = _ancestors(graph, entrance, names)
    return tf.graph_util.import_graph_def(part, {f"{entrance}:0": image}, [f"{name}:0" for name in names], name="graph")


def _ancestors(graph: tf.compat.v1.GraphDef, entrance: str, names: Sequence[str]) -> tf.compat.v1.GraphDef:
    """The part of a graph that these operations need, beginning at the entrance."""
    nodes = {node.name: node for node in graph.node}
    needed, waiting = {entrance}, list(names)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += [source.lstrip("^").partition(":")[0] for source in nodes[name].input]
    needed.remove(entrance)
    part = tf.compat.v1.GraphDef(versions=graph.versions)
    part.node.extend(node for node in graph.node if node.name in needed)
    return part


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
"""Numbers that one constant may declare beyond those that are in the file."""


def check_operations(graph: tf.compat.v1.GraphDef, path: Path) -> None:
    """Raises WeightsError, naming the first, if a graph holds an operation or a constant that it must not."""
    if graph.library.function:
        raise WeightsError(f"{path} is refused: it holds functions, which a frozen graph does not need")
    for node in graph.node:
        if node.op not in ALLOWED:
            variable = "Variable" in node.op or node.op == "VarHandleOp"
            why = "the graph is not frozen" if variable else "inference does not need it"
            raise WeightsError(f"{path} is refused: its operation {node.name!r} is a {node.op}, and {why}")
        if node.op == "Const":
            shape = node.attr["value"].tensor.tensor_shape
            size = prod(max(axis.size, 0) for axis in shape.dim)
            if size > LARGEST_CONSTANT and size > node.ByteSize():
                raise WeightsError(f"{path} is refused: its constant {node.name!r} declares {size} numbers")
