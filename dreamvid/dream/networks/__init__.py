"""Networks: what is known of each, and where their weights are. Engines load them; nothing here computes."""

from dreamvid.dream.networks.catalogue import CATALOGUE, EMBEDDED, Entry, entry_of, is_graph
from dreamvid.dream.networks.describe import describe, layers_of, weights_are_here, weights_digest
from dreamvid.dream.networks.network import Network, NetworkFacts
from dreamvid.dream.networks.request import NetworkRequest, request_of

__all__ = [
    "CATALOGUE", "EMBEDDED", "Entry", "Network", "NetworkFacts", "NetworkRequest", "describe", "entry_of", "is_graph",
    "layers_of", "request_of", "weights_are_here", "weights_digest",
]
