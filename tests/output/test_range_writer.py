"""The writer of one range: a record names all that a film needs of it, and an unfinished range goes on."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from dreamvid.arrays import Size, from_uint8
from dreamvid.output.range_writer import RangeWriter
from dreamvid.output.segments import Destination, format_of
from dreamvid.output.store import Store
from dreamvid.settings import EncoderSettings
from tests.media import noise, pixels

SIZE = Size(32, 16)
NAME, SPAN = "range-00000003-00000007", (3, 7)
IMAGES = [from_uint8(noise(SIZE, n)) for n in range(7)]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path).begin()


def opened(store: Store) -> RangeWriter:
    film = Destination(output="film.mkv", size=SIZE, fps=Fraction(25), frames=7, encoder=EncoderSettings(codec="ffv1"))
    return RangeWriter(store, NAME, destination=film, form=format_of(film), span=SPAN, wanted=[4])


def test_a_range_that_was_left_goes_on_and_its_record_names_its_files(store: Store) -> None:
    writer = opened(store)
    for n in (3, 4):
        writer.write(IMAGES[n], IMAGES[n])
    writer.close()
    writer = opened(store)
    assert writer.frames == 2
    np.testing.assert_array_equal(writer.carry, IMAGES[4])
    for n in (5, 6):
        writer.write(IMAGES[n], None if n == 5 else IMAGES[0])
    np.testing.assert_array_equal(from_uint8(writer.kept(4)), IMAGES[4])
    writer.commit()
    writer.wait()
    writer.close()
    body = store.get(NAME) or {}
    assert (body["frames"], body["numbers"]) == (4, [4])
    np.testing.assert_array_equal(store.array(body["carry"]), IMAGES[0])
    np.testing.assert_array_equal(pixels(store.path(body["segment"])), pixels(IMAGES[3:]))
    store.collect()
    assert {path.name for path in (store.folder / "files").iterdir()} == set(body["files"])
    assert list((store.folder / "progress").iterdir()) == []


def test_a_picture_of_another_size_is_a_mistake_of_the_caller(store: Store) -> None:
    writer = opened(store)
    with pytest.raises(ValueError, match="16x16"):
        writer.write(np.zeros((16, 16, 3), np.float32), None)
    writer.close()
