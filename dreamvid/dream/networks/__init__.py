"""Networks: each is image → named activations, a `Network`."""

from dreamvid.dream.networks.efficientnet_lite import load_network
from dreamvid.dream.networks.network import Network

__all__ = ["Network", "load_network"]
