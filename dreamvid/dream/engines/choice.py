"""Which engine computes a network on this machine, and why. TensorFlow is not imported to find out."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from dreamvid.dream.engines import open_engine
from dreamvid.dream.networks.catalogue import EMBEDDED
from dreamvid.errors import SettingError


class Choice(NamedTuple):
    """An engine and the reason why it computes; `warning` if the person should be told."""

    engine: str
    reason: str
    warning: bool = False


def choose_engine(wanted: str, network: str) -> Choice:
    """The engine that computes a network.

    Args:
        wanted: a name in `ENGINES`, or `auto`.
        network: its name, or the path of a frozen graph.

    Raises:
        SettingError: OpenVINO is wanted, and cannot be loaded or does not take the network.
    """
    if wanted == "tensorflow":
        return Choice(wanted, "it was asked for")
    if network != EMBEDDED:
        if wanted == "auto":
            return Choice("tensorflow", f"OpenVINO takes the network {EMBEDDED} alone")
        raise SettingError("engine", wanted, f"it takes the network {EMBEDDED} alone; tensorflow computes {network}")
    if wanted == "auto" and has_gpu():
        return Choice("tensorflow", "there is an NVIDIA GPU")
    try:
        open_engine("openvino")
    except SettingError as error:
        if wanted == "auto":
            return Choice("tensorflow", error.problem, warning=True)
        raise
    return Choice("openvino", "it was asked for" if wanted != "auto" else "it is quickest on processors")


def has_gpu() -> bool:
    """Whether TensorFlow is likely to compute on an NVIDIA GPU.

    NVIDIA's driver must be there, and the CUDA packages that come with `tensorflow[and-cuda]`. CUDA that was installed
    in another way is not seen: then the engine has to be asked for.
    """
    driver = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None
    return driver and find_spec("nvidia") is not None
