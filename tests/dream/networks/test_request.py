"""Weights from the internet, against a server on this machine."""

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dreamvid.dream.networks.catalogue import Download
from dreamvid.dream.networks.request import fetch, is_here, kept
from dreamvid.errors import Cancelled, ResourceError, WeightsError

CONTENT = bytes(range(256)) * 12_000
DIGEST = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()


class Server(BaseHTTPRequestHandler):
    """Answers with the content; with half of it under /half.h5, late under /silent.h5, and with nothing elsewhere."""

    def do_GET(self) -> None:
        if self.path == "/silent.h5":
            time.sleep(30)
            return
        if self.path not in ("/weights.h5", "/half.h5"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT if self.path == "/weights.h5" else CONTENT[: len(CONTENT) // 2])

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def left() -> list[str]:
    folder = Path(os.environ["KERAS_HOME"]) / "models"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def ignore(*_: object) -> None:
    pass


@pytest.mark.parametrize("digest", [DIGEST, hashlib.sha256(CONTENT).hexdigest(), ""])
def test_what_is_fetched_is_kept_and_not_fetched_again(host: str, digest: str) -> None:
    wanted = Download(f"{host}/weights.h5", digest)
    told: list[tuple[str, int, int]] = []
    assert not is_here(wanted)
    path = fetch(wanted, offline=False, progress=lambda *now: told.append(now))
    assert path.read_bytes() == CONTENT
    assert told[-1] == ("weights.h5", len(CONTENT), len(CONTENT))
    assert is_here(wanted)
    assert left() == ["weights.h5"]
    assert fetch(Download("http://127.0.0.1:1/weights.h5", digest), offline=True, progress=ignore) == path


@pytest.mark.parametrize(("name", "digest", "reason"), [
    ("weights.h5", "0" * 32, "not the published file"), ("half.h5", "", "the connection failed"),
    ("nothing.h5", "", "404"),
])
def test_what_goes_wrong_is_said_with_the_way_out(host: str, name: str, digest: str, reason: str) -> None:
    with pytest.raises(WeightsError, match=rf"{name} .*{reason}.*fetch {host}/{name} .*with weights FILE"):
        fetch(Download(f"{host}/{name}", digest), offline=False, progress=ignore)
    assert left() == []


def test_a_server_that_is_down_is_said(host: str) -> None:
    with pytest.raises(WeightsError, match=r"weights\.h5 .*the connection failed.*with weights FILE"):
        fetch(Download("http://127.0.0.1:1/weights.h5", DIGEST), offline=False, progress=ignore)


def test_a_server_that_is_silent_is_said(host: str) -> None:
    with pytest.raises(WeightsError, match=r"silent\.h5 .*no answer for 0\.2 seconds.*with weights FILE"):
        fetch(Download(f"{host}/silent.h5", DIGEST), offline=False, progress=ignore, timeout=0.2)


def test_offline_fetches_nothing(host: str) -> None:
    with pytest.raises(WeightsError, match="offline forbids"):
        fetch(Download(f"{host}/weights.h5", DIGEST), offline=True, progress=ignore)
    assert left() == []


def test_a_damaged_file_is_fetched_again(host: str) -> None:
    wanted = Download(f"{host}/weights.h5", DIGEST)
    kept(wanted).parent.mkdir()
    kept(wanted).write_bytes(CONTENT[:-1])
    assert fetch(wanted, offline=False, progress=ignore).read_bytes() == CONTENT


def test_a_cancelled_download_leaves_nothing(host: str) -> None:
    def cancel(*_: object) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        fetch(Download(f"{host}/weights.h5", DIGEST), offline=False, progress=cancel)
    assert left() == []


def test_a_full_disk_is_told(host: str, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tiny_disk))
    with pytest.raises(ResourceError, match="disk is full"):
        fetch(Download(f"{host}/weights.h5", DIGEST), offline=False, progress=ignore)
    assert left() == []
