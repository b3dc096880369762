"""Checks every request before it is handled: it must come from the studio's own page, with the cookie, and be small."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 1 << 20
"""The largest JSON body, in bytes."""

SECONDS = 20.0
"""Timeout for a whole JSON body, and for each part of an upload."""

_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; "
                               "form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_RANGE = re.compile(r"bytes=(\d{1,15}-\d{0,15}|-\d{1,15})")
_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class Keys:
    """The secrets that give access to the studio.

    Attributes:
        token: part of the printed address; new at each start.
        cookie: the cookie's value, which a browser gets in exchange for the token. It does not change when the server
            restarts, so open pages keep working.
        name: the cookie's name.
    """

    token: str
    cookie: str
    name: str


class Guard:
    """ASGI middleware: refuses requests that do not come from this studio's page, and adds security headers."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], keys: Keys) -> None:
        self._app, self._hosts, self._keys = app, frozenset(hosts), keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or refuses it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        answer = self._refusal(scope)
        await (answer or self._app)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        """The response to a refused request or to a token; None if the request is passed on."""
        headers, request = Headers(scope=scope), Request(scope)
        host = headers.get("host", "")
        if headers.getlist("host") != [host] or host not in self._hosts:
            return _refused("This is not the address of the studio.")
        site = headers.get("sec-fetch-site")
        if scope["method"] not in _READING:
            if headers.getlist("origin") != [f"http://{host}"] or site not in (None, "same-origin"):
                return _refused("This was not asked for by the studio's own page.")
        elif site not in (None, "none", "same-origin") and headers.get("sec-fetch-mode") != "navigate":
            return _refused("This was not asked for by the studio's own page.")
        if request.url.path == "/" and "token" in request.query_params:
            return self._opened(request.query_params["token"])
        if not _same(_cookie(headers, self._keys.name), self._keys.cookie):
            return _refused("Open the address that `dreamvid studio` printed; it lets this browser in.")
        _drop_ranges(scope)
        return None

    def _opened(self, token: str) -> Response:
        if not _same(token, self._keys.token):
            return _refused("This address is old; open the one that `dreamvid studio` printed last.")
        answer = RedirectResponse("/", 303)
        answer.set_cookie(self._keys.name, self._keys.cookie, max_age=365 * 86400, httponly=True, samesite="strict")
        return answer


def _refused(sentence: str) -> Response:
    return PlainTextResponse(sentence, 403)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "replace"), other.encode())


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")[:4096]).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def _drop_ranges(scope: Scope) -> None:
    """Removes range headers other than one simple range, since many ranges can cost more than the whole file."""
    found = [value for name, value in scope["headers"] if name == b"range"]
    if found and (len(found) > 1 or not _RANGE.fullmatch(found[0].decode("latin-1"))):
        scope["headers"] = [pair for pair in scope["headers"] if pair[0] not in (b"range", b"if-range")]


class RequestError(Exception):
    """A request that is refused, with its HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def body_of(request: Request, seconds: float = SECONDS) -> dict[str, Any]:
    """The JSON object that a request holds, which must come within `seconds`.

    Raises:
        RequestError: the body is not a JSON object, is too large, or comes too slowly.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise RequestError(415, "the body must be JSON")
    data = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                data += part
                if len(data) > LARGEST_BODY:
                    raise RequestError(413, f"the body may have {LARGEST_BODY} bytes")
    except TimeoutError as error:
        raise RequestError(408, "the body came too slowly") from error
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RequestError(400, "the body is not JSON") from error
    if not isinstance(found, dict):
        raise RequestError(400, "the body must be a JSON object")
    return found


async def parts_of(request: Request, seconds: float = SECONDS) -> AsyncIterator[bytes]:
    """The parts of an upload, each of which must come within `seconds`.

    Raises:
        RequestError: the next part does not come in time.
    """
    parts = request.stream()
    while True:
        try:
            async with asyncio.timeout(seconds):
                part = await anext(parts)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise RequestError(408, "the file came too slowly") from error
        if part:
            yield part
