"""The server's routes. Each checks its request and answers in JSON; `guard` has checked the headers before."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from functools import wraps
from importlib.resources import files

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dreamvid import __version__
from dreamvid.errors import DreamvidError
from dreamvid.studio import create_routes, gallery_routes, queue_routes
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
        shutil.rmtree(site.previews_folder, ignore_errors=True)
        site.previews_folder.mkdir()
        looking = asyncio.create_task(site.feed.run())
        try:
            yield
        finally:
            looking.cancel()
            await asyncio.gather(site.reader.stop(), site.previewer.stop())

    static = StaticFiles(packages=[("dreamvid.studio", "static")])
    return Starlette(lifespan=running, routes=[*(route(*each) for each in ROUTES), Mount("/static", static)])


async def page(_: Site, __: Request) -> Response:
    """The page."""
    return Response((files("dreamvid.studio") / "static" / "index.html").read_bytes(), media_type="text/html")


async def everything(site: Site, _: Request) -> Response:
    """Everything that a page needs when it opens. Then the task processes are started."""
    await site.feed.scan()
    return JSONResponse(background=BackgroundTask(_warm, site), content={
        "version": __version__, "controls": controls(site.first), "looks": looks(), "jobs": site.feed.jobs,
        "held": site.queue.held, "local": site.is_local, "formats": create_routes.FORMATS,
    })


async def _warm(site: Site) -> None:
    with suppress(DreamvidError, OSError):
        await asyncio.gather(site.previewer.run("warm"), site.reader.run("ready"))


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
    ("/api/files", "POST", create_routes.upload),
    ("/api/files/{id}", "GET", create_routes.file_facts),
    ("/api/files/{id}/small", "GET", create_routes.file_small),
    ("/api/inputs", "POST", create_routes.inputs),
    ("/api/check", "POST", create_routes.check),
    ("/api/preview", "POST", create_routes.preview),
    ("/api/preview/{id}/{number:int}", "GET", create_routes.preview_picture),
    ("/api/curves", "POST", create_routes.curves),
    ("/api/jobs", "GET", queue_routes.all_jobs),
    ("/api/jobs", "POST", create_routes.add_job),
    ("/api/jobs/{id}", "GET", queue_routes.job_facts),
    ("/api/jobs/{id}/frame", "GET", queue_routes.job_frame),
    ("/api/jobs/{id}/{action}", "POST", queue_routes.job_action),
    ("/api/queue", "POST", queue_routes.hold),
    ("/api/results", "GET", gallery_routes.all_results),
    ("/api/results/{id}/file", "GET", gallery_routes.result_file),
    ("/api/results/{id}/small", "GET", gallery_routes.result_small),
    ("/api/results/{id}/facts", "GET", gallery_routes.result_facts),
    ("/api/results/{id}/{action}", "POST", gallery_routes.result_action),
    ("/api/trash/{id}/restore", "POST", gallery_routes.restore),
)
