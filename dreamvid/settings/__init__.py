"""Declares every setting once: default, range, unit and meaning. `commands.py` combines them for each command.

The command line's options, `--help`, the library's arguments and the checks all come from these classes.
No value is `None`. A default outside the allowed range, such as 0 pixels, means "not given". Such a setting is *open*:
its value comes from the quality table of the command, or is what the setting's `unset` describes.
"""

from dreamvid.settings.commands import (
    COMMANDS, AtlasSettings, ClipSettings, EncodeSettings, ImageSettings, ZoomSettings,
)
from dreamvid.settings.loop import PICTURE_KINDS, DiveSettings, LoopSettings, LoopSourceSettings
from dreamvid.settings.dream import MAX_PIXELS, DreamSettings, MachineSettings
from dreamvid.settings.parts import (
    ENCODER_PRESETS, CameraSettings, CarrySettings, CoherenceSettings, EncoderSettings, FilmSettings,
    ResultSettings, ShowSettings, SourceSettings, TimelineSettings, WorkSettings, bits_a_second, file_size, frame_rate,
    point,
)
from dreamvid.settings.files import unknown_variables
from dreamvid.settings.precedence import without_derived, preset_rank, ranked, requested, resolve, effective
from dreamvid.settings.spec import (
    LARGEST_INTEGER, Curve, Settings, Spec, Time, build, check, filled, is_curve, is_given, is_open, key_of, leaves,
    near, number_or_text, plain, setting, spec_of, time_of,
)
from dreamvid.settings.table import (
    Value, files_read, from_table, from_text, key_named, keys_of, parsed, to_table, type_of,
)
from dreamvid.settings.values import FrameValues, values_of

__all__ = [
    "COMMANDS", "ENCODER_PRESETS", "LARGEST_INTEGER", "MAX_PIXELS", "PICTURE_KINDS", "AtlasSettings",
    "CameraSettings", "CarrySettings", "ClipSettings", "CoherenceSettings", "Curve", "DiveSettings", "DreamSettings",
    "EncodeSettings", "EncoderSettings", "FilmSettings", "FrameValues", "ImageSettings", "LoopSettings",
    "LoopSourceSettings", "MachineSettings", "ResultSettings", "Settings", "ShowSettings", "SourceSettings", "Spec",
    "Time", "TimelineSettings", "Value", "WorkSettings", "ZoomSettings", "bits_a_second", "build", "check",
    "effective", "file_size", "files_read", "filled", "frame_rate", "from_table", "from_text", "is_curve", "is_given",
    "is_open", "key_named", "key_of", "keys_of", "leaves", "near", "number_or_text", "parsed", "plain", "point",
    "preset_rank", "ranked", "requested", "resolve", "setting", "spec_of", "time_of", "to_table", "type_of",
    "unknown_variables", "values_of", "without_derived",
]
