"""Networks: each is image → named activations, a `Network`. What is listed here needs no TensorFlow until it loads."""

from dreamvid.dream.networks.catalogue import CATALOGUE, EMBEDDED, Entry, entry_of, is_graph
from dreamvid.dream.networks.loader import layers_of, load_network, weights_are_here

__all__ = ["CATALOGUE", "EMBEDDED", "Entry", "entry_of", "is_graph", "layers_of", "load_network", "weights_are_here"]
