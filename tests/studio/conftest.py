"""A studio's server in a process of its own, and a client that says exactly what a test wants."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


class Answer(NamedTuple):
    """What the server answered."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """A running `dreamvid studio`, and a browser's cookie for it."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dreamvid", "studio", str(folder), "--no-open", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        timer = threading.Timer(120, self.process.kill)
        timer.start()
        self.address = self.process.stdout.readline().strip()
        timer.cancel()
        assert self.address, self.process.communicate()[1]
        parts = urlsplit(self.address)
        self.port, self.token = int(parts.port or 0), parse_qs(parts.query)["token"][0]
        self.host = f"127.0.0.1:{self.port}"
        self.cookie = self.ask("GET", f"/?token={self.token}", cookie="").headers["set-cookie"].partition(";")[0]

    def ask(self, method: str, path: str, body: Any = None, *, cookie: str | None = None, **headers: str) -> Answer:
        """One request, as a page of the studio would make it, but for the headers that are given."""
        usual = {"Host": self.host, "Cookie": self.cookie if cookie is None else cookie}
        if method != "GET":
            usual |= {"Origin": f"http://{self.host}", "Content-Type": "application/json"}
        wanted = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in wanted.items():
            if value:
                connection.putheader(name, value)
        if method != "GET" and "Content-Length" not in wanted:
            connection.putheader("Content-Length", str(len(data or b"")))
        connection.endheaders(data or b"")
        answer = connection.getresponse()
        found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        connection.close()
        return found

    def send(self, content: bytes, name: str) -> Answer:
        """Uploads a file."""
        return self.ask("POST", f"/api/files?name={name}", content, Content_Type="application/octet-stream")

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.process.wait()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    os.environ.pop("DREAMVID_PRESET", None)
    running = Server(tmp_path_factory.mktemp("studio") / "films", "--port", str(free_port()))
    yield running
    running.stop()
