"""The scenes of a clip, found once and then cached."""

from dataclasses import astuple

from dreamvid.media import cache
from dreamvid.media.source import Source
from dreamvid.motion.scenes import SIDE, Scene, scan
from dreamvid.settings import SourceSettings

_VERSION = 1
"""Increase this when `scan` changes its results, to invalidate the cache."""


def cached_scan(source: Source, digest: str, values: SourceSettings, *, find: bool) -> tuple[Scene, ...]:
    """The scenes of a clip; the last one ends with its last frame.

    Args:
        source: the clip. It is read once, unless its scenes are cached; those of a damaged clip are not.
        digest: of the clip's content; see `fingerprint`.
        values: those that the clip was opened with.
        find: whether cuts are looked for; if not, all frames are one scene.

    Raises:
        InputError, FFmpegError: see `Source.read`.
    """
    key = f"scan {_VERSION} {digest} {values} {find}"
    known = cache.get(key)
    if known is None:
        scenes = scan(source.small(SIDE), find=find)
        if not source.lost:  # otherwise the warning about damage would not be repeated
            cache.put(key, [astuple(scene) for scene in scenes])
        return scenes
    return tuple(Scene(first, stop, tuple(held)) for first, stop, held in known)
