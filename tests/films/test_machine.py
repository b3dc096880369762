"""What is said of the machine on which a film is made."""

from dreamvid import __version__
from dreamvid.films.machine import machine


def test_it_is_the_same_each_time_and_knows_what_decides_on_bits() -> None:
    found = machine("none", 1)
    assert found == machine("none", 1)
    assert found["dreamvid"] == __version__
    assert all(found[name] for name in ("python", "numpy", "opencv-python", "ffmpeg", "system", "engine"))
    assert found["devices"] == "none"
