"""The server's routes. Each checks its request and answers in JSON; `guard` has checked the headers before."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable
from contextlib import aclosing, asynccontextmanager, suppress
from functools import wraps
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dreamvid import __version__
from dreamvid.errors import DreamvidError
from dreamvid.studio import choosing, keeping
from dreamvid.studio.controls import controls, looks
from dreamvid.studio.guard import RequestError
from dreamvid.studio.site import Answer, Site

STREAMS = 300
"""The most event streams that may be open at once."""


def build(site: Site) -> Starlette:
    """The application of a studio."""
    def route(path: str, method: str, answer: Answer) -> Route:
        @wraps(answer)
        async def called(request: Request) -> Response:
            try:
                return await answer(site, request)
            except RequestError as error:
                return JSONResponse({"error": str(error), "key": ""}, error.status)
            except DreamvidError as error:
                return JSONResponse({"error": site.sentence(error), "key": getattr(error, "key", "")}, 400)

        return Route(path, called, methods=[method])

    @asynccontextmanager
    async def running(_: Starlette) -> AsyncIterator[None]:
        shutil.rmtree(site.drawn, ignore_errors=True)
        site.drawn.mkdir()
        looking = asyncio.create_task(site.feed.run())
        try:
            yield
        finally:
            looking.cancel()
            site.desk.stop()
            site.artist.stop()

    static = StaticFiles(packages=[("dreamvid.studio", "static")])
    return Starlette(lifespan=running, routes=[*(route(*each) for each in ROUTES), Mount("/static", static)])


async def page(_: Site, __: Request) -> Response:
    """The page."""
    return Response((files("dreamvid.studio") / "static" / "index.html").read_bytes(), media_type="text/html")


async def everything(site: Site, _: Request) -> Response:
    """Everything that a page needs when it opens. Also starts the helper processes in the background."""
    for helper, what in ((site.artist, "warm"), (site.desk, "ready")):
        asyncio.get_running_loop().create_task(_quietly(helper.ask(what)))
    await site.feed.look()
    return JSONResponse({
        "version": __version__, "controls": controls(site.first), "looks": looks(), "jobs": site.feed.jobs,
        "held": site.queue.held, "local": site.is_local, "formats": choosing.FORMATS,
    })


async def _quietly(work: Awaitable[Any]) -> None:
    with suppress(DreamvidError, OSError):
        await work


async def events(site: Site, request: Request) -> Response:
    """The stream of events."""
    if site.streams >= STREAMS:
        raise RequestError(503, "too many pages are open")

    async def stream() -> AsyncIterator[bytes]:
        site.streams += 1
        try:
            async with aclosing(site.feed.stream(request.headers.get("last-event-id", ""))) as found:
                async for text in found:
                    yield text
        finally:
            site.streams -= 1

    return StreamingResponse(stream(), media_type="text/event-stream")


ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("/", "GET", page),
    ("/api/studio", "GET", everything),
    ("/api/events", "GET", events),
    ("/api/files", "POST", choosing.upload),
    ("/api/files/{id}", "GET", choosing.file_facts),
    ("/api/files/{id}/small", "GET", choosing.file_small),
    ("/api/check", "POST", choosing.check),
    ("/api/preview", "POST", choosing.preview),
    ("/api/preview/{id}/{number:int}", "GET", choosing.preview_picture),
    ("/api/curves", "POST", choosing.curves),
    ("/api/jobs", "GET", keeping.all_jobs),
    ("/api/jobs", "POST", choosing.add_job),
    ("/api/jobs/{id}", "GET", keeping.job_facts),
    ("/api/jobs/{id}/frame", "GET", keeping.job_frame),
    ("/api/jobs/{id}/{what}", "POST", keeping.job_do),
    ("/api/queue", "POST", keeping.hold),
    ("/api/results", "GET", keeping.all_results),
    ("/api/results/{id}/file", "GET", keeping.result_file),
    ("/api/results/{id}/small", "GET", keeping.result_small),
    ("/api/results/{id}/{what}", "POST", keeping.result_do),
    ("/api/trash/{id}/restore", "POST", keeping.restore),
)
