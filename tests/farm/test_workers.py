"""Where a unit may run again, when the work has failed, and which units are slow."""

import pytest

from dreamvid.errors import FarmError, ResourceError
from dreamvid.farm.units import Unit
from dreamvid.farm.workers import DEATHS, History

UNIT = Unit("unit", "frames 1 to 8", 8, 8, {})


def test_a_unit_fails_three_times_on_two_workers() -> None:
    history = History()
    history.failed(UNIT, "a", 2, "ResourceError", "the disk is full")
    assert history.choose(UNIT, ["a"], ["a", "b"]) is None
    assert history.choose(UNIT, ["a", "b"], ["a", "b"]) == "b"
    history.failed(UNIT, "b", 2, "ResourceError", "the disk is full")
    assert history.choose(UNIT, ["a"], ["a", "b"]) == "a"
    with pytest.raises(ResourceError, match="frames 1 to 8 failed 3 times, on 2 workers: the disk is full"):
        history.failed(UNIT, "a", 2, "ResourceError", "the disk is full")


def test_a_unit_fails_three_times_on_the_only_worker() -> None:
    history = History()
    for _ in range(2):
        history.failed(UNIT, "a", 1, "ResourceError", "the disk is full")
        assert history.choose(UNIT, ["a"], ["a"]) == "a"
    with pytest.raises(ResourceError, match="on 1 workers"):
        history.failed(UNIT, "a", 1, "ResourceError", "the disk is full")


def test_three_failures_on_one_of_two_workers_are_not_the_end() -> None:
    history = History()
    for _ in range(5):
        history.failed(UNIT, "a", 2, "ResourceError", "the disk is full")


def test_workers_die_of_a_unit_ten_times() -> None:
    history = History()
    for _ in range(DEATHS - 1):
        history.died(UNIT)
    with pytest.raises(FarmError, match="10 workers died while making it"):
        history.died(UNIT)


def test_a_unit_is_slow_after_three_times_the_median_if_half_of_ten_are_done() -> None:
    history = History()
    for seconds in (8, 8, 8, 80):
        history.done(UNIT, seconds)
    assert not history.is_slow(UNIT, 1000, 6)
    history.done(UNIT, 8)
    assert not history.is_slow(UNIT, 1000, 4)
    assert not history.is_slow(UNIT, 23, 5)
    assert history.is_slow(UNIT, 25, 5)
    assert not history.is_slow(Unit("dreams", "dreams 1 to 4", 0, 8, {}), 1000, 5)
