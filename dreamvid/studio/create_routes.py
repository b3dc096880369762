"""Routes for creating a result: uploads, settings, previews, curves and new jobs."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from json import dumps
from secrets import token_hex
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse

from dreamvid.errors import DreamvidError, SettingError
from dreamvid.studio import uploads
from dreamvid.studio.controls import Draft, draft_of
from dreamvid.studio.guard import RequestError, body_of, parts_of
from dreamvid.studio.site import MEDIA, Site

PREVIEWS = 60
"""How many previews are kept on the disk."""

FORMATS = {"image": (".png", ".jpg", ".webp", ".avif", ".tif"),
           "film": (".mp4", ".mov", ".mkv", ".webm", ".gif", ".webp", ".avif", ".png")}
"""The suffixes that a result may have; the first is the default."""

_ENDINGS = {"image": "dream", "zoom": "zoom", "clip": "dream", "loop": "loop"}


async def upload(site: Site, request: Request) -> Response:
    """Stores an uploaded file, and answers with its facts."""
    if request.headers.get("content-type") != "application/octet-stream":
        raise RequestError(415, "a file must be sent as application/octet-stream")
    length = request.headers.get("content-length", "0")
    size = int(length) if length.isdigit() and len(length) < 20 else 0
    name = request.query_params.get("name", "file")
    file_id = await uploads.receive(site.studio, name, size, parts_of(request))
    try:
        return JSONResponse(await facts_of(site, file_id))
    except DreamvidError:
        shutil.rmtree(uploads.find(site.studio, file_id).parent, ignore_errors=True)
        raise


async def facts_of(site: Site, file_id: str) -> dict[str, Any]:
    """The id, name, kind and size of an uploaded file, and its recipe."""
    path = uploads.find(site.studio, file_id)
    return {"id": file_id, "name": path.name, **await site.reader.run("inspect", path=str(path))}


async def file_facts(site: Site, request: Request) -> Response:
    """The facts of a file."""
    return JSONResponse(await facts_of(site, request.path_params["id"]))


async def file_small(site: Site, request: Request) -> Response:
    """A thumbnail of a file, or of one frame of a clip."""
    path = uploads.find(site.studio, request.path_params["id"])
    share = request.query_params.get("percent", "0")
    percent = min(100, int(share)) if share.isdigit() and len(share) < 4 else 0
    small = path.parent / f".small-{percent}.jpg"
    if not small.exists():
        await site.reader.run("small", path=str(path), to=str(small), side=640, share=percent / 100)
    return FileResponse(small, media_type="image/jpeg", headers=MEDIA)


async def inputs(site: Site, request: Request) -> Response:
    """Finds the inputs of a recipe on this machine; answers with role → facts of the file, for those that are found."""
    wanted = (await body_of(request)).get("inputs")
    if not isinstance(wanted, dict) or not all(isinstance(one, str) for one in wanted.values()):
        raise RequestError(400, "the inputs must be a table of hashes")
    found = await site.reader.run("find", folder=str(site.studio.folder), inputs=wanted)
    return JSONResponse({role: await facts_of(site, file_id) for role, file_id in found.items()})


async def check(site: Site, request: Request) -> Response:
    """The settings in force and the equivalent command line. Wrong settings get status 200 and an `error`."""
    body = await body_of(request)
    try:
        draft = draft_of(site.studio, body)
        line = draft.command_line(_name(draft) + _suffix(draft, body))
        return JSONResponse({**draft.resolved(), "command_line": line})
    except DreamvidError as error:
        return JSONResponse({"error": site.sentence(error), "key": getattr(error, "key", "")})


async def preview(site: Site, request: Request) -> Response:
    """Dreams a preview. The answer has one line of JSON for each picture."""
    body = await body_of(request)
    draft = draft_of(site.studio, body)
    seconds, side = _number(body, "seconds", 0, 0, 1e6), int(_number(body, "side", 640, 64, 1280))
    one = token_hex(8)
    site.previews.append(one)
    while len(site.previews) > PREVIEWS:
        old = site.previews.popleft()
        for path in site.previews_folder.glob(f"{old}-*.jpg"):
            path.unlink(missing_ok=True)

    async def stream() -> AsyncIterator[bytes]:
        try:
            async with aclosing(site.previewer.stream(
                    "preview", draft=draft.to_dict(), to=str(site.previews_folder / one), seconds=seconds, side=side
            )) as found:
                async for line in found:
                    if "part" in line:
                        yield dumps({"id": one, **line["part"]}).encode() + b"\n"
        except DreamvidError as error:
            yield dumps({"error": site.sentence(error), "key": getattr(error, "key", "")}).encode() + b"\n"

    return StreamingResponse(stream(), media_type="application/x-ndjson")


async def preview_picture(site: Site, request: Request) -> Response:
    """One picture of a preview."""
    one, number = request.path_params["id"], request.path_params["number"]
    path = site.previews_folder / f"{one}-{number}.jpg"
    if one not in site.previews or not path.exists():
        raise RequestError(404, "this preview no longer exists")
    return FileResponse(path, media_type="image/jpeg", headers=MEDIA)


async def curves(site: Site, request: Request) -> Response:
    """The curves of a film."""
    body = await body_of(request)
    draft = draft_of(site.studio, body)
    points = int(_number(body, "points", 600, 2, 4000))
    return JSONResponse(await site.reader.run("evaluate", draft=draft.to_dict(), points=points))


def _number(body: Mapping[str, Any], key: str, usual: float, low: float, high: float) -> float:
    value = body.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise SettingError(key, value, f"it must be {low:g} to {high:g}")
    return value


async def add_job(site: Site, request: Request) -> Response:
    """Plans the requested result, and adds it to the queue."""
    body = await body_of(request)
    draft = draft_of(site.studio, body)
    found = await site.reader.run("plan", draft=draft.to_dict(), shown=draft.shown, folder=str(site.studio.folder),
                                name=_name(draft), suffix=_suffix(draft, body))
    await site.feed.scan()
    return JSONResponse(found)


def _name(draft: Draft) -> str:
    return f"{draft.source.stem if draft.source else 'noise'}-{_ENDINGS[draft.command]}"


def _suffix(draft: Draft, body: Mapping[str, Any]) -> str:
    allowed = FORMATS["image" if draft.command == "image" else "film"]
    wanted = body.get("format") or allowed[0]
    if wanted not in allowed:
        raise SettingError("format", str(wanted)[:20], f"it must be one of {', '.join(allowed)}")
    return wanted
