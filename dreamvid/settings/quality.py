"""The values that `quality` sets for each command, and settings that several commands share."""

from typing import Any

from dreamvid.settings.spec import LARGEST_INTEGER, setting


def quality_setting(what: str) -> Any:
    """Declares `quality`, which fills in settings that are not given.

    Args:
        what: these settings, in words.
    """
    return setting("standard", f"Sets the {what} that are not given.", choices=("draft", "standard", "fine"))


def seed_setting(help: str) -> Any:
    """Declares the random seed."""
    return setting(0, help, low=0, high=LARGEST_INTEGER)


def dream_rate_setting() -> Any:
    """Declares how many frames are dreamed per second."""
    return setting(15.0, "Dreams per second. The pictures between two dreams are made of both. With the film's frame "
                   "rate every frame is dreamed.", low=0.1, high=240)


IMAGE_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 8, "step_size": 0.015},
    "standard": {"octaves": 4, "steps": 20, "step_size": 0.01},
    "fine": {"octaves": 5, "steps": 40, "step_size": 0.008},
}

ATLAS_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 8, "step_size": 0.02},
    "standard": {"octaves": 3, "steps": 16, "step_size": 0.015},
    "fine": {"octaves": 3, "steps": 40, "step_size": 0.01},
}

ZOOM_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.012, "encoder_preset": "superfast"},
    "standard": {"octaves": 4, "steps": 2, "step_size": 0.012, "encoder_preset": "veryfast"},
    "fine": {"octaves": 5, "steps": 4, "step_size": 0.009, "encoder_preset": "medium"},
}

CLIP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 2, "steps": 1, "step_size": 0.009, "encoder_preset": "superfast"},
    "standard": {"octaves": 3, "steps": 2, "step_size": 0.007, "encoder_preset": "veryfast"},
    "fine": {"octaves": 4, "steps": 3, "step_size": 0.006, "encoder_preset": "medium"},
}

LOOP_QUALITIES: dict[str, dict[str, Any]] = {
    "draft": {"octaves": 3, "steps": 6, "step_size": 0.016, "encoder_preset": "superfast", "key_every": 1},
    "standard": {"octaves": 4, "steps": 12, "step_size": 0.012, "encoder_preset": "veryfast", "key_every": 1},
    "fine": {"octaves": 5, "steps": 30, "step_size": 0.009, "encoder_preset": "medium", "key_every": 1},
}
