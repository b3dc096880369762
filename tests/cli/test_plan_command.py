"""`dreamvid plan` and `dreamvid render`: the film of a plan is the film of the command that was planned."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import SMALL
from tests.media import hashes

Run = Callable[..., Result]
PLANNED = [option for option in SMALL if option != "-q"]


def test_the_film_of_a_plan_is_that_of_the_command(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("zoom", picture, *SMALL, "-o", "a.mp4").exit_code == 0
    assert run("plan", "zoom", picture, *PLANNED, "-o", "plan.json").exit_code == 0
    made = run("render", "plan.json", "-q", "-o", "b.mp4")
    assert made.exit_code == 0, made.output
    assert hashes(tmp_path / "a.mp4") == hashes(tmp_path / "b.mp4")


def test_without_a_file_the_plan_is_printed(run: Run, picture: Path, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    plan = json.loads(run("plan", "zoom", picture, *PLANNED, "--film", "film.webm").stdout)
    assert (plan["command"], plan["container"], plan["frames"]) == ("zoom", ".webm", 2)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_an_estimate_names_frames_seconds_disk_and_memory(run: Run, picture: Path) -> None:
    said = run("plan", "zoom", picture, *PLANNED, "--estimate")
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("2 frames of 2 dreams, about ")
    found = json.loads(run("plan", "loop", picture, "--size", "64", "--quality", "draft", "--period", "0.5",
                           "--keys", "2", "--estimate", "--json").stdout)
    assert (found["frames"], found["dreams"]) == (15, 4)
    assert min(found["seconds"], found["bytes"], found["memory"]) > 0


def test_an_existing_plan_is_kept(run: Run, picture: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text("mine")
    refused = run("plan", "zoom", picture, *PLANNED, "-o", "plan.json")
    assert (refused.exit_code, (tmp_path / "plan.json").read_text()) == (4, "mine")
    assert run("plan", "zoom", picture, *PLANNED, "-y", "-o", "plan.json").exit_code == 0


def test_inputs_are_found_by_name_and_content(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("plan", "zoom", picture, *PLANNED, "-o", "plan.json").exit_code == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    moved = picture.rename(elsewhere / "renamed.png")
    missing = run("render", "plan.json", "-o", "a.mp4")
    assert (missing.exit_code, "--input picture=PATH" in missing.stderr) == (3, True)
    given = run("render", "plan.json", "--input", f"picture={moved}", "-q", "-o", "a.mp4")
    assert given.exit_code == 0, given.output
    picture.write_bytes(moved.read_bytes() + b" ")
    other = run("render", "plan.json", "-o", "b.mp4")
    assert (other.exit_code, "differs from the picture" in other.stderr) == (3, True)


@pytest.mark.parametrize(("text", "code", "said"), [
    ("nonsense", 3, "not a plan"), ("[" * 100_000, 3, "not a plan"), ("{}", 3, "not a plan"),
    ('{"edition": 1}', 3, "format 1"), ("x" * 300_000, 3, "plan"),
])
def test_what_is_no_plan_is_refused_in_one_sentence(run: Run, tmp_path: Path, text: str, code: int, said: str) -> None:
    (tmp_path / "plan.json").write_text(text)
    refused = run("render", "plan.json", "-o", "a.mp4")
    assert (refused.exit_code, refused.stderr.count("\n")) == (code, 1), refused.output
    assert said in refused.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.json"]


def test_another_suffix_than_the_planned_one_is_refused(run: Run, picture: Path) -> None:
    assert run("plan", "zoom", picture, *PLANNED, "-o", "plan.json").exit_code == 0
    refused = run("render", "plan.json", "-o", "a.gif")
    assert (refused.exit_code, "ends in .mp4" in refused.stderr) == (2, True)


@pytest.mark.slow
def test_what_a_network_lacks_is_refused_before_anything_is_loaded(picture: Path) -> None:
    lacking = [("--layers", "block99"), ("--layers", "block10", "--channels", "100000"), ("--class", "no such class"),
               ("--network", "no_such_network"), ("--network", "vgg16", "--layers", "block9_conv1")]
    code = f"""
import sys
from dreamvid.cli import app
for options in {lacking!r}:
    try:
        app(["plan", "zoom", {str(picture)!r}, *options])
    except SystemExit as end:
        print(end.code, "tensorflow" in sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == ["2 False"] * len(lacking), result.stderr


def test_another_number_of_threads_is_another_plan_and_no_resume(run: Run, picture: Path) -> None:
    pytest.importorskip("openvino", reason="TensorFlow keeps its number of threads as long as the process lives")
    plans = [json.loads(run("plan", "zoom", picture, *PLANNED, "--threads", threads).stdout) for threads in "12"]
    assert [plan["threads"] for plan in plans] == [1, 2]
    ended = [run("zoom", picture, *SMALL, "--keep-work", "-o", "a.mp4", "-y", "--threads", threads)
             for threads in "12"]
    assert [end.exit_code for end in ended] == [0, 7], ended[1].stderr
    assert "threads was 1 and is 2" in ended[1].stderr


def test_an_input_that_is_given_must_be_the_planned_one(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("plan", "zoom", picture, *PLANNED, "-o", "plan.json").exit_code == 0
    other = tmp_path / "other.png"
    other.write_bytes(picture.read_bytes() + b" ")
    refused = run("render", "plan.json", "--input", f"picture={other}", "-o", "a.mp4")
    assert (refused.exit_code, "plan the film again" in refused.stderr) == (3, True), refused.output
    unknown = run("render", "plan.json", "--input", f"pictur={other}", "-o", "a.mp4")
    assert (unknown.exit_code, "has the inputs picture" in unknown.stderr) == (2, True), unknown.output


def test_numbered_pictures_are_planned_as_such(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("plan", "zoom", picture, *PLANNED, "--film", "frames/%06d.png", "-o", "plan.json").exit_code == 0
    assert run("render", "plan.json", "-o", "animation.png").exit_code == 2
    made = run("render", "plan.json", "-q")
    assert made.exit_code == 0, made.output
    assert sorted(path.name for path in (tmp_path / "plan").iterdir()) == ["000001.png", "000002.png"]


def test_the_ranges_of_a_plan_are_made_one_by_one_and_joined(run: Run, picture: Path, tmp_path: Path) -> None:
    assert run("plan", "zoom", picture, *PLANNED, "-o", "plan.json").exit_code == 0
    assert run("render", "plan.json", "--store", "store", "--missing").stdout == "0\n"
    refused = run("render", "plan.json", "--store", "store", "--join", "-o", "a.mp4")
    assert (refused.exit_code, "lacks 1 of 1 ranges: 0; --range makes one" in refused.stderr) == (7, True)
    for _ in range(2):
        made = run("render", "plan.json", "--store", "store", "--range", "0", "-q", "--json")
        assert json.loads(made.stdout)["stop"] == 2, made.output
    assert run("render", "plan.json", "--store", "store", "--range", "0", "--again", "-q").exit_code == 0
    assert run("render", "plan.json", "--store", "store", "--missing").stdout == ""
    joined = run("render", "plan.json", "--store", "store", "--join", "-q", "-o", "a.mp4")
    assert joined.exit_code == 0, joined.output
    assert run("render", "plan.json", "-q", "-o", "b.mp4").exit_code == 0
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


@pytest.mark.parametrize("options", [
    ("--range", "0"), ("--join",), ("--store", "store"), ("--store", "store", "--join", "--missing"),
    ("--store", "store", "--missing", "--again"),
])
def test_ranges_are_made_by_a_store_alone(run: Run, options: tuple[str, ...]) -> None:
    refused = run("render", "plan.json", *options)
    assert (refused.exit_code, "--store needs one of" in refused.stderr) == (2, True), refused.output


@pytest.mark.parametrize(("options", "said"), [
    (("other.json",), "several plans"), (("--certificates", "keys"), "are for --farm"),
    (("--farm", "local:2", "--join"), "makes all ranges"),
    (("other.json", "--farm", "local:2", "-o", "a.mp4"), "no -o"),
])
def test_several_plans_are_made_on_a_cluster_alone(run: Run, options: tuple[str, ...], said: str) -> None:
    refused = run("render", "plan.json", *options)
    assert (refused.exit_code, said in refused.stderr) == (2, True), refused.output
