"""Routes for the queue: jobs, their progress and their order."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreamvid.errors import InputError
from dreamvid.studio.guard import RequestError, body_of
from dreamvid.studio.jobs import Job, delete, find, move, set_desired
from dreamvid.studio.progress import progress_of, summary
from dreamvid.studio.site import MEDIA, Site

_LOG = 4000
"""The last bytes of a job's log that the page shows."""


async def all_jobs(site: Site, _: Request) -> Response:
    """All jobs in queue order, and whether the queue is held."""
    await site.feed.scan()
    return JSONResponse({"jobs": site.feed.jobs, "held": site.queue.held})


async def job_facts(site: Site, request: Request) -> Response:
    """A job's summary, scores, warnings, log and draft."""
    job = find(site.studio, request.path_params["id"])
    progress = await asyncio.to_thread(progress_of, job)
    return JSONResponse({
        **summary(job, progress), "scores": progress.scores, "warnings": progress.warnings,
        "log": site.sentence(InputError(_log(job))), "draft": job.about.get("draft") or None,
    })


def _log(job: Job) -> str:
    try:
        return (job.folder / "log.txt").read_bytes()[-_LOG:].decode("utf-8", "replace")
    except OSError:
        return ""


async def job_frame(site: Site, request: Request) -> Response:
    """The latest frame of a job."""
    path = find(site.studio, request.path_params["id"]).folder / "frame.jpg"
    if not path.exists():
        raise RequestError(404, "there is no frame yet")
    return Response(path.read_bytes(), media_type="image/jpeg", headers=MEDIA)


async def job_action(site: Site, request: Request) -> Response:
    """Runs, pauses, cancels, moves, duplicates or deletes a job."""
    body, job = await body_of(request), find(site.studio, request.path_params["id"])
    action = request.path_params["action"]
    if action in ("run", "pause", "cancel"):
        await asyncio.to_thread(set_desired, job, action)
    elif action == "move":
        await asyncio.to_thread(move, site.studio, job, str(body.get("before") or ""))
    elif action == "delete":
        await asyncio.to_thread(delete, site.studio, job)
    elif action == "duplicate":
        await site.reader.run("duplicate", folder=str(site.studio.folder), job=job.id)
    else:
        raise RequestError(404, "there is no such action")
    await site.feed.scan()
    return JSONResponse({})


async def hold(site: Site, request: Request) -> Response:
    """Holds the queue (no further job is started), or releases it."""
    site.queue.hold(bool((await body_of(request)).get("held")))
    await site.feed.scan()
    return JSONResponse({})
