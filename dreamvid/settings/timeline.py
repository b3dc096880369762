"""Settings for curves: the sound and tempo that they use, and options for all of them."""

from dataclasses import dataclass

from dreamvid.settings.spec import Settings, Spec, Time, check, setting, time_of


@dataclass(frozen=True, kw_only=True)
class TimelineSettings(Settings):
    """Settings for curves, which change other settings over time."""

    panel = "Timeline"

    audio: str = setting("", "Sound that curves hear, and that becomes the film's: whatever ffmpeg reads. Without "
                         "--seconds and --frames a zoom is as long.", unset="a clip's own", file="input")
    audio_start: Time = setting(0.0, "Where in the sound to begin.", low=0, high=1e6, unit="seconds")
    audio_offset: Time = setting(0.0, "How much later the sound is heard, such as 40ms.", low=-60, high=60,
                                 unit="seconds")
    bpm: float = setting(0.0, "Beats per minute of the sound, or of a film without one.", low=20, high=400,
                         unset="estimated from the sound")
    first_beat: Time = setting(-1.0, "When in the sound the first beat is.", low=0, high=3600, unit="seconds",
                               unset="estimated, and without a sound 0")
    lead: str = setting("auto", "How much earlier curves are taken, since a dream answers late: auto, as was measured "
                        "for each setting; none; or seconds, such as 0.1.")
    clamp: bool = setting(False, "Hold curves within the ranges of their settings; else a value outside is an error.")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.lead not in ("auto", "none"):
            seconds = time_of("lead", self.lead)
            check("lead", seconds, Spec(help="", low=0, high=2, unit="seconds, or auto, or none"))

    @property
    def shift(self) -> float:
        """The position in the sound, in seconds, that plays at the start of the film."""
        return float(self.audio_start) - float(self.audio_offset)
