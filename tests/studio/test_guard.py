"""Nobody but the studio's own page is answered, no file is reached by its path, and nothing is believed."""

import asyncio
import io
import json
import shutil
import socket
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.requests import Request

from dreamvid.media.fingerprint import fingerprint
from dreamvid.studio import guard
from dreamvid.studio.uploads import name_of
from tests.studio.conftest import SAMPLES, Server

POSTS = ["/api/check", "/api/preview", "/api/curves", "/api/inputs", "/api/jobs", "/api/queue",
         "/api/jobs/0123456789ab/run", "/api/results/0123456789abcdef0123/delete",
         "/api/trash/0123456789abcdef/restore", "/api/files?name=x"]
READS = ["/", "/api/studio", "/api/jobs", "/api/results", "/api/events", "/static/main.js", "/nothing"]
PATHS = ["..%2f..%2f..%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cwindows", "%2fetc%2fpasswd",
         "%5c%5chost%5cshare", "C%3a%5cwindows", "....//....//etc/passwd", "..;/etc/passwd", "%00", "a" * 5000, "%ff"]
ASK = {"command": "image", "settings": {}, "preset": "", "source": ""}


@pytest.mark.parametrize("path", READS)
def test_nothing_is_read_without_the_cookie(server: Server, path: str) -> None:
    for cookie in ("", "a=b", f"dreamvid-{server.port}=wrong", server.cookie[:-1], server.cookie + "x", "dreamvid"):
        assert server.ask("GET", path, cookie=cookie or "x=y").status == 403


@pytest.mark.parametrize("path", POSTS)
def test_nothing_is_changed_without_the_cookie(server: Server, path: str) -> None:
    assert server.ask("POST", path, {}, cookie="x=y").status == 403


def test_the_token_lets_a_browser_in_and_a_wrong_one_does_not(server: Server) -> None:
    opened = server.ask("GET", f"/?token={server.token}", cookie="x=y")
    assert (opened.status, opened.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict"} <= set(opened.headers["set-cookie"].replace("; ", ";").split(";"))
    assert server.token not in opened.headers["set-cookie"]
    for wrong in ("", "x", server.token[:-1], server.token + "x", "%00", "%ff"):
        assert server.ask("GET", f"/?token={wrong}", cookie="x=y").status == 403


@pytest.mark.parametrize("host", [
    "evil.example", "localhost.attacker.com", "127.0.0.1.attacker.com", "127.0.0.1", "localhost", "127.0.0.1:1",
    "[::1]", "0.0.0.0", "127.0.0.1:{port}.attacker.com", "127.0.0.1:{port}@evil.example", "127.1:{port}", "",
])
def test_a_name_that_was_bound_to_this_address_is_refused(server: Server, host: str) -> None:
    assert server.ask("GET", "/api/studio", Host=host.format(port=server.port)).status in (400, 403)


def test_two_hosts_are_refused(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall(f"GET / HTTP/1.1\r\nHost: {server.host}\r\nHost: evil\r\nCookie: {server.cookie}\r\n\r\n".encode())
        assert raw.recv(100).split()[1] in (b"400", b"403")


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "https://{host}", "http://localhost.attacker.com",
                                    "http://{host}.evil.example", "http://127.0.0.1", "file://", ""])
def test_another_site_changes_nothing(server: Server, origin: str) -> None:
    for path in POSTS:
        assert server.ask("POST", path, {}, Origin=origin.format(host=server.host)).status == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "nonsense"])
def test_what_the_browser_says_of_the_site_counts(server: Server, site: str) -> None:
    assert server.ask("POST", "/api/queue", {"held": False}, Sec_Fetch_Site=site).status == 403
    if site != "none":
        assert server.ask("GET", "/api/results", Sec_Fetch_Site=site, Sec_Fetch_Mode="no-cors").status == 403


def test_every_answer_keeps_the_page_to_itself(server: Server) -> None:
    for path in (*READS[:4], "/static/main.js", "/nothing"):
        headers = server.ask("GET", path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", PATHS)
def test_no_address_leads_out_of_the_folder(server: Server, path: str) -> None:
    addresses = ["/static/{}", "/api/files/{}", "/api/files/{}/small", "/api/jobs/{}", "/api/jobs/{}/frame",
                 "/api/results/{}/file", "/api/results/{}/small", "/api/results/{}/facts", "/api/preview/{}/1"]
    for address in addresses:
        answer = server.ask("GET", address.format(path))
        assert answer.status in (400, 404), address
        assert b"root:" not in answer.body
    for address in ("/api/jobs/{}/run", "/api/jobs/{}/delete", "/api/results/{}/delete", "/api/trash/{}/restore"):
        assert server.ask("POST", address.format(path), {}).status in (400, 404), address


def test_no_link_among_the_uploads_leads_out_of_the_folder(server: Server, tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "seed.jpg", tmp_path / "secret.jpg")
    folder, linked = (server.folder / ".studio" / "uploads" / name for name in ("0" * 16, "1" * 16))
    folder.mkdir()
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    linked.symlink_to(tmp_path)
    for file_id in ("0" * 16, "1" * 16):
        assert server.ask("GET", f"/api/files/{file_id}").status == 400
        assert server.ask("GET", f"/api/files/{file_id}/small").status == 400
    found = server.ask("POST", "/api/inputs", {"inputs": {"picture": fingerprint(tmp_path / "secret.jpg")}}).json
    assert found.get("picture", {}).get("id") not in ("0" * 16, "1" * 16)


def test_a_job_that_does_not_exist_is_refused_in_a_sentence(server: Server) -> None:
    for answer in (server.ask("GET", f"/api/jobs/{'0' * 12}"), server.ask("POST", f"/api/jobs/{'0' * 12}/run", {}),
                   server.ask("GET", f"/api/jobs/{'0' * 12}/frame")):
        assert (answer.status, "there is no job" in answer.json["error"]) == (400, True)


@pytest.mark.parametrize(("key", "value"), [
    ("guide", "/etc/passwd"), ("guide", "../../etc/passwd"), ("guide", "\\\\host\\share\\x.png"),
    ("weights", "C:\\x.h5"), ("network", "/tmp/graph.pb"), ("network", "graph.pb"),
    ("sheet", "x.png"), ("poster", "x.png"), ("restart", True),
    ("guide", 3), ("guide", ["a"]), ("steps", {"a": 1}), ("steps", None), ("steps", "many"), ("size", 10**30),
    ("no_such", 1), ("<img src=x onerror=alert(1)>", 1),
])
def test_no_setting_names_a_file_of_the_machine(server: Server, key: str, value: Any) -> None:
    for command in ("zoom", "clip"):
        answer = server.ask("POST", "/api/check", ASK | {"command": command, "settings": {key: value}})
        assert "values" not in answer.json
        assert answer.json["error"]


@pytest.mark.parametrize("wrong", [{"command": "encode"}, {"command": 3}, {"command": None}, {"preset": "../x.toml"},
                                   {"preset": "/etc/passwd"}, {"preset": 3}, {"source": "../x"}, {"source": 5},
                                   {"settings": [1]}, {"source": "0" * 16}, {"format": "/../x.png"}])
def test_what_is_asked_for_wrongly_is_refused_in_a_sentence(server: Server, wrong: dict[str, Any]) -> None:
    for path in ("/api/check", "/api/jobs", *(() if "format" in wrong else ("/api/curves",))):
        answer = server.ask("POST", path, ASK | wrong)
        assert answer.status == (200 if path == "/api/check" else 400)
        assert answer.json["error"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode), st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20), lambda inner: st.lists(inner, max_size=3) |
    st.dictionaries(st.sampled_from(["command", "settings", "preset", "source", "held", "x"]), inner, max_size=4),
    max_leaves=8).map(lambda value: json.dumps(value).encode())))
def test_no_body_is_a_bug(server: Server, body: bytes) -> None:
    answer = server.ask("POST", "/api/check", body)
    assert answer.status in (200, 400)
    assert "values" in answer.json or answer.json["error"]


@pytest.mark.parametrize("body", [{}, {"inputs": 3}, {"inputs": ["x"]}, {"inputs": {"picture": 3}},
                                  {"inputs": {"picture": {"sha256": "x"}}}, {"inputs": None}])
def test_inputs_that_are_no_hashes_are_refused(server: Server, body: Any) -> None:
    assert server.ask("POST", "/api/inputs", body).status == 400


def recipe_text(name: str = "<img src=x onerror=alert(1)>.jpg", **settings: Any) -> bytes:
    """A recipe of a picture of that name, whose settings hold markup."""
    settings = {"layers": "<img src=x onerror=window.harmed=1>"} | settings
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    return "\n".join([
        'dreamvid = "0.2.0"', 'command = "image"', "[settings]", *lines, "[network]",
        'name = "<script>alert(1)</script>"', f'weights = "{"0" * 64}"', "[inputs.picture]",
        f"name = {json.dumps(name)}", f'sha256 = "{"0" * 64}"']).encode()


def test_a_hostile_recipe_is_only_text(server: Server) -> None:
    answer = server.send(recipe_text(), "a.toml")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    recipe = answer.json["recipe"]
    assert recipe["settings"] == {"layers": "<img src=x onerror=window.harmed=1>"}
    assert recipe["inputs"]["picture"]["name"] == "<img src=x onerror=alert(1)>.jpg"
    hashes = {role: one["sha256"] for role, one in recipe["inputs"].items()}
    assert server.ask("POST", "/api/inputs", {"inputs": hashes}).json == {}


@pytest.mark.parametrize("text", [
    recipe_text("../../etc/passwd"), recipe_text("/etc/passwd"), recipe_text("x" * 5_000_000),
    recipe_text(octaves=10**30), recipe_text(no_such=1), recipe_text(steps=[1]),
], ids=["up", "absolute", "huge", "range", "unknown", "list"])
def test_a_recipe_that_leads_elsewhere_is_refused(server: Server, text: bytes) -> None:
    answer = server.send(text, "a.toml")
    assert (answer.status, str(server.folder) in answer.json["error"]) == (400, False)


def test_large_and_foreign_bodies_are_refused(server: Server) -> None:
    assert server.ask("POST", "/api/check", b'{"x": "' + b"a" * (2 << 20) + b'"}').status == 413
    assert server.ask("POST", "/api/check", {}, Content_Type="text/plain").status == 415
    assert server.ask("POST", "/api/check", {}, Content_Type="application/x-www-form-urlencoded").status == 415
    assert server.ask("POST", "/api/files?name=x", b"x", Content_Type="multipart/form-data").status == 415
    assert server.ask("POST", "/api/check", b"[" * 100_000).status == 400


def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async def never() -> Any:
        await asyncio.sleep(3600)

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", b"application/json")]}

    async def read() -> None:
        with pytest.raises(guard.RequestError, match="slowly"):
            await guard.body_of(Request(scope, never), 0.1)
        with pytest.raises(guard.RequestError, match="slowly"):
            await anext(guard.parts_of(Request(scope, never), 0.1))

    asyncio.run(read())


@pytest.mark.parametrize("wanted", [
    "../../evil.png", "..\\..\\evil.png", "/etc/cron.d/evil.png", "C:\\evil.png", ".hidden.png", "con", "a" * 400,
    "<img src=x onerror=alert(1)>.png", "%06d.png", "a\0b.png", "-o.png", "..", "", "\n", "ü" * 300 + ".png",
])
def test_names_of_uploads_are_harmless(wanted: str) -> None:
    name = name_of(wanted)
    assert name
    assert Path(name).name == name
    assert len(name.encode()) <= 100
    assert not set(name) & set('/\\<>"%\0\n:*?|')
    assert name[0] not in ".-"


def test_an_upload_stays_in_its_folder_and_its_answer_names_no_path(server: Server) -> None:
    answer = server.send((SAMPLES / "seed.jpg").read_bytes(), "..%2f..%2f%3Cimg%20onerror%3E.jpg")
    assert (answer.status, answer.json["kind"], answer.json["width"]) == (200, "picture", 533)
    [path] = (server.folder / ".studio" / "uploads" / answer.json["id"]).iterdir()
    assert path.name == answer.json["name"] == "_img onerror_.jpg"
    small = server.ask("GET", f"/api/files/{answer.json['id']}/small")
    assert (small.status, small.headers["content-type"]) == (200, "image/jpeg")
    assert "sandbox" in small.headers["content-security-policy"]


def bomb() -> bytes:
    """A PNG that declares 3.6 thousand million pixels."""
    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks)


@pytest.mark.parametrize(("content", "name"), [
    (bomb(), "bomb.png"), (b"no picture", "a.png"), (b"", "empty.png"), (b"<svg onload=alert(1)>", "a.svg"),
    (b"<html>", "a.html"), (b"x=1", "a.toml"),
], ids=["bomb", "text", "empty", "svg", "html", "toml"])
def test_what_cannot_be_dreamed_is_refused_without_a_path(server: Server, content: bytes, name: str) -> None:
    before = set((server.folder / ".studio" / "uploads").iterdir())
    answer = server.send(content, name)
    assert answer.status == 400
    assert str(server.folder) not in answer.json["error"]
    assert "/" not in answer.json["error"]
    assert set((server.folder / ".studio" / "uploads").iterdir()) == before


def test_a_file_that_is_too_large_is_refused_before_it_comes(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as raw:
        raw.sendall((f"POST /api/files?name=x.mp4 HTTP/1.1\r\nHost: {server.host}\r\n"
                     f"Origin: http://{server.host}\r\nCookie: {server.cookie}\r\n"
                     f"Content-Type: application/octet-stream\r\nContent-Length: {5 << 30}\r\n\r\n").encode())
        assert raw.recv(100).split()[1] == b"400"


def test_only_results_are_served_and_never_as_pages(server: Server, tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(b"secret")
    (server.folder / "link.png").symlink_to(secret)
    for name in ("a.svg", "a.html", "a.txt", ".hidden.png"):
        (server.folder / name).write_text("<script>alert(1)</script>")
    (server.folder / "<img src=x onerror=alert(1)>.png").write_bytes((SAMPLES / "looks" / "petals.webp").read_bytes())
    (server.folder / "film.mp4").write_bytes((SAMPLES / "zoom.mp4").read_bytes())
    found = server.ask("GET", "/api/results").json
    assert {one["name"] for one in found} == {"film.mp4", "<img src=x onerror=alert(1)>.png"}
    for one in found:
        answer = server.ask("GET", f"/api/results/{one['id']}/file")
        assert answer.headers["content-type"] in ("video/mp4", "image/png")
        assert "sandbox" in answer.headers["content-security-policy"]


def test_ranges_are_bounded(server: Server) -> None:
    content = (SAMPLES / "zoom.mp4").read_bytes()
    (server.folder / "ranges.mp4").write_bytes(content)
    [one] = [one for one in server.ask("GET", "/api/results").json if one["name"] == "ranges.mp4"]
    address = f"/api/results/{one['id']}/file"
    part = server.ask("GET", address, Range="bytes=10-19")
    assert (part.status, part.body) == (206, content[10:20])
    assert server.ask("GET", address, Range="bytes=-5").body == content[-5:]
    many = "bytes=" + ",".join("0-" for _ in range(3000))
    for wrong in (many, "bytes=0-1,3-4", "bytes=a-b", "bytes=--", "lines=1-2", "bytes=" + "9" * 400 + "-"):
        assert server.ask("GET", address, Range=wrong).body == content
    assert server.ask("GET", address, Range="bytes=99999999-").status == 416


def stream(server: Server, last: str = "") -> tuple[socket.socket, io.BufferedReader]:
    """An open stream of events, past its headers."""
    raw = socket.create_connection(("127.0.0.1", server.port), timeout=120)
    raw.sendall(f"GET /api/events HTTP/1.1\r\nHost: {server.host}\r\nCookie: {server.cookie}\r\n"
                f"Last-Event-ID: {last}\r\n\r\n".encode())
    file = raw.makefile("rb")
    while file.readline().strip():
        pass
    return raw, file


def event(file: io.BufferedReader) -> dict[str, str]:
    """The next event of a stream."""
    found: dict[str, str] = {}
    while line := file.readline().decode().strip() or not found:
        name, colon, value = str(line).partition(": ")
        if colon and name:
            found[name] = value
    return found


def test_a_stream_goes_on_after_the_event_that_a_page_had_last(server: Server) -> None:
    raw, file = stream(server)
    first = event(file)
    assert first["event"] == "hello"
    raw.close()
    server.ask("POST", "/api/queue", {"held": True})
    raw, file = stream(server, first["id"])
    while (kind := event(file)["event"]) != "held":
        assert kind != "hello"
    raw.close()
    for unknown in ("nonsense", "0-1", f"{first['id']}999", first["id"].partition("-")[0] + "--1", "é"):
        raw, file = stream(server, unknown)
        assert event(file)["event"] == "hello"
        raw.close()
    server.ask("POST", "/api/queue", {"held": False})


@pytest.mark.slow
def test_two_hundred_pages_may_be_open(server: Server) -> None:
    streams = [stream(server) for _ in range(200)]
    assert {event(file)["event"] for _, file in streams} == {"hello"}
    assert server.ask("GET", "/api/jobs").status == 200
    for raw, _ in streams:
        raw.close()
