"""`dreamvid classes`."""

import json
from collections.abc import Callable

from typer.testing import Result

from dreamvid.dream.networks.classes import CLASSES, GROUPS


def test_it_lists_all_words_and_classes(run: Callable[..., Result]) -> None:
    lines = run("classes").stdout.splitlines()
    assert [line.partition("the mean of")[0].strip() for line in lines[: len(GROUPS)]] == sorted(GROUPS)
    assert [int(line.split()[0]) for line in lines[len(GROUPS) :]] == list(range(CLASSES))


def test_it_searches(run: Callable[..., Result]) -> None:
    found = json.loads(run("classes", "cat", "--json").stdout)
    assert found["words"]["cat"] == [281, 282, 283, 284, 285]
    assert found["classes"]["285"] == "Egyptian cat"
    assert "292 tiger, Panthera tigris" in run("classes", "tiger").stdout


def test_a_word_in_no_name_is_an_error_that_names_the_near_ones(run: Callable[..., Result]) -> None:
    result = run("classes", "tigre")
    assert result.exit_code == 2
    assert result.stderr.startswith("dreamvid: --class is 'tigre'; there is no such class; did you mean tiger")
