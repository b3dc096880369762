"""What is said before a render whose image is too small or too large for the network, or for the machine."""

import pytest

from dreamvid.arrays import Size
from dreamvid.dream.dreamer import build_dreamer
from dreamvid.dream.engines import open_engine
from dreamvid.settings import DreamSettings
from dreamvid.stills.dreaming import warn_of_limits

GB = 10**9


@pytest.mark.parametrize(("size", "tile", "free", "fits"), [
    (Size(1920, 1080), 0, GB, 1344), (Size(3840, 2160), 0, GB, 1344), (Size(1920, 1080), 1024, GB // 4, 640),
    (Size(1920, 1080), 0, 0, 128),
])
def test_a_tile_that_takes_more_memory_than_there_is(size: Size, tile: int, free: int, fits: int) -> None:
    said: list[str] = []
    dreamer = build_dreamer(open_engine("openvino"), DreamSettings(tile=tile))
    warn_of_limits(dreamer, size, said.append, free)
    assert len(said) == 1
    assert said[0].endswith(f"{fits} takes less")
    smaller = build_dreamer(open_engine("openvino"), DreamSettings(tile=fits))
    warn_of_limits(smaller, size, said.append, max(free, GB // 20))
    assert len(said) == 1


def test_nothing_is_said_where_it_fits() -> None:
    said: list[str] = []
    warn_of_limits(build_dreamer(open_engine("openvino"), DreamSettings()), Size(1920, 1080), said.append)
    warn_of_limits(build_dreamer(open_engine("openvino"), DreamSettings()), Size(640, 360), said.append, GB // 5)
    assert said == []
