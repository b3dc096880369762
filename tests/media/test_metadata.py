"""The text that a result carries: the same in every format, and without a change to a pixel."""

from collections.abc import Callable
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageSequence

from dreamvid import __version__
from dreamvid.arrays import Image, Size
from dreamvid.errors import InputError, OutputError, ResourceError
from dreamvid.media.fingerprint import fingerprint
from dreamvid.media.metadata import embed, read, text_in
from dreamvid.media.metadata.formats import CARRIERS
from dreamvid.media.source import open_source, tracks_of
from dreamvid.media.still import STILL_SUFFIXES, xmp_in
from dreamvid.output.formats import CONTAINERS
from dreamvid.output.still import write_still
from dreamvid.recipe import LARGEST, MARK, Input, Recipe, to_toml
from dreamvid.settings import EncoderSettings, SourceSettings
from dreamvid.stills.recipe import copied_recipe
from tests.media import hashes, make_film, writing

TEXT = MARK + '"0.1"\na = "b;c#d\\\\e=f"\n\\ends\\\n\n[x]\n; # ünï 漢 <&> "\'\n<dreamvid:recipe>]]>\n'
TEXT += "long" * 500 + "\n"
SIZE = Size(63, 48)


def frame(n: int) -> Image:
    rows, columns = np.mgrid[: SIZE.height, : SIZE.width].astype(np.float32) / 63
    return np.stack([(rows + n / 9) % 1, columns, (rows * columns + n / 7) % 1], axis=-1).astype(np.float32)


def film(path: Path, recipe: str | None, count: int = 4, **options: object) -> Path:
    values = EncoderSettings(encoder_preset="superfast", **options)  # type: ignore[arg-type]
    with writing(path, SIZE, Fraction(25), values, frames=count, recipe=recipe) as writer:
        for n in range(count):
            writer.write(frame(n))
    return path


@pytest.mark.parametrize(("suffix", "options"), [
    *((suffix, {}) for suffix in CONTAINERS), (".mp4", {"repeat": 2}), (".gif", {"max_size": "40kB"}),
    (".mov", {"codec": "prores"}), (".mkv", {"codec": "ffv1"})])
def test_films_carry_it_and_show_the_same(tmp_path: Path, suffix: str, options: dict[str, object]) -> None:
    plain, carrying = film(tmp_path / f"a{suffix}", None, **options), film(tmp_path / f"b{suffix}", TEXT, **options)
    assert read(carrying) == TEXT
    with pytest.raises(InputError, match="no recipe"):
        read(plain)
    if "max_size" in options:
        assert carrying.stat().st_size <= 40_000
    else:
        assert hashes(carrying) == hashes(plain)
    if CONTAINERS[suffix].loops and not options:
        assert_pillow_sees_the_same(plain, carrying)


def assert_pillow_sees_the_same(plain: Path, carrying: Path) -> None:
    with Pillow.open(plain) as one, Pillow.open(carrying) as other:
        assert getattr(one, "n_frames", 1) == getattr(other, "n_frames", 1)
        assert one.info.get("loop") == other.info.get("loop")
        for before, after in zip(ImageSequence.Iterator(one), ImageSequence.Iterator(other), strict=True):
            np.testing.assert_array_equal(np.asarray(before.convert("RGBA")), np.asarray(after.convert("RGBA")))


@pytest.mark.parametrize(("suffix", "options"), [
    (".webp", {}), (".webp", {"crf": 60}), (".avif", {}), (".gif", {}), (".png", {})])
def test_a_film_of_one_frame_carries_it(tmp_path: Path, suffix: str, options: dict[str, object]) -> None:
    plain, carrying = (film(tmp_path / f"{name}{suffix}", text, count=1, **options)
                       for name, text in (("a", None), ("b", TEXT)))
    assert read(carrying) == TEXT
    assert hashes(carrying) == hashes(plain)
    assert_pillow_sees_the_same(plain, carrying)


STILLS = [(suffix, bits) for suffix in STILL_SUFFIXES for bits in ((8, 16) if suffix in (".png", ".tif") else (8,))]


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize(("suffix", "bits"), STILLS)
def test_stills_carry_it_and_show_the_same(tmp_path: Path, suffix: str, bits: int, alpha: bool) -> None:
    for name, text in (("a", None), ("b", TEXT)):
        write_still(tmp_path / f"{name}{suffix}", frame(1), alpha=frame(2)[..., 0] if alpha else None, overwrite=False,
                    bits=bits, recipe=text)
    plain, carrying = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    assert read(carrying) == TEXT
    assert_pillow_sees_the_same(plain, carrying)
    if suffix in (".jpg", ".webp", ".tif"):
        with Pillow.open(carrying) as picture:
            assert b"<dreamvid:recipe>dreamvid = " in picture.info["xmp"]


def test_other_programs_read_it_where_they_look(tmp_path: Path) -> None:
    with Pillow.open(film(tmp_path / "a.gif", TEXT)) as picture:
        picture.seek(3)
        picture.load()
        with Pillow.open(film(tmp_path / "still.png", TEXT, count=1)) as png:
            png.load()
            assert png.text["dreamvid"] == TEXT
    with Pillow.open(film(tmp_path / "a.webp", TEXT)) as picture:
        assert b"dreamvid:recipe" in picture.info["xmp"]


def test_the_longest_recipe_fits_everywhere(tmp_path: Path) -> None:
    text = MARK + "x" * (LARGEST - len(MARK))
    for suffix in CONTAINERS:
        assert read(film(tmp_path / f"a{suffix}", text, count=1)) == text
    write_still(tmp_path / "a.jpg", frame(0), overwrite=False, recipe=text)
    assert read(tmp_path / "a.jpg") == text


def test_it_stays_when_the_sound_is_joined(tmp_path: Path) -> None:
    source = make_film(tmp_path / "source.mkv", 4, "-metadata", "comment=another", "-shortest", inputs=(
        "-f", "lavfi", "-i", "sine=d=1"))
    tracks = tracks_of(open_source(source, SourceSettings(), lambda _: None))
    assert tracks is not None
    for suffix in (".mp4", ".mkv", ".webm", ".mov"):
        values = EncoderSettings(encoder_preset="superfast")
        with writing(tmp_path / f"a{suffix}", SIZE, Fraction(25), values, recipe=TEXT,
                       tracks=tracks) as writer:
            for n in range(4):
                writer.write(frame(n))
        assert read(tmp_path / f"a{suffix}") == TEXT


def test_a_piped_film_carries_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = EncoderSettings(encoder_preset="superfast")
    with (tmp_path / "a.mkv").open("wb") as file:
        monkeypatch.setattr("sys.stdout", file)
        with writing("-", SIZE, Fraction(25), film, recipe=TEXT) as writer:
            writer.write(frame(0))
    assert read(tmp_path / "a.mkv") == TEXT


def test_every_picture_of_a_folder_carries_it(tmp_path: Path) -> None:
    with writing(tmp_path / "%02d.png", SIZE, Fraction(25), EncoderSettings(), recipe=TEXT) as writer:
        writer.write(frame(0))
        writer.write(frame(1))
    assert [read(tmp_path / f"0{n}.png") for n in (1, 2)] == [TEXT, TEXT]


PICTURES = (".png", ".gif", ".webp", ".avif", ".jpg", ".tif")


def carrying(path: Path) -> bytes:
    if path.suffix in CONTAINERS:
        return film(path, TEXT, count=2).read_bytes()
    write_still(path, frame(0), overwrite=False, recipe=TEXT)
    return path.read_bytes()


@pytest.mark.parametrize("suffix", PICTURES)
def test_damaged_pictures_end_in_no_recipe(tmp_path: Path, suffix: str) -> None:
    whole = carrying(tmp_path / f"a{suffix}")
    rng = np.random.default_rng(0)
    damaged = [whole[:length] for length in rng.integers(0, len(whole), 150)]
    for _ in range(400):
        flipped = bytearray(whole)
        for place in rng.integers(0, len(whole), 4):
            flipped[place] ^= 1 << int(rng.integers(8))
        damaged.append(bytes(flipped))
    for data in damaged:
        for carrier in CARRIERS:
            assert (text_in(data, carrier) or MARK).startswith(MARK)
        assert isinstance(xmp_in(BytesIO(data)), bytes)


def said_of(path: Path) -> str:
    try:
        return read(path)
    except InputError as error:
        return str(error).partition(";")[0]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", *PICTURES])
@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 3], lambda data: b"", lambda data: data[:5],
                                    lambda data: data[:12] + bytes(len(data))])
def test_damaged_files_end_in_one_sentence(tmp_path: Path, suffix: str, damage: Callable[[bytes], bytes]) -> None:
    path = tmp_path / f"a{suffix}"
    data = damage(carrying(path))
    path.write_bytes(data)
    assert said_of(path) in (TEXT, f"{path} holds no recipe")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "is a folder"), (tmp_path / "none.mp4", "does not exist")):
        with pytest.raises(InputError, match=said):
            read(path)
    (tmp_path / "text.txt").write_text("ffconcat version 1.0\nfile /etc/passwd\n")
    with pytest.raises(InputError, match="holds no recipe"):
        read(tmp_path / "text.txt")


def test_a_fingerprint_is_of_names_and_contents_in_order(tmp_path: Path) -> None:
    for folder, names in (("a", ("p1.png", "p2.png")), ("b", ("p1.png", "p2.png")), ("c", ("p1.png", "p3.png"))):
        (tmp_path / folder).mkdir()
        for n, name in enumerate(names):
            (tmp_path / folder / name).write_bytes(bytes([n]))
    one, same, named = (fingerprint(tmp_path / folder) for folder in "abc")
    assert one == same == fingerprint(tmp_path / "a" / "p%d.png") != named
    (tmp_path / "b" / "p1.png").write_bytes(b"x")
    assert fingerprint(tmp_path / "b") != one
    with pytest.raises(InputError, match="does not exist"):
        fingerprint(tmp_path / "none.jpg")


def test_a_full_disk_is_said_of_the_result(tiny_disk: Path) -> None:
    path = tiny_disk / "part.png"
    write_still(path, frame(0), overwrite=False)
    with pytest.raises(ResourceError, match=r"film\.png cannot be written: the disk is full"):
        embed(path, "x" * 2**18, Path("film.png"))


def test_the_recipe_counts_where_a_size_is_a_limit(tmp_path: Path) -> None:
    options: dict[str, object] = {"max_size": "24kB"}
    size = film(tmp_path / "a.gif", None, count=12, **options).stat().st_size
    assert 20_000 < size <= 24_000
    with pytest.raises(OutputError, match="too small for this film"):  # which is too small to be made smaller
        film(tmp_path / "b.gif", MARK + "x" * 4000, count=12, **options)


def test_a_text_that_a_jpeg_cannot_hold_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    write_still(path, frame(0), overwrite=False, recipe=MARK + "&" * LARGEST)
    with pytest.raises(InputError, match="no recipe"):
        read(path)
    assert Pillow.open(path).size == SIZE


@pytest.mark.parametrize("name", ["", "%03d.png"])
def test_the_recipe_of_pictures_is_handed_on(tmp_path: Path, name: str) -> None:
    text = to_toml(Recipe(command="zoom", settings={}, inputs={"picture": Input("a.jpg", "0" * 64)}, network="a",
                          weights="", version=__version__))
    for n in (1, 2):
        write_still(tmp_path / f"{n:03d}.png", frame(n), overwrite=False, recipe=text)
    (tmp_path / ".hidden").write_text("first in the folder, and no picture")
    assert copied_recipe(tmp_path / name) == text
