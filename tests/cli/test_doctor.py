"""`dreamvid doctor`."""

import json
from collections.abc import Callable

import pytest
from typer.testing import Result


def test_the_doctor_finds_everything_well(run: Callable[..., Result]) -> None:
    found = json.loads(run("doctor", "--json").stdout)
    assert "libx264" in found["encoders"]
    assert found["self-test"].startswith("5 frames")
    assert found["devices"]


def test_the_doctor_tells_what_is_missing(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", "/no/such/program")
    result = run("doctor")
    assert result.exit_code == 5
    assert "DREAMVID_FFMPEG" in result.stderr
