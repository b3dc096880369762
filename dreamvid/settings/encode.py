"""Settings of `dreamvid encode`."""

from dataclasses import dataclass

from dreamvid.settings.film import EncoderSettings
from dreamvid.settings.source import SourceSettings
from dreamvid.settings.spec import Settings, setting


@dataclass(frozen=True, kw_only=True)
class EncodeSettings(Settings):
    """What of a film, or of pictures, is encoded anew, and how."""

    source: SourceSettings = SourceSettings()
    audio: bool = setting(True, "Keep the film's sound and subtitles.")
    film: EncoderSettings = EncoderSettings()
