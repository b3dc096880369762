"""Every film that can be asked for has its kind."""

import pytest

from dreamvid.films.kinds import KINDS, kind_of
from dreamvid.settings import PICTURE_KINDS, ClipSettings, LoopSettings, ZoomSettings


def test_kinds_are_found_by_command_kind_and_input() -> None:
    found = {id(kind_of("zoom", ZoomSettings(), "picture")), id(kind_of("clip", ClipSettings(), "clip"))}
    found |= {id(kind_of("loop", LoopSettings(kind=kind), "picture")) for kind in PICTURE_KINDS}
    found |= {id(kind_of("loop", LoopSettings(kind=kind), "clip")) for kind in ("crossfade", "bounce")}
    assert found == {id(kind) for kind in KINDS.values()}


def test_a_bounce_of_a_clip_is_another_than_one_of_a_picture() -> None:
    assert KINDS["bounce of a clip"] is not KINDS["bounce of a picture"]


@pytest.mark.parametrize("name", KINDS)
def test_films_are_stored_or_streamed(name: str) -> None:
    streamed = ("zoom", "clip", "bounce of a picture", "bounce of a clip")
    assert KINDS[name].stored == (name not in streamed)
