"""The server: jobs, previews and results over HTTP, and what happens when it is killed or started twice."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from dreamvid.media.fingerprint import fingerprint
from dreamvid.settings import COMMANDS, keys_of
from dreamvid.studio.controls import SHOWN, controls, looks
from tests.studio.conftest import SAMPLES, Server, free_port

Run = Callable[..., Result]


def until(what: Callable[[], Any], seconds: float = 240) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
    return found


def seed(server: Server) -> str:
    return server.send((SAMPLES / "seed.jpg").read_bytes(), "seed.jpg").json["id"]


def state(server: Server, job: str) -> str:
    return server.ask("GET", f"/api/jobs/{job}").json["state"]


def test_every_setting_has_a_control_but_those_that_write_or_discard() -> None:
    found = controls({"zoom": ("fps", "size")})
    for command in SHOWN:
        hidden = set(keys_of(COMMANDS[command])) - {one["key"] for one in found[command]}
        assert hidden <= {"poster", "sheet", "resume", "restart", "keep_work"}
    zoom = {one["key"]: one for one in found["zoom"]}
    assert (zoom["fps"]["first"], zoom["size"]["first"], zoom["zoom"]["first"]) == (0, 1, None)
    assert (zoom["fps"]["default"], zoom["steps"]["default"], zoom["steps"]["by_quality"]["fine"]) == ("30", None, 4)
    assert (zoom["rotate"]["type"], zoom["guide"]["type"], zoom["seconds"]["type"]) == ("curve", "file", "time")
    json.dumps(found, allow_nan=False)


def test_every_look_that_ships_has_a_picture() -> None:
    found = {look["name"]: look for look in looks()}
    assert all(look["picture"] for look in found.values())
    assert {name for name, look in found.items() if look["moves"]} == {
        "bass-bloom", "beat-dive", "breathing", "carousel", "metamorphosis", "wander"}


def test_a_preview_comes_small_first_and_then_larger(server: Server) -> None:
    asked = {"command": "image", "settings": {"quality": "draft", "size": 300}, "source": seed(server), "preset": ""}
    parts = [json.loads(line) for line in server.ask("POST", "/api/preview", asked).body.splitlines()]
    widths = [part["width"] for part in parts]
    assert widths == sorted(widths)
    assert (len(widths) > 2, widths[-1], [part["last"] for part in parts].index(True)) == (True, 300, len(parts) - 1)
    picture = server.ask("GET", f"/api/preview/{parts[-1]['id']}/{parts[-1]['number']}")
    assert (picture.headers["content-type"], picture.body[:2]) == ("image/jpeg", b"\xff\xd8")
    assert server.ask("GET", f"/api/preview/{parts[-1]['id']}/99").status == 404


def test_what_is_asked_for_is_checked_and_said_as_a_command(server: Server) -> None:
    asked = {"command": "zoom", "settings": {"rotate": "0s: 0; 2s: 9", "bounce": True}, "source": seed(server),
             "preset": "petals"}
    found = server.ask("POST", "/api/check", asked).json
    assert found["command_line"] == ("dreamvid zoom seed.jpg --preset petals --rotate '0s: 0; 2s: 9' --bounce "
                                     "-o seed-zoom.mp4")
    assert (found["values"]["channels"], found["origins"]["channels"]) == ("51", "preset petals")
    wrong = server.ask("POST", "/api/check", asked | {"settings": {"octaves": 99}})
    assert (wrong.json["key"], wrong.json["error"]) == ("octaves", "octaves is 99; it must be 1 to 20")


def test_curves_are_drawn_from_their_text_and_errors_have_a_place(server: Server) -> None:
    asked = {"command": "zoom", "settings": {"frames": 60, "rotate": "0s: 0; 1s: 10", "zoom": "1.2 + bas", "bpm": 120},
             "source": seed(server), "preset": "", "points": 61}
    found = server.ask("POST", "/api/curves", asked).json
    assert (found["seconds"], found["frames"], found["beats"][:3]) == (2.0, 60, [0.0, 0.5, 1.0])
    lanes = {lane["key"]: lane for lane in found["lanes"]}
    assert lanes["rotate"]["points"][15] == 5.0
    assert [key["seconds"] for key in lanes["rotate"]["keys"]] == [0.0, 1.0]
    assert "1.2 + bas"[lanes["zoom"]["start"]:lanes["zoom"]["stop"]] == "bas"


@pytest.mark.slow
def test_a_job_is_made_and_its_result_is_deleted_and_comes_back(server: Server) -> None:
    asked = {"command": "image", "settings": {"size": 64, "quality": "draft"}, "source": seed(server),
             "preset": "petals", "format": ".webp"}
    job = server.ask("POST", "/api/jobs", asked).json["job"]["id"]
    until(lambda: state(server, job) == "done")
    facts = server.ask("GET", f"/api/jobs/{job}").json
    assert (facts["output"], facts["draft"]["preset"]) == ("seed-dream.webp", "petals")
    assert server.ask("GET", f"/api/jobs/{job}/frame").body[:2] == b"\xff\xd8"
    [one] = [one for one in server.ask("GET", "/api/results").json if one["name"] == "seed-dream.webp"]
    assert server.ask("GET", f"/api/results/{one['id']}/small").body[:2] == b"\xff\xd8"
    facts = server.ask("GET", f"/api/results/{one['id']}/facts").json
    assert facts["recipe"]["settings"]["size"] == 64
    trashed = server.ask("POST", f"/api/results/{one['id']}/delete", {}).json["trashed"]
    assert server.ask("GET", f"/api/results/{one['id']}/file").status == 400
    assert server.ask("POST", f"/api/trash/{trashed}/restore", {}).status == 200
    dropped = server.send(server.ask("GET", f"/api/results/{one['id']}/file").body, "again.webp").json
    assert (dropped["recipe"]["command"], dropped["recipe"]["look"]["channels"]) == ("image", "51")
    assert "size" not in dropped["recipe"]["look"]
    hashes = {role: one["sha256"] for role, one in dropped["recipe"]["inputs"].items()}
    found = server.ask("POST", "/api/inputs", {"inputs": hashes | {"guide": "0" * 64}}).json
    assert {role: file["name"] for role, file in found.items()} == {"picture": "seed.jpg"}


def test_an_input_is_found_among_the_results_wherever_it_was_before(server: Server) -> None:
    shutil.copy(SAMPLES / "tiger.jpg", server.folder / "moved and renamed.jpg")
    found = server.ask("POST", "/api/inputs", {"inputs": {"picture": fingerprint(SAMPLES / "tiger.jpg")}}).json
    assert (found["picture"]["name"], found["picture"]["kind"]) == ("moved and renamed.jpg", "picture")
    again = server.ask("POST", "/api/inputs", {"inputs": {"picture": fingerprint(SAMPLES / "tiger.jpg")}}).json
    assert again["picture"]["id"] == found["picture"]["id"]


def test_the_page_has_a_sentence_for_browsers_without_javascript(server: Server) -> None:
    page = server.ask("GET", "/").body.decode()
    assert "<noscript>" in page
    assert "needs JavaScript" in page.partition("<noscript>")[2].partition("</noscript>")[0]


def test_a_second_studio_on_a_folder_opens_the_first(server: Server) -> None:
    second = subprocess.run([sys.executable, "-m", "dreamvid", "studio", str(server.folder), "--no-open"],
                            capture_output=True, text=True, timeout=120, check=True)
    assert second.stdout.strip() == server.address
    assert "open on this folder already" in second.stderr


def test_a_folder_that_is_read_only_is_said_in_a_sentence(run: Run, tiny_disk: Path) -> None:
    (tiny_disk / "films").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    for folder in (tiny_disk, tiny_disk / "films"):
        done = run("studio", folder, "--no-open")
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (4, "", 1), done.stderr


def test_a_folder_that_cannot_be_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for words, code in ((["studio", str(tmp_path / "file"), "--no-open"], 4), (["jobs", "run", "0" * 12], 3),
                        (["studio", str(tmp_path / "x"), "--no-open", "--host", "not-here.invalid"], 2)):
        folder = ["--folder", str(tmp_path / "jobs")] if words[0] == "jobs" else []
        done = run(*words, *folder)
        assert (done.exit_code, done.stderr.count("\n")) == (code, 1), done.stderr


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="kills processes")
def test_a_job_outlives_its_server_and_the_page_stays_open(tmp_path: Path) -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        first = Server(tmp_path, "--port", str(port))  # the port is taken: the next free one
        assert first.port != port
    asked = {"command": "zoom", "settings": {"size": 96, "frames": 120}, "source": seed(first), "preset": ""}
    job = first.ask("POST", "/api/jobs", asked).json["job"]["id"]
    until(lambda: first.ask("GET", f"/api/jobs/{job}").json["done"] > 3)
    first.process.kill()
    first.process.wait()
    events = (tmp_path / ".studio" / "jobs" / job / "events.jsonl").read_text().splitlines()
    with suppress(ProcessLookupError):
        os.kill(json.loads(events[0])["pid"], signal.SIGKILL)
    second = Server(tmp_path, "--port", str(first.port))
    try:
        assert second.token != first.token
        assert second.ask("GET", "/api/jobs", cookie=first.cookie).json["jobs"][0]["id"] == job
        until(lambda: state(second, job) == "done")
        assert {".studio", "seed-zoom.mp4"} == {path.name for path in tmp_path.iterdir()}
    finally:
        second.stop()
