"""Routes for the gallery: results, their thumbnails and facts, and the trash."""

import asyncio
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from dreamvid.studio import gallery, uploads
from dreamvid.studio.create_routes import facts_of
from dreamvid.studio.folder import get_json, put_json
from dreamvid.studio.guard import RequestError, body_of
from dreamvid.studio.jobs import jobs
from dreamvid.studio.site import MEDIA, Site


async def all_results(site: Site, _: Request) -> Response:
    """All results. `job` is the state of the job that is still making it; empty if no job is."""
    making = {job["output"]: job["state"] for job in site.feed.jobs if job["state"] != "done"}
    found = await asyncio.to_thread(gallery.results, site.studio)
    return JSONResponse([{**one.summary(), "job": making.get(one.path.name, "")} for one in found])


async def result_file(site: Site, request: Request) -> Response:
    """The file of a result, or the requested range of it."""
    one = gallery.find(site.studio, request.path_params["id"])
    return FileResponse(one.path, media_type=one.type, headers=MEDIA)


async def result_small(site: Site, request: Request) -> Response:
    """A thumbnail of a result."""
    one = gallery.find(site.studio, request.path_params["id"])
    small = _cached(site, one, ".jpg")
    if not small.exists():
        await site.reader.run("small", path=str(one.path), to=str(small), side=320)
    return FileResponse(small, media_type="image/jpeg", headers=MEDIA)


async def result_facts(site: Site, request: Request) -> Response:
    """A result's size, length and recipe, and the draft of the job that made it; null without such a job."""
    one = gallery.find(site.studio, request.path_params["id"])
    cached = _cached(site, one, ".json")
    facts: Any = get_json(cached)
    if facts is None:
        facts = await site.reader.run("inspect", path=str(one.path))
        put_json(cached, facts)
    drafts = [job.about.get("draft") for job in jobs(site.studio) if job.output == one.path.name]
    return JSONResponse({**facts, "draft": (drafts[-1] or None) if drafts else None})


def _cached(site: Site, one: gallery.Result, suffix: str) -> Path:
    return site.studio.small / f"{one.id}-{int(one.at * 1000)}-{one.bytes}{suffix}"


async def result_action(site: Site, request: Request) -> Response:
    """Adds a result to the uploads, opens its folder, or moves it to the trash."""
    await body_of(request)
    one, action = gallery.find(site.studio, request.path_params["id"]), request.path_params["action"]
    if action == "take":
        return JSONResponse(await facts_of(site, await asyncio.to_thread(uploads.keep, site.studio, one.path)))
    if action == "delete":
        return JSONResponse({"trashed": gallery.discard(site.studio, one)})
    if action == "show" and site.is_local:
        import typer

        await asyncio.to_thread(typer.launch, str(one.path), locate=True)
        return JSONResponse({})
    raise RequestError(404, "there is no such action")


async def restore(site: Site, request: Request) -> Response:
    """Restores a result from the trash."""
    await body_of(request)
    gallery.restore(site.studio, request.path_params["id"])
    return JSONResponse({})
