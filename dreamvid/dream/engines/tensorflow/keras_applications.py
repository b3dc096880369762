"""The networks of keras.applications: built in code, given their weights, and frozen."""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from dreamvid.dream.engines.tensorflow.checkpoint import load_weights
from dreamvid.dream.networks.catalogue import Entry
from dreamvid.dream.networks.efficientnet_lite import CLASSES
from dreamvid.dream.networks.network import LOGITS, Network, facts_of
from dreamvid.dream.networks.weight_files import check_weights, digest_of, has_classifier
from dreamvid.errors import SettingError

NASNET_SIDE = 32 * 7 + 1

# of ImageNet, RGB from 0 to 1, and BGR from 0 to 255
_MEAN, _DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
_CAFFE_MEAN = np.array([103.939, 116.779, 123.68], np.float32)


def _efficientnet(image: tf.Tensor) -> tf.Tensor:
    # The network's first layers divide by the root of the variance in the weights, but the weights hold the standard
    # deviation there. So the image must be divided by the other root; Keras adds a layer for this only if it loads its
    # own ImageNet weights.
    return ((image - _MEAN) / np.sqrt(_DEVIATION) + _MEAN) * 255.0


def _nasnet(image: tf.Tensor) -> tf.Tensor:
    # Its paths meet only where every halving is of an even size: at sides of 32 n + 1. So the image is continued to
    # that by its mirror image.
    height, width = tf.unstack(tf.math.floormod(1 - tf.shape(image)[1:3], 32))
    return tf.pad(image, [[0, 0], [0, height], [0, width], [0, 0]], "SYMMETRIC") * 2.0 - 1.0


SCALINGS: dict[str, Callable[[tf.Tensor], tf.Tensor]] = {
    "tf": lambda image: image * 2.0 - 1.0,
    "caffe": lambda image: tf.reverse(image, [-1]) * 255.0 - _CAFFE_MEAN,
    "torch": lambda image: (image - _MEAN) / _DEVIATION,
    "inside": lambda image: image * 255.0,  # the network's own first layers do the rest
    "efficientnet": _efficientnet,
    "nasnet": _nasnet,
}
"""Values in [0, 1] → a network's own input range. The names are those of Keras where it has names."""


def load_keras(entry: Entry, path: Path) -> Network:
    """A network with the weights in a file; it has the layer `logits` if the file holds the classifier.

    Raises:
        WeightsError: the file is missing, damaged, unsafe, or holds another network's weights.
    """
    check_weights(path)
    digest = digest_of(path)
    model = build(entry, classifier=has_classifier(path, CLASSES) and entry.has_classes)
    load_weights(entry.name, model, stable_names(model), path)
    return freeze(model, entry, digest)


def build(entry: Entry, *, classifier: bool = False) -> keras.Model:
    """The network with random weights, for images of any size."""
    if keras.backend.backend() != "tensorflow" or keras.config.image_data_format() != "channels_last":
        raise SettingError("Keras is set to another backend or data format; dreamvid needs tensorflow, channels_last")
    builder = getattr(keras.applications, entry.builder)
    if entry.scaling == "nasnet":
        # it compares sizes while it is built; once it stands, its layers take any size that `_nasnet` makes
        fixed = builder(weights=None, include_top=False, input_shape=(NASNET_SIDE, NASNET_SIDE, 3))
        model = keras.models.clone_model(fixed, input_tensors=keras.Input((None, None, 3)))
    else:
        model = builder(weights=None, include_top=False, input_shape=(None, None, 3))
    if classifier:
        # a dense layer works on the last axis, so the classifier stands at every position, without pooling
        logits = keras.layers.Dense(CLASSES, name=LOGITS)(model.output)
        model = keras.Model(model.input, logits, name=model.name)
    return model


def freeze(model: keras.Model, entry: Entry, digest: str) -> Network:
    """The model as a `Network`. Its weights become constants wherever its activations are asked for."""
    outputs = spatial_outputs(model)
    scale = SCALINGS[entry.scaling]

    def activations(image: tf.Tensor, names: Sequence[str]) -> list[tf.Tensor]:
        # A model that ends at these layers holds nothing beyond them, and called with constants in place of its
        # variables it reads none: TensorFlow then folds the batch norms and keeps no state.
        part = keras.Model(model.input, {name: outputs[name] for name in names})
        called = part.stateless_call(
            _constants(part.trainable_variables), _constants(part.non_trainable_variables), scale(image),
            training=False,
        )
        found = called[0]
        return [found[name] for name in names]

    channels = {name: output.shape[-1] for name, output in outputs.items()}
    return Network(**vars(facts_of(entry, channels)), activations=activations, digest=digest)


def _constants(variables: Sequence[keras.Variable]) -> list[tf.Tensor]:
    with tf.init_scope():
        values = [variable.numpy() for variable in variables]
    return [tf.constant(value) for value in values]


def spatial_outputs(model: keras.Model) -> dict[str, keras.KerasTensor]:
    """The layers that have positions, by their stable names, from the image upwards."""
    names = stable_names(model)
    return {
        names[layer.name]: layer.output
        for layer in model.layers
        if not isinstance(layer, keras.layers.InputLayer) and len(layer.output.shape) == 4 and not layer.output.shape[1]
    }


def stable_names(model: keras.Model) -> dict[str, str]:
    """Layer names → the names that the layers have if the model is the first that a process builds.

    Keras numbers unnamed layers on from model to model: `conv2d_85` of the first InceptionV3 is `conv2d_179` of the
    second. Numbers are counted here from the first of the model itself.
    """
    numbered: defaultdict[str, dict[int, str]] = defaultdict(dict)
    names = {layer.name: layer.name for layer in model.layers}
    for layer in model.layers:
        kind = _snake_case(type(layer).__name__)
        match = re.fullmatch(rf"{kind}(?:_(\d+))?", layer.name)
        if match:
            numbered[kind][int(match[1] or 0)] = layer.name
    for kind, members in numbered.items():
        first = min(members)
        names |= {name: f"{kind}_{n - first}" if n > first else kind for n, name in members.items()}
    return names


def _snake_case(name: str) -> str:
    """'MaxPooling2D' → 'max_pooling2d', 'ReLU' → 're_lu', as Keras names layers."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()
