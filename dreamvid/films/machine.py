"""Describes the machine, on which a render's frames depend besides its settings."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dreamvid import __version__
from dreamvid.media import ffmpeg

_PACKAGES = ("tensorflow", "keras", "openvino", "numpy", "opencv-python", "pillow", "scenedetect")


def machine(engine: str, threads: int) -> dict[str, str]:
    """Versions of packages, the processor, and the devices of an engine, by name."""
    from dreamvid.dream.engines import open_engine

    return {
        "dreamvid": __version__,
        "python": platform.python_version(),
        **{name: version_of(name) for name in _PACKAGES},
        "ffmpeg": ffmpeg.version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "engine": engine,
        "devices": ", ".join(open_engine(engine, threads).devices()) if engine != "none" else "none",
    }


def version_of(package: str) -> str:
    """The version of an installed package, in words."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed by that name"


def _processor() -> str:
    """The processor's model. Another model may have other instructions and round differently."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
                platform.processor())
