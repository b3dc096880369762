"""A long zoom takes no more memory, descriptors, threads or files at its end than after its first frames.

Only with `pytest tests/test_soak.py --soak 5000 -s`, which prints what it finds.
"""

from pathlib import Path

import psutil
import pytest

from dreamvid import zoom
from dreamvid.events import Event, Frame
from dreamvid.settings import FilmSettings, ZoomSettings


def test_soak(
    picture: Path, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    frames = request.config.getoption("--soak")
    if not frames:
        pytest.skip("only with --soak 5000")
    seen: dict[int, tuple[int, int, int, int]] = {}
    process = psutil.Process()

    def observe(event: Event) -> None:
        if isinstance(event, Frame) and event.done in (frames // 10, frames // 2, frames - 1):
            seen[event.done] = (process.memory_info().rss // 2**20, process.num_fds(), process.num_threads(),
                                len(list(tmp_path.iterdir())))

    settings = ZoomSettings(frames=frames, quality="draft", film=FilmSettings(size=64))
    zoom(picture, tmp_path / "a.mp4", settings, observe=observe)
    with capsys.disabled():
        print({done: dict(zip(("MiB", "descriptors", "threads", "files"), values, strict=True))  # noqa: T201
               for done, values in seen.items()})
    first, *_, last = seen.values()
    assert last[0] - first[0] < 30
    assert last[1:] == first[1:]
