"""Runs the server of a studio, and opens its page."""

import errno
import secrets
import socket
import webbrowser
from collections.abc import Callable, Mapping
from threading import Thread

from filelock import FileLock, Timeout

from dreamvid.errors import OutputError, SettingError
from dreamvid.studio.folder import Studio, get_json, put_json
from dreamvid.studio.queue import Queue

LOOPBACK = "127.0.0.1"
PORT = 8642
"""The port to try first."""

_TRIES = 30

Say = Callable[[str], None]


def serve(studio: Studio, *, host: str, port: int, jobs: int, opens: bool, first: Mapping[str, tuple[str, ...]],
          say: Say, warn: Say) -> None:
    """Serves the page of a studio until the process ends. If another process already serves it, only opens that page.

    Args:
        host: the address to listen on: `LOOPBACK`, unless other devices should reach the page.
        port: the first port to try; 0 for `PORT`.
        jobs: how many jobs run at a time.
        opens: whether to open the browser.
        first: command → the settings that are shown first.
        say: called with the page's address.
        warn: called with warnings.

    Raises:
        SettingError: `host` is not an address of this machine, or the port is not permitted.
        OutputError: the folder is in use by a server whose address is unknown.
    """
    lock = FileLock(studio.inside / "server.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        _open_other(studio, opens=opens, say=say, warn=warn)
        return
    with lock, _bound(host, port, warn) as listening:
        token = secrets.token_urlsafe(24)
        address = f"http://{host}:{listening.getsockname()[1]}/?token={token}"
        put_json(studio.inside / "server.json", {"address": address}, mode=0o600)
        if host != LOOPBACK:
            warn(f"every device that can reach {host} and has the address below can use this machine's studio, and "
                 "whoever listens on the network can read along; end it when you do not need it")
        say(address)
        if opens:
            _open(address, warn)
        queue = Queue(studio, jobs)
        try:
            _run(studio, queue, listening, host=host, token=token, first=first)
        finally:
            (studio.inside / "server.json").unlink(missing_ok=True)
            queue.stop()


def _run(studio: Studio, queue: Queue, listening: socket.socket, *, host: str, token: str,
         first: Mapping[str, tuple[str, ...]]) -> None:
    """Answers requests. What this imports is loaded while the browser starts, whose first request waits."""
    import uvicorn

    from dreamvid.studio.app import build
    from dreamvid.studio.feed import Feed
    from dreamvid.studio.guard import Guard, Keys
    from dreamvid.studio.site import Site

    port = listening.getsockname()[1]
    keys = Keys(token, _cookie(studio), f"dreamvid-{port}")
    hosts = {f"{name}:{port}" for name in ((LOOPBACK, "localhost") if host == LOOPBACK else (host,))}
    site = Site(studio, queue, Feed(studio, queue), first, is_local=host == LOOPBACK)
    config = uvicorn.Config(Guard(build(site), hosts, keys), log_level="error", access_log=False, ws="none",
                            server_header=False, proxy_headers=False, timeout_graceful_shutdown=2,
                            limit_concurrency=800, lifespan="on")
    uvicorn.Server(config).run(sockets=[listening])


def _bound(host: str, port: int, warn: Say) -> socket.socket:
    """A listening socket on the port, or on the next free one."""
    wanted = port or PORT
    for number in [*range(wanted, min(wanted + _TRIES, 65536)), 0]:
        try:
            listening = socket.create_server((host, number), backlog=512)
        except PermissionError as error:
            raise SettingError("port", number, "this user may not use it") from error
        except OSError as error:
            if not isinstance(error, socket.gaierror) and number and _is_taken(error):
                continue
            raise SettingError("host", host, "it must be an address of this machine, such as 192.168.1.5") from error
        if number != wanted:
            warn(f"port {wanted} is taken; this is {listening.getsockname()[1]}")
        return listening
    raise OutputError("no port is free")


def _is_taken(error: OSError) -> bool:
    return error.errno in (errno.EADDRINUSE, 10048)


def _cookie(studio: Studio) -> str:
    """The cookie's value. It is stored, so that open pages keep working after the server restarts."""
    path = studio.inside / "secret.json"
    found = get_json(path)
    if not isinstance(found, str) or len(found) < 32:
        found = secrets.token_urlsafe(32)
        put_json(path, found, mode=0o600)
    path.chmod(0o600)
    return found


def _open_other(studio: Studio, *, opens: bool, say: Say, warn: Say) -> None:
    found = get_json(studio.inside / "server.json")
    if not isinstance(found, dict) or not isinstance(found.get("address"), str):
        raise OutputError(f"{studio.folder} is in use by another studio that is just starting or ending")
    warn("a studio is open on this folder already; this is its page")
    say(found["address"])
    if opens:
        _open(found["address"], warn)


def _open(address: str, warn: Say) -> None:
    """Opens the browser in a thread, since some browser commands block until the browser is closed."""
    def opened() -> None:
        if not webbrowser.open(address):
            warn("no browser was found; open the address above")

    Thread(target=opened, daemon=True).start()
