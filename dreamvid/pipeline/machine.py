"""What a render's frames depend on besides its settings: versions, devices, threads."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dreamvid import __version__
from dreamvid.video import ffmpeg

_PACKAGES = ("tensorflow", "keras", "numpy", "opencv-python", "pillow", "scenedetect")


def machine() -> dict[str, str]:
    """The versions, the processor and the devices, by name."""
    from dreamvid.dream.devices import devices

    return {
        "dreamvid": __version__,
        "python": platform.python_version(),
        **{name: _version(name) for name in _PACKAGES},
        "ffmpeg": ffmpeg.version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "threads": str(_threads()),
        "devices": ", ".join(devices()),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed by that name"


def _threads() -> int:
    # Sums are taken in another order with another number of threads.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    """The processor's model: another may have other instructions, and round otherwise."""
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")),
                platform.processor())
