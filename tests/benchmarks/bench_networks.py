"""The cost of a step, beside the TensorFlow tutorial's: `python tests/benchmarks/bench_networks.py`.

Ten steps on one picture of 512x384, three ways in one run: the tutorial's loop (a Keras model called inside a
`tf.function`, with random shift and tiles) and dreamvid with the same InceptionV3, mixed3 and mixed5, and dreamvid
with its embedded network. The weights are random; a step costs the same with any. Rounds take turns, because machines
drift, and the quickest of each way is compared.

dreamvid's InceptionV3 is to take at most the tutorial's time, its embedded network a quarter of it.
"""

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import keras
import numpy as np
import tensorflow as tf

from dreamvid.arrays import Image
from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.dream.engines.tensorflow.keras_applications import build
from dreamvid.dream.networks import entry_of
from dreamvid.events import ignore
from dreamvid.settings import DreamSettings, values_of

STEPS = 10
LAYERS = ("mixed3", "mixed5")
ONE_SCALE = DreamSettings(octaves=1, steps=STEPS, step_size=0.005)


class TutorialGradients(tf.Module):
    """The tutorial's gradients: the image is rolled, cut into tiles of which the last is left out, and rolled back."""

    def __init__(self, model: keras.Model) -> None:
        super().__init__()
        self.model = model

    @tf.function(input_signature=[tf.TensorSpec((None, None, 3)), tf.TensorSpec((), tf.int32)])
    def __call__(self, image, tile_size):
        shift = tf.random.uniform((2,), -tile_size, tile_size, tf.int32)
        rolled = tf.roll(image, shift, (0, 1))
        slope = tf.zeros_like(rolled)
        tops = tf.range(0, tf.shape(image)[0], tile_size)[:-1]
        lefts = tf.range(0, tf.shape(image)[1], tile_size)[:-1]
        tops = tf.cond(tf.size(tops) > 0, lambda: tops, lambda: tf.zeros((1,), tf.int32))
        lefts = tf.cond(tf.size(lefts) > 0, lambda: lefts, lambda: tf.zeros((1,), tf.int32))
        for top in tops:
            for left in lefts:
                with tf.GradientTape() as tape:
                    tape.watch(rolled)
                    part = rolled[top : top + tile_size, left : left + tile_size]
                    loss = tf.add_n([tf.reduce_mean(activation) for activation in self.model(part[None])])
                slope += tape.gradient(loss, rolled)
        slope = tf.roll(slope, -shift, (0, 1))
        return slope / (tf.math.reduce_std(slope) + 1e-8)


def tutorial(model: keras.Model, picture: Image) -> Callable[[], object]:
    gradients = TutorialGradients(keras.Model(model.input, [model.get_layer(name).output for name in LAYERS]))

    def run() -> np.ndarray:
        image = tf.constant(picture * 2 - 1)
        for _ in range(STEPS):
            image = tf.clip_by_value(image + gradients(image, tf.constant(512)) * 0.01, -1, 1)
        return image.numpy()

    return run


def dreamvid(settings: DreamSettings, picture: Image) -> Callable[[], object]:
    dreamer = build_dreamer(open_engine(), settings)
    values = values_of(settings, dreamer.objective.weights)
    return lambda: dreamer(picture, np.random.default_rng(0), values, ignore)


def main(rounds: int) -> None:
    picture = np.random.default_rng(0).random((384, 512, 3), dtype=np.float32)
    keras.utils.set_random_seed(0)
    model = build(entry_of("inception_v3"))
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "random.weights.h5"
        model.save_weights(weights)
        inception = ONE_SCALE.but(network="inception_v3", weights=str(weights), layers=",".join(LAYERS))
        ways = {
            "the tutorial's loop": tutorial(model, picture),
            "dreamvid, InceptionV3": dreamvid(inception, picture),
            "dreamvid, embedded": dreamvid(ONE_SCALE, picture),
        }
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(rounds + 1):
        for name, run in ways.items():
            wall, processor = perf_counter(), process_time()
            run()
            times[name].append((perf_counter() - wall, process_time() - processor))
    best = {name: np.min(found[1:], axis=0) for name, found in times.items()}  # the first round warms up
    reference = best["the tutorial's loop"]
    for name, (wall, processor) in best.items():
        print(f"{name:24} {wall:6.2f} s, {wall / reference[0]:5.0%}; "
              f"processor {processor:6.2f} s, {processor / reference[1]:5.0%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    main(parser.parse_args().rounds)
