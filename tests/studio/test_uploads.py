"""Uploads: stored part by part, with limits; nothing is left of one that fails."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dreamvid.errors import InputError, ResourceError
from dreamvid.studio import uploads
from dreamvid.studio.folder import open_studio


async def parts(*sizes: int) -> AsyncIterator[bytes]:
    for size in sizes:
        yield bytes(size)


def received(folder: Path, content: AsyncIterator[bytes], length: int = 0, **limits: int) -> str:
    return asyncio.run(uploads.receive(open_studio(folder), "clip.mp4", length, content, **limits))


def test_an_upload_comes_in_parts(tmp_path: Path) -> None:
    found = uploads.find(open_studio(tmp_path), received(tmp_path, parts(70_000, 0, 5)))
    assert (found.name, found.stat().st_size) == ("clip.mp4", 70_005)
    assert uploads.files(open_studio(tmp_path)) == [found]


def test_a_file_over_four_gigabytes_is_refused_before_it_comes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the page takes 4\.3 GB; the command line takes any"):
        received(tmp_path, parts(1), (4 << 30) + 1)


def test_a_file_that_says_no_length_is_refused_at_the_limit(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match="larger than"):
        received(tmp_path, parts(60_000, 60_000), largest=100_000)
    assert uploads.files(open_studio(tmp_path)) == []
    assert list((tmp_path / ".studio" / "uploads").iterdir()) == []


def test_a_file_that_the_disk_cannot_hold_is_refused_before_it_comes(tiny_disk: Path) -> None:
    with pytest.raises(ResourceError, match="no room"):
        received(tiny_disk, parts(1), 1 << 20, room=0)


def test_a_disk_that_fills_up_while_a_file_comes_keeps_nothing_of_it(tiny_disk: Path) -> None:
    async def beside_another_program() -> AsyncIterator[bytes]:
        yield bytes(50_000)
        (tiny_disk / "other").write_bytes(bytes(os.statvfs(tiny_disk).f_bavail * os.statvfs(tiny_disk).f_frsize))
        yield bytes(100_000)

    with pytest.raises(ResourceError, match="the disk is full"):
        received(tiny_disk, beside_another_program(), room=0)
    assert list((tiny_disk / ".studio" / "uploads").iterdir()) == []
