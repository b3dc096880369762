"""Routes for jobs and results."""

import asyncio
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from dreamvid.errors import InputError
from dreamvid.studio import gallery, uploads
from dreamvid.studio.choosing import facts_of
from dreamvid.studio.guard import RequestError, body_of
from dreamvid.studio.jobs import ask, delete, find, jobs, move
from dreamvid.studio.site import MEDIA, Site
from dreamvid.studio.telling import summary


async def all_jobs(site: Site, _: Request) -> Response:
    """All jobs in queue order, and whether the queue is held."""
    await site.feed.look()
    return JSONResponse({"jobs": site.feed.jobs, "held": site.queue.held})


async def job_facts(site: Site, request: Request) -> Response:
    """A job's summary, scores, warnings, log and request."""
    job = find(site.studio, request.path_params["id"])
    told = site.feed.told_by(job)
    with suppress(OSError):
        log = (job.folder / "log.txt").read_bytes()[-4000:].decode("utf-8", "replace")
        return JSONResponse({**summary(job, told), "scores": told.scores, "warnings": told.warnings,
                             "log": site.sentence(InputError(log)), "asked": job.about.get("asked") or None})
    return JSONResponse({**summary(job, told), "scores": told.scores, "warnings": told.warnings, "log": "",
                         "asked": job.about.get("asked") or None})


async def job_frame(site: Site, request: Request) -> Response:
    """The latest frame of a job."""
    path = find(site.studio, request.path_params["id"]).folder / "frame.jpg"
    if not path.exists():
        raise RequestError(404, "there is no frame yet")
    return Response(path.read_bytes(), media_type="image/jpeg", headers=MEDIA)


async def job_do(site: Site, request: Request) -> Response:
    """Runs, pauses, cancels, moves, duplicates or deletes a job."""
    body, job, what = await body_of(request), find(site.studio, request.path_params["id"]), request.path_params["what"]
    if what in ("run", "pause", "cancel"):
        await asyncio.to_thread(ask, job, what)
    elif what == "move":
        await asyncio.to_thread(move, site.studio, job, str(body.get("before") or ""))
    elif what == "delete":
        await asyncio.to_thread(delete, site.studio, job)
    elif what == "duplicate":
        await site.desk.ask("duplicate", folder=str(site.studio.folder), job=job.id)
    else:
        raise RequestError(404, "there is no such action")
    await site.feed.look()
    return JSONResponse({})


async def hold(site: Site, request: Request) -> Response:
    """Holds the queue (no further job is started), or releases it."""
    site.queue.hold(bool((await body_of(request)).get("held")))
    await site.feed.look()
    return JSONResponse({})


async def all_results(site: Site, _: Request) -> Response:
    """All results. `job` is the state of the job that still makes it; empty if there is none."""
    making = {job["output"]: job["state"] for job in site.feed.jobs if job["state"] != "done"}
    found = await asyncio.to_thread(gallery.results, site.studio)
    return JSONResponse([{**one.told(), "job": making.get(one.path.name, "")} for one in found])


async def result_file(site: Site, request: Request) -> Response:
    """The file of a result, or the requested range of it."""
    one = gallery.find(site.studio, request.path_params["id"])
    return FileResponse(one.path, media_type=one.type, headers=MEDIA)


async def result_small(site: Site, request: Request) -> Response:
    """A thumbnail of a result."""
    one = gallery.find(site.studio, request.path_params["id"])
    small = site.studio.small / f"{one.id}-{int(one.at * 1000)}-{one.bytes}.jpg"
    if not small.exists():
        await site.desk.ask("small", path=str(one.path), to=str(small), side=320)
    return FileResponse(small, media_type="image/jpeg", headers=MEDIA)


async def result_do(site: Site, request: Request) -> Response:
    """Returns a result's settings, copies it to the uploads, opens its folder, or moves it to the trash."""
    await body_of(request)
    one, what = gallery.find(site.studio, request.path_params["id"]), request.path_params["what"]
    if what == "settings":
        asked = [job.about.get("asked") for job in jobs(site.studio) if job.output == one.path.name]
        return JSONResponse({"asked": asked[-1] if asked else None,
                             **await site.desk.ask("inspect", path=str(one.path))})
    if what == "take":
        return JSONResponse(await facts_of(site, await asyncio.to_thread(uploads.keep, site.studio, one.path)))
    if what == "delete":
        return JSONResponse({"trashed": gallery.discard(site.studio, one)})
    if what == "show" and site.is_local:
        import typer

        await asyncio.to_thread(typer.launch, str(one.path), locate=True)
        return JSONResponse({})
    raise RequestError(404, "there is no such action")


async def restore(site: Site, request: Request) -> Response:
    """Restores a result from the trash."""
    await body_of(request)
    gallery.restore(site.studio, request.path_params["id"])
    return JSONResponse({})
