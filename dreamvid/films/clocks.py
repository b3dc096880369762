"""Makes the clock for evaluating a film's curves: frame rate, length, tempo and sound."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from dreamvid.films.curves import Curves
from dreamvid.films.source import clip_of
from dreamvid.media.sound import samples
from dreamvid.media.source import tracks_of
from dreamvid.settings import TimelineSettings
from dreamvid.timeline.beats import beats_of, phase_of
from dreamvid.timeline.clock import SERIES, Clock, Tempo, Values
from dreamvid.timeline.functions import every
from dreamvid.timeline.sound import RATE, SoundAnalysis, analyse, sampled

if TYPE_CHECKING:
    from dreamvid.films.plan import Plan

Bands = tuple[tuple[float, float], ...]


def clock_of(plan: "Plan", paths: Mapping[str, Path], curves: Curves) -> Clock:
    """The clock of a film. The sound is analysed only if a curve uses it.

    Args:
        plan: the film's plan; `plan.curves` is not used.
        paths: role → input file.
        curves: the curves to evaluate.

    Raises:
        InputError: the sound cannot be read, or the file has no sound.
    """
    wanted, duration = plan.settings.timeline, plan.frames / plan.fps
    path, shift = sound_of(plan, paths)
    beats = curves.names & {"beat", "bar", "beat_pulse"} or curves.units & {"b", "m"}
    hears = curves.names & {*SERIES, "band"} - {"beat_pulse"}
    if path is None or not (hears or (beats and _tempo_is_open(wanted))):
        return Clock(plan.fps, duration, _tempo(wanted, None, shift))
    return sound_clock(analysed(path, curves.bands), wanted, shift, plan.fps, duration)


def sound_clock(
    sound: SoundAnalysis, wanted: TimelineSettings, shift: float, fps: Fraction, duration: Fraction
) -> Clock:
    """The clock of a film with a sound.

    Args:
        shift: position in the sound at the start of the film, in seconds.
    """
    tempo = _tempo(wanted, sound, shift)
    if tempo is None and (found := beats_of(sound)) is not None:
        tempo = Tempo(found.beats - shift)
    series = {name: partial(_series, sound, name, shift) for name in SERIES if name != "beat_pulse"}
    if tempo is not None:
        series["beat_pulse"] = partial(_pulse, tempo)
    return Clock(fps, duration, tempo, series, lambda low, high: partial(_band, sound, (low, high), shift))


def _pulse(tempo: Tempo, times: Values) -> Values:
    return every(tempo.at(times))


def _series(sound: SoundAnalysis, name: str, shift: float, times: Values) -> Values:
    return sound.at(name, times + shift)


def _band(sound: SoundAnalysis, band: tuple[float, float], shift: float, times: Values) -> Values:
    return sampled(sound.band(*band), times + shift)


def _tempo_is_open(wanted: TimelineSettings) -> bool:
    return not wanted.bpm or float(wanted.first_beat) < 0


def _tempo(wanted: TimelineSettings, sound: SoundAnalysis | None, shift: float) -> Tempo | None:
    """The tempo from the settings, if given. A missing first beat is estimated from the sound."""
    if not wanted.bpm:
        return None
    first = float(wanted.first_beat)
    if first < 0:
        first = shift if sound is None else phase_of(sound, wanted.bpm)
    return Tempo.steady(wanted.bpm, first - shift)


def sound_of(plan: "Plan", paths: Mapping[str, Path]) -> tuple[Path | None, float]:
    """The file with a film's sound, and the position in it at the start of the film, in seconds."""
    if "audio" in paths:
        return paths["audio"], plan.settings.timeline.shift
    tracks = tracks_of(clip_of(plan, paths)) if plan.role == "clip" else None
    if tracks is None or not any(track.kind == "Audio" for track in tracks.tracks):
        return None, 0.0
    return tracks.path, float(tracks.shown)


def analysed(path: Path, bands: Collection[tuple[float, float]] = ()) -> SoundAnalysis:
    """Analyses a file's sound; recent results are cached.

    Args:
        bands: further frequency bands to analyse, in hertz.

    Raises:
        InputError: the file is missing, or has no sound that can be decoded.
    """
    found = path.stat() if path.exists() else None
    return _analysed(path, tuple(bands), found and (found.st_size, found.st_mtime_ns))


@lru_cache(maxsize=2)
def _analysed(path: Path, bands: Bands, _: object) -> SoundAnalysis:
    return analyse(samples(path, RATE), bands)
