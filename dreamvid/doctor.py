"""Checks that everything dreamvid needs is installed and works."""

import platform
import shutil
import tempfile
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import numpy as np

from dreamvid import __version__
from dreamvid.films import zoom
from dreamvid.films.machine import version_of
from dreamvid.media import ffmpeg
from dreamvid.output.still import write_still
from dreamvid.settings import FilmSettings, ZoomSettings

PACKAGES = ("tensorflow", "numpy", "pillow", "opencv-python", "imageio-ffmpeg", "typer", "safetensors")
ENCODERS = ("libx264", "libx265", "libsvtav1", "libvpx-vp9", "prores_ks", "ffv1", "gif", "libwebp_anim", "aac")


def examine() -> dict[str, str | list[str]]:
    """Findings by name, as text. The last is a self-test that renders a film of five frames and deletes it.

    Raises:
        DreamvidError: what is wrong; the same error that a render would raise.
    """
    from dreamvid.dream.engines import choose_engine, open_engine
    from dreamvid.dream.networks import NetworkRequest

    known = ffmpeg.encoders()
    request = NetworkRequest()
    choice = choose_engine("auto", request.name)
    engine = open_engine(choice.engine)
    network = engine.network(request)
    return {
        "dreamvid": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        **{package: version(package) for package in PACKAGES},
        "openvino": version_of("openvino"),
        "engine": f"{choice.engine}: {choice.reason}",
        "devices": engine.devices(),
        "ffmpeg": f"{ffmpeg.version()} ({ffmpeg.executable()})",
        "encoders": [name for name in ENCODERS if name in known],
        "encoders missing": [name for name in ENCODERS if name not in known],
        "network": network.name,
        "weights": f"sha256 {network.digest}",
        "free disk here": f"{shutil.disk_usage(Path.cwd()).free / 1e9:.1f} GB",
        "self-test": self_test(),
    }


def self_test() -> str:
    """Renders a film of five frames from a picture of noise. Returns its frames, size and time."""
    with tempfile.TemporaryDirectory(prefix="dreamvid-") as folder:
        seed, film = Path(folder) / "seed.png", Path(folder) / "film.mp4"
        noise = np.random.default_rng(0).random((48, 64, 3), dtype=np.float32)
        write_still(seed, noise, overwrite=False)
        made = asdict(zoom(seed, film, ZoomSettings(frames=5, quality="draft", film=FilmSettings(size=128))))
        return f"{made['frames']} frames, {film.stat().st_size} bytes, in {made['seconds']} s"
