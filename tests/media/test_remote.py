"""Pictures at an https:// address, and photographs as phones make them."""

import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pillow_heif
import pytest

from dreamvid import image
from dreamvid.errors import InputError, SettingError
from dreamvid.events import Event, Fetched, Listener
from dreamvid.media import remote
from dreamvid.media.still import read_still
from tests.conftest import SEED


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the samples, silently."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args, directory=str(SEED.parent))  # pyright: ignore[reportArgumentType]

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An https server of this machine, which the client trusts."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    try:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"], check=True,
                       capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a certificate is made by openssl")
    server = http.server.ThreadingHTTPServer(("localhost", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("NO_PROXY", "localhost")
    monkeypatch.setenv("DREAMVID_CACHE", str(tmp_path / "cache"))
    yield f"https://localhost:{server.server_port}"
    server.shutdown()


def test_it_is_fetched_once_and_keeps_its_name(address: str) -> None:
    events: list[Event] = []
    found = remote.local(Path(f"{address}/seed.jpg"), Listener(events.append))
    assert found.name == "seed.jpg"
    assert found.read_bytes() == SEED.read_bytes()
    assert isinstance(events[-1], Fetched)
    assert remote.local(Path(f"{address}/seed.jpg"), Listener(), offline=True) == found


def test_what_cannot_be_is_one_sentence(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, says in ((f"{address}/none.jpg", "cannot be read: 404"), ("https://localhost:1/a.jpg", "cannot be read")):
        with pytest.raises(InputError, match=says):
            remote.local(Path(path), Listener())
    with pytest.raises(InputError, match="offline forbids"):
        remote.local(Path(f"{address}/seed.jpg"), Listener(), offline=True)
    with pytest.raises(SettingError, match="must begin with https"):
        remote.local(Path("http://localhost/a.jpg"), Listener())
    with pytest.raises(InputError, match="more than 1,000 bytes"):
        remote.local(Path(f"{address}/seed.jpg"), Listener(), largest=1000)
    monkeypatch.setenv("DREAMVID_CACHE", "")
    with pytest.raises(SettingError, match="needs a cache"):
        remote.local(Path(f"{address}/seed.jpg"), Listener())


def test_an_address_that_cannot_be_read_is_one_failed_entry_of_a_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DREAMVID_CACHE", str(tmp_path / "cache"))
    warnings: list[str] = []
    pictures = image(["https://localhost:1/a.jpg", SEED, "http://localhost:1/b.jpg"], f"{tmp_path}/dreams/", size=32,
                     steps=1, octaves=1, offline=True, warn=warnings.append)
    assert next(pictures).output == str(tmp_path / "dreams" / "seed-dream.png")
    with pytest.raises(InputError, match="2 of 3 pictures could not be read"):
        next(pictures)
    assert ["is not here" in warnings[0], "must begin with https" in warnings[1]] == [True, True]


def test_a_photograph_of_a_phone_is_read_upright(tmp_path: Path) -> None:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :30] = 200, 30, 30
    picture = PIL.Image.fromarray(pixels)
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    heif = pillow_heif.from_pillow(picture)
    heif.save(tmp_path / "photo.heic", quality=95, exif=exif.tobytes())
    image = read_still(tmp_path / "photo.heic", lambda _: None).image
    assert image.shape == (60, 40, 3)
    np.testing.assert_allclose(image[5, 20], [200 / 255, 30 / 255, 30 / 255], atol=0.05)
    assert image[-5, 20].max() < 0.05
