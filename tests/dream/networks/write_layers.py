"""Writes `dreamvid/dream/networks/layers.json`: every layer of every network of keras.applications, and its channels.

    python tests/dream/networks/write_layers.py

Run it when a network is added, or when another version of Keras names or builds layers differently. It builds every
network with random weights, which takes several minutes and 4 GB of memory.
"""

import gc
import json
from pathlib import Path

import keras

import dreamvid
from dreamvid.dream.engines.tensorflow.keras_applications import build, spatial_outputs
from dreamvid.dream.networks.catalogue import CATALOGUE, Entry

TARGET = Path(dreamvid.__file__).parent / "dream" / "networks" / "layers.json"


def layers_of_model(entry: Entry) -> dict[str, int]:
    """The layers of a network without its classifier, from the image upwards, and their channels."""
    return {name: output.shape[-1] for name, output in spatial_outputs(build(entry)).items()}


def main() -> None:
    lines = []
    for entry in CATALOGUE.values():
        if entry.builder:
            lines.append(f"{json.dumps(entry.name)}: {json.dumps(layers_of_model(entry), separators=(',', ':'))}")
            keras.backend.clear_session()
            gc.collect()
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
