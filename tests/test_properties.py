"""Whatever is written into a setting, a table or a name: a valid value or one sentence, never another error."""

from collections.abc import Callable
from fractions import Fraction
from math import isfinite
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamvid.errors import SettingError
from dreamvid.media.pictures import natural
from dreamvid.media.timing import keeps, rate_of
from dreamvid.settings import (
    AtlasSettings,
    ClipSettings,
    ImageSettings,
    LoopSettings,
    Settings,
    ZoomSettings,
    bits_a_second,
    build,
    file_size,
    frame_rate,
    from_table,
    keys_of,
    leaves,
    parsed,
    to_table,
)
from dreamvid.stills.batch import noise_size

KINDS = (ZoomSettings, ClipSettings, ImageSettings, LoopSettings, AtlasSettings)
FIELDS = [(kind, owner, item) for kind in KINDS for owner, item in leaves(kind)]
NUMBERS = st.one_of(st.integers(), st.floats(), st.fractions(), st.sampled_from([10**400, -(10**400), 0, -0.0, 2**63]))
PLAIN = st.one_of(NUMBERS, st.booleans(), st.none(), st.text(max_size=20), st.binary(max_size=4),
                  st.lists(st.integers(), max_size=3), st.dictionaries(st.text(max_size=3), st.integers(), max_size=2))
DIGITS = st.text("0123456789.,:/xkMB eE+-_%#infa\n\0\u00b2\u0663", max_size=12)
FEW = settings(max_examples=60)


def answered(call: Callable[[], Any]) -> Any:
    """What a call returns; None if it refuses."""
    try:
        return call()
    except SettingError:
        return None


@FEW
@given(choice=st.integers(0, len(FIELDS) - 1), value=PLAIN)
def test_any_value_of_any_setting(choice: int, value: object) -> None:
    _, owner, item = FIELDS[choice]
    made = answered(lambda: owner(**{item.name: value}))
    assert made is None or isinstance(made, owner)


@settings(max_examples=150)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_any_table(kind: type[Settings], data: st.DataObject) -> None:
    keys = st.one_of(st.sampled_from(sorted(keys_of(kind))), st.text(max_size=12))
    table = data.draw(st.dictionaries(keys, PLAIN, max_size=4))
    values = answered(lambda: from_table(kind, table))
    made = values and answered(lambda: build(kind, values))
    if made:
        assert build(kind, from_table(kind, to_table(made))) == made


@FEW
@given(value_type=st.sampled_from([bool, int, float, str, Fraction]), text=st.one_of(DIGITS, st.text(max_size=20)))
def test_any_text_for_any_type(value_type: type, text: str) -> None:
    found = answered(lambda: parsed("x", value_type, text))
    assert found is None or type(found) is value_type


@pytest.mark.parametrize("call", [bits_a_second, file_size, frame_rate])
def test_any_text_for_rates_and_sizes(call: Callable[[str], Any]) -> None:
    @settings(max_examples=200)
    @given(text=st.one_of(DIGITS, st.text(max_size=30)))
    def holds(text: str) -> None:
        answered(lambda: call(text))

    holds()


@FEW
@given(value=NUMBERS)
def test_a_frame_rate_is_exact_and_within_its_range(value: Any) -> None:
    rate = answered(lambda: frame_rate(value))
    assert rate is None or (1 <= rate <= 240 and frame_rate(str(rate)) == rate and isfinite(rate))


@FEW
@given(names=st.lists(st.one_of(DIGITS, st.text(max_size=12)), max_size=12))
def test_the_natural_order_is_an_order(names: list[str]) -> None:
    paths = [Path("folder") / name.replace("/", "-").replace("\0", "-") for name in names]
    once = sorted(paths, key=natural)
    again = sorted(set(paths), key=natural)
    assert [natural(path) for path in again] == [natural(path) for path in dict.fromkeys(once)]
    assert sorted(map(str, once)) == sorted(map(str, paths))


@FEW
@given(first=st.integers(0, 10**6), second=st.integers(0, 10**6))
def test_numbers_in_names_are_in_their_order(first: int, second: int) -> None:
    one, other = natural(Path(f"shot {first}.png")), natural(Path(f"shot {second}.png"))
    assert (one < other) == (first < second)


@FEW
@given(times=st.lists(st.fractions(0, 10**6), max_size=30), stated=st.one_of(st.none(), st.fractions(0, 10**6)))
def test_any_times_have_a_rate(times: list[Fraction], stated: Fraction | None) -> None:
    rate, steady = rate_of(sorted(times), stated)
    assert 1 <= rate <= 240
    assert not steady or len(times) < 2 or len(set(times)) == 1 or keeps(sorted(times), rate)


@FEW
@given(rate=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(30), Fraction(60000, 1001), Fraction(12)]),
       count=st.integers(2, 60), start=st.fractions(0, 100))
def test_even_times_have_exactly_their_rate(rate: Fraction, count: int, start: Fraction) -> None:
    assert rate_of([start + n / rate for n in range(count)], None) == (rate, True)


@FEW
@given(text=st.one_of(DIGITS, st.text(max_size=12)))
def test_any_text_for_the_size_of_noise(text: str) -> None:
    size = answered(lambda: noise_size(text))
    assert size is None or (16 <= min(size) <= max(size) <= 8192 and f"{size.width}x{size.height}" == text)


@FEW
@given(width=st.integers(0, 10_000), height=st.integers(0, 10_000))
def test_noise_has_the_size_that_is_asked_for(width: int, height: int) -> None:
    allowed = 16 <= min(width, height) <= max(width, height) <= 8192
    assert answered(lambda: noise_size(f"{width}x{height}")) == ((width, height) if allowed else None)
