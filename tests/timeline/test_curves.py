"""Curves: what a text means, that it can be printed and parsed again, and that no text can do harm."""

import contextlib
from fractions import Fraction
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreamvid.timeline.clock import Clock, CurveError, Tempo
from dreamvid.timeline.curve import parse_curve, values_at
from dreamvid.timeline.expression import Expression, parse_expression
from dreamvid.timeline.keyframes import NAMES, Key, Keyframes, Time, parse_keyframes

CLOCK = Clock(Fraction(30), Fraction(8), Tempo.steady(120, 0.5))


def at(text: str, *times: float, clock: Clock = CLOCK) -> list[float]:
    return values_at(parse_curve(text), np.array(times, np.float64), clock).tolist()


@pytest.mark.parametrize(("text", "time", "value"), [
    ("1.2", 3, 1.2), ("t", 3, 3), ("n", 2, 60), ("p", 2, 0.25), ("fps", 0, 30), ("duration", 0, 8), ("2**3 % 5", 0, 3),
    ("1 if t > 2 else 5", 3, 1), ("1 if t > 2 else 5", 2, 5), ("0 < t < 2", 1, 1), ("not t", 0, 1),
    ("t > 1 and t < 3 or t > 5", 4, 0), ("-t", 2, -2), ("clamp(t, 1, 2)", 5, 2), ("mix(1, 3, 0.5)", 0, 2),
    ("step(2, t)", 2, 1), ("smoothstep(0, 4, t)", 2, 0.5), ("mod(t, 2)", 5, 1), ("pow(t, 2)", 3, 9),
    ("tri(t)", 0.25, 0.5),
    ("saw(t)", 1.25, 0.25), ("square(t)", 0.6, 0), ("max(1, t, 2)", 0, 2), ("min(1, t)", 4, 1), ("floor(t)", 2.5, 2),
    ("beat", 1.5, 2), ("bar", 2.5, 1), ("beat_pulse", 1.0, 1), ("every(beat, 4)", 1.0, 0), ("every(beat, 4)", 2.5, 1),
    ("delay(t, 1)", 3, 2), ("gate(t, 2)", 1.9, 0), ("cumulate(2)", 3, 6), ("cumulate(t)", 2, 2),
    ("hold(every(beat, 4), 1)", 3.4, 1), ("smooth(3, 0.5)", 4, 3),
    ("0s: 1; 4s: 3", 2, 2), ("0s: 1; 4s: 3", 9, 3), ("2s: 1; 4s: 3", 0, 1), ("0s: 1; 4s: 3 hold", 3.9, 1),
    ("0s: 1; 4s: 3 hold", 4, 3), ("0s: 0; 4s: 1 ease", 1, 0.15625), ("0s: 0; 4s: 1 ease-in", 2, 0.25),
    ("0s: 0; 4s: 1 ease-out", 2, 0.75), ("0f: 1; 60f: 3", 1, 2), ("0%: 1; 50%: 3", 2, 2), ("1b: 1; 3b: 3", 1.5, 2),
    ("0m: 1; 1m: 3", 1.5, 2), ("0s: t; 4s: 0", 2, 1), ("0m5s: 1", 0, 1), ("0s: 1; 1m: 2;", 2.5, 2),
])
def test_what_a_curve_means(text: str, time: float, value: float) -> None:
    assert at(text, time) == pytest.approx([value], abs=2e-3 if "hold(" in text else 1e-9)


@pytest.mark.parametrize(("text", "problem"), [
    ("0: 1.2; 4s: 2", "a time needs its unit, 0 too (s for seconds, f for frames, b for beats, m for bars, % for "
                      "percent): >>0<<: 1.2; 4s: 2"),
    ("0s 1.2; 4s: 2", "a keyframe is a time, a colon and a value, such as 4s: 1.8: >>0s 1.2<<; 4s: 2"),
    ("0s: 1; 4s: 2; 4s: 3", "this time is there twice: 0s: 1; 4s: 2; >>4s<<: 3"),
    ("0s: 1; 4s: 2; 3s: 3", "this time comes before the one in front of it: 0s: 1; 4s: 2; >>3s<<: 3"),
    ("0s: 1; 9s: 2", "this time is after the film's end, which is at 8s: 0s: 1; >>9s<<: 2"),
    ("0s: 1; 4s: ", "a keyframe has no value: 0s: 1; >>4s<<: "), ("0s: 1; ;", "a keyframe is a time"),
    ("1 + bas", "there is no 'bas'; did you mean bass or bar or abs? 1 + >>bas<<"),
    ("bass", "bass needs a sound; give --audio"),
    ("band(1, 2)", "band needs a sound"), ("sin", "sin is a function"), ("t(1)", "t is not a function"),
    ("t.real", "only numbers, names"), ("10^9", "a power is written **: >>10^9<<"), ("x" * 501, "500 characters"),
    ("1+" * 120 + "1", "200 numbers, names and operations"), ("(" * 300, "not an expression"), ("-" * 450 + "1", "200"),
    ("smooth(t, t)", "must be a plain number"), ("١ + 1", "a character has no meaning here: >>١<< + 1"),
    ("", "a value is missing"),
    ("0s: 1 + ; 2s: 1", "this is not an expression: 0s: 1 >>+<<"), ("180%", "180>>%<<"),
    ("5d: 1; 6s: 1", "this is not a time"),
    ("__import__('os')", "there is no"),
    ("1m2f: 1; 5s: 2", "minutes go with seconds"), ("sin(1, 2)", "sin takes 1 value in brackets"),
    ("9" * 400, "too large"),
])
def test_what_is_no_curve_is_said_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(CurveError) as caught:
        at(text, 0.0)
    assert problem in str(caught.value)


def test_beats_need_a_tempo() -> None:
    silent = Clock(Fraction(30), Fraction(8))
    for text in ("beat", "0b: 1; 4b: 2"):
        with pytest.raises(CurveError, match="give --audio or --bpm"):
            at(text, 0.0, clock=silent)


@pytest.mark.parametrize("text", [
    "1.2 + 0.8*sin(t)", "0s: 1; 2s: 3 ease; 4s: 2 cubic", "smooth(square(t), 0.1, 0.4)", "noise(3*t, 7)", "beat_pulse",
    "cumulate(tri(t))", "0s: noise(t); 3s: tri(t)"])
def test_a_curve_in_seconds_is_the_same_at_any_frame_rate(text: str) -> None:
    rates = [Fraction(24), Fraction(30), Fraction(60)]
    clocks = [Clock(fps, Fraction(8), CLOCK.tempo) for fps in rates]
    shared = [values_at(parse_curve(text), clock.frame_times(int(8 * clock.fps)), clock)[:: int(clock.fps / 6)]
              for clock in clocks]
    np.testing.assert_allclose(shared[1], shared[0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(shared[2], shared[0], rtol=1e-12, atol=1e-12)


def test_noise_is_smooth_bounded_and_seeded() -> None:
    times = np.linspace(0, 50, 5001)
    one, other = (values_at(parse_curve(f"noise(t, {seed})"), times, CLOCK) for seed in (1, 2))
    assert np.abs(one).max() <= 1
    assert np.abs(np.diff(one)).max() < 0.05
    assert one.std() > 0.3
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.3


def test_smoothing_is_not_late() -> None:
    times = CLOCK.frame_times(240)
    pulse = np.exp(-np.square(times - 4) / 0.02)
    smoothed = values_at(parse_curve("smooth(exp(-pow(t - 4, 2) / 0.02), 0.3)"), times, CLOCK)
    assert times[smoothed.argmax()] == times[pulse.argmax()]
    assert smoothed.max() < 0.6


numbers = st.floats(-100, 100, allow_nan=False).map(lambda x: round(x, 3))
keys = st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from("sfbm%"), numbers, st.sampled_from(NAMES)), min_size=1,
                max_size=6)


@given(keys)
def test_keyframes_are_parsed_as_they_are_printed(rows: list[tuple[int, str, float, str]]) -> None:
    from decimal import Decimal

    made = Keyframes(tuple(Key(Time((Decimal(time) / 1000).normalize(), unit), Expression(str(value)), easing)
                           for time, unit, value, easing in rows))
    assert parse_keyframes(str(made), parse_expression) == made


@st.composite
def curves(draw: st.DrawFn) -> tuple[list[float], list[float], list[str]]:
    steps = draw(st.lists(st.integers(1, 1000), min_size=2, max_size=6))
    times = (np.cumsum(steps) / sum(steps) * 8).round(3)
    values = draw(st.lists(numbers, min_size=len(steps), max_size=len(steps)))
    return sorted({*times.tolist()}), values, draw(st.lists(st.sampled_from(NAMES), min_size=6, max_size=6))


def text_of(times: list[float], values: list[float], easings: list[str]) -> str:
    return "; ".join(f"{time}s: {value} {easing}" for time, value, easing in zip(times, values, easings, strict=False))


@given(curves())
def test_a_curve_stays_between_its_keyframes_and_meets_them(curve: tuple[list[float], list[float], list[str]]) -> None:
    times, values, easings = curve
    found = np.array(at(text_of(times, values, easings), *np.linspace(0, 8, 97)))
    assert found.min() >= min(values) - 1e-9
    assert found.max() <= max(values) + 1e-9
    np.testing.assert_allclose(at(text_of(times, values, easings), *times), values[: len(times)], atol=1e-9)


@given(curves(), st.integers(0, 5), numbers)
def test_a_keyframe_changes_nothing_before_the_one_before_it(
    curve: tuple[list[float], list[float], list[str]], which: int, value: float
) -> None:
    times, values, easings = curve
    which %= len(times)
    others = [*values[:which], value, *values[which + 1:]]
    reach = 2 if "cubic" in easings else 1  # the slope of a cubic curve at a keyframe depends on both neighbours
    before = [time for time in np.linspace(0, 8, 97) if which >= reach and time <= times[which - reach]]
    one, other = (at(text_of(times, each, easings), *before) for each in (values, others))
    assert one == other


@given(numbers, st.sampled_from(NAMES))
def test_equal_keyframes_are_a_constant(value: float, easing: str) -> None:
    text = f"0s: {value}; 3s: {value} {easing}; 5s: {value} {easing}"
    assert set(at(text, *np.linspace(0, 8, 97))) == {value}


@given(st.one_of(st.text(max_size=600), st.text("0123456789.sfbm%:;+-*/() tbassin,", max_size=300)))
def test_any_text_is_a_curve_or_a_sentence(text: str) -> None:
    assert seconds_of(text) < 0.05 or seconds_of(text) < 0.05  # the first may meet a collection of garbage


def seconds_of(text: str) -> float:
    """The processor's time that a text takes."""
    begun = process_time()
    with contextlib.suppress(CurveError):
        at(text, 0.0, 1.0)
    return process_time() - begun
