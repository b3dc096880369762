"""dreamvid: DeepDream films."""

__version__ = "0.1.0"
