"""The lead of a curve: how much earlier it is evaluated, so that the picture follows it on time."""

from dreamvid.settings import time_of

LEADS: dict[str, float] = {"smooth": 0.333, "spectrum": 0.333, "weights": 0.133}
"""Field of `FrameValues` → seconds from a step in the value to half of its effect in the picture; 0 for others.

`tests/benchmarks/bench_lead.py` measured them on zooms of 30 frames and 15 dreams a second. The camera, blend, step
size, tv and colour take effect in the next frame; so does strength where it follows a sound (`bench_answer.py`).
"""


def lead_of(wanted: str, name: str) -> float:
    """The lead of a curve, in seconds.

    Args:
        wanted: auto, none, or a number of seconds.
        name: the field of `FrameValues`.
    """
    if wanted == "none":
        return 0.0
    return LEADS.get(name, 0.0) if wanted == "auto" else _seconds(wanted)


def _seconds(text: str) -> float:
    return float(time_of("lead", text))
