"""Every setting once: its default, range, unit and meaning. One module a command, and one for each part they share.

The command line's options, `--help`, the library's arguments and the checks all come from these classes.
A field whose default is `None` takes its value from the quality table of its command, or what its `unset` says.
"""

from dreamvid.settings.atlas import AtlasSettings as AtlasSettings
from dreamvid.settings.clip import ClipSettings as ClipSettings
from dreamvid.settings.commands import COMMANDS as COMMANDS
from dreamvid.settings.dream import MAX_PIXELS as MAX_PIXELS
from dreamvid.settings.dream import DreamSettings as DreamSettings
from dreamvid.settings.encode import EncodeSettings as EncodeSettings
from dreamvid.settings.film import ENCODER_PRESETS as ENCODER_PRESETS
from dreamvid.settings.film import EncoderSettings as EncoderSettings
from dreamvid.settings.film import FilmSettings as FilmSettings
from dreamvid.settings.film import bits_a_second as bits_a_second
from dreamvid.settings.film import file_size as file_size
from dreamvid.settings.film import frame_rate as frame_rate
from dreamvid.settings.image import ImageSettings as ImageSettings
from dreamvid.settings.loop import PICTURE_KINDS as PICTURE_KINDS
from dreamvid.settings.loop import DiveSettings as DiveSettings
from dreamvid.settings.loop import LoopSettings as LoopSettings
from dreamvid.settings.loop import LoopSourceSettings as LoopSourceSettings
from dreamvid.settings.motion import CameraSettings as CameraSettings
from dreamvid.settings.motion import CarrySettings as CarrySettings
from dreamvid.settings.result import ResultSettings as ResultSettings
from dreamvid.settings.source import CoherenceSettings as CoherenceSettings
from dreamvid.settings.source import ShowSettings as ShowSettings
from dreamvid.settings.source import SourceSettings as SourceSettings
from dreamvid.settings.spec import LARGEST_INTEGER as LARGEST_INTEGER
from dreamvid.settings.spec import Settings as Settings
from dreamvid.settings.spec import Spec as Spec
from dreamvid.settings.spec import build as build
from dreamvid.settings.spec import check as check
from dreamvid.settings.spec import filled as filled
from dreamvid.settings.spec import leaves as leaves
from dreamvid.settings.spec import option_of as option_of
from dreamvid.settings.spec import setting as setting
from dreamvid.settings.spec import spec_of as spec_of
from dreamvid.settings.table import Value as Value
from dreamvid.settings.table import files_read as files_read
from dreamvid.settings.table import from_table as from_table
from dreamvid.settings.table import key_of as key_of
from dreamvid.settings.table import keys_of as keys_of
from dreamvid.settings.table import near as near
from dreamvid.settings.table import parsed as parsed
from dreamvid.settings.table import to_table as to_table
from dreamvid.settings.table import type_of as type_of
from dreamvid.settings.work import WorkSettings as WorkSettings
from dreamvid.settings.zoom import ZoomSettings as ZoomSettings
