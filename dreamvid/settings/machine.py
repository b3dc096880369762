"""How the machine is used."""

from dataclasses import dataclass

from dreamvid.settings.spec import Settings, setting


@dataclass(frozen=True, kw_only=True)
class MachineSettings(Settings):
    """How the machine is used."""

    panel = "Machine"

    engine: str = setting(
        "auto", "What computes the dreams: openvino is the quickest on processors, for the network that comes with "
        "dreamvid; tensorflow takes every network, and NVIDIA's GPUs. auto chooses. Each rounds in its own way, so a "
        "render that goes on must have the same.", choices=("auto", "openvino", "tensorflow"))
    fast_math: bool = setting(
        False, "Let OpenVINO round to 16 bits where that is quicker; the frames differ in detail.")
    threads: int = setting(0, "Threads that dream; 0 for one on each processor. Their number decides on the last bits "
                           "of the frames, so a render that goes on must have the same.", low=0, high=1024)
