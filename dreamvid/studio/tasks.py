"""The tasks of a task process: it inspects files, makes thumbnails, plans, previews and evaluates curves."""

from pathlib import Path
from typing import Any

from dreamvid.arrays import size_of, within
from dreamvid.errors import InputError
from dreamvid.events import Caller, ignore
from dreamvid.films.frame_preview import preview_frame
from dreamvid.films.source import frame_of
from dreamvid.filters import resize
from dreamvid.known import NO_LOOK
from dreamvid.media.fingerprint import fingerprint
from dreamvid.media.sound import probe_sound
from dreamvid.media.source import is_clip, open_source, tracks_of
from dreamvid.media.still import read_still, still_size
from dreamvid.output.still import write_still
from dreamvid.settings import COMMANDS, SourceSettings, build, from_table, keys_of, resolve, spec_of, without_derived
from dreamvid.stills.recipe import recipe_of
from dreamvid.studio import gallery, uploads
from dreamvid.studio.adding import add_draft
from dreamvid.studio.curves import curves
from dreamvid.studio.folder import Studio
from dreamvid.studio.jobs import add, find
from dreamvid.studio.progress import summary
from dreamvid.studio.task_process import Report, Task


def inspect(request: dict[str, Any], *_: Any) -> dict[str, Any]:
    """The kind of a file (picture, clip, sound or recipe), its facts, and the recipe that it carries.

    Raises:
        InputError: it is none of them.
    """
    path = Path(request["path"])
    recipe = _recipe(path)
    if path.suffix.lower() == ".toml":
        if recipe is None:
            recipe_of(path)  # raises the error that says why
        return {"kind": "recipe", "recipe": recipe}
    return {**_facts(path), "recipe": recipe}


def _facts(path: Path) -> dict[str, Any]:
    if not is_clip(path):
        size = still_size(path)
        return {"kind": "picture", "width": size.width, "height": size.height}
    try:
        clip = open_source(path, SourceSettings(), ignore)
    except InputError as error:
        try:
            probe_sound(path)
        except InputError:
            raise error from None
        return {"kind": "sound"}
    return {"kind": "clip", "width": clip.size.width, "height": clip.size.height, "frames": clip.frames,
            "fps": float(clip.fps), "seconds": float(clip.frames / clip.fps), "sound": tracks_of(clip) is not None}


def _recipe(path: Path) -> dict[str, Any] | None:
    """The recipe of a result, without defaults and without settings that follow from others; None if there is none."""
    try:
        found = recipe_of(path)
    except InputError:
        return None
    kind = COMMANDS[found.command]
    build(kind, from_table(kind, found.settings))
    usual = {key: item.default for key, (_, item) in keys_of(kind).items()}
    files = [key for key, (_, item) in keys_of(kind).items() if spec_of(item).file]
    table = {key: value for key, value in without_derived(kind, found.settings).items()
             if usual.get(key) != value and key not in files}
    return {"command": found.command, "settings": table, "version": found.version,
            "look": {key: value for key, value in table.items() if key not in NO_LOOK},
            "inputs": {role: {"name": one.name, "sha256": one.sha256} for role, one in found.inputs.items()}}


def find_inputs(request: dict[str, Any], *_: Any) -> dict[str, str]:
    """Finds the inputs of a recipe among the uploads and results by their content, wherever they were before.

    Args:
        request: `folder`; `inputs`, role → SHA-256 in hexadecimal.

    Returns:
        Role → id of an uploaded file. A result that is found is added to the uploads.
    """
    studio = Studio(Path(request["folder"]))
    uploaded = {path: path.parent.name for path in uploads.files(studio)}
    found: dict[str, str] = {}
    for role, wanted in request["inputs"].items():
        for path in (*uploaded, *(one.path for one in gallery.results(studio))):
            if fingerprint(path) == wanted:
                found[role] = uploaded.get(path) or uploads.keep(studio, path)
                break
    return found


def small(request: dict[str, Any], *_: Any) -> None:
    """Writes a thumbnail of a picture, or of one frame of a clip.

    Args:
        request: `path`; `to`, the thumbnail's path; `side` in pixels; `share`, the position in the clip from 0 to 1.
    """
    path = Path(request["path"])
    if is_clip(path):
        clip = open_source(path, SourceSettings(), ignore)
        image = frame_of(clip, round(float(request.get("share", 0.5)) * (clip.frames - 1)))
    else:
        image = read_still(path, ignore).image
    write_still(Path(request["to"]), resize(image, within(size_of(image), int(request["side"]))), overwrite=True)


def warm(*_: Any) -> None:
    """Loads the embedded network and dreams a tiny picture, so that the first preview is fast."""
    settings = resolve("image", {"noise": "64x48", "steps": 1, "octaves": 1}).settings
    preview_frame("image", None, settings, lambda *_: None, Caller(), side=64)


def ready(*_: Any) -> None:
    """Does nothing. It starts the process, and loads what other tasks need."""


def preview(request: dict[str, Any], report: Report, check: Any) -> None:
    """Dreams one frame at small sizes, and reports each picture when it is written.

    Args:
        request: `draft`; `to`, the common prefix of the pictures' paths; `seconds`; `side` in pixels.
    """
    count = 0

    def show(image: Any, last: bool) -> None:
        nonlocal count
        check()
        count += 1
        write_still(Path(f"{request['to']}-{count}.jpg"), image, overwrite=True)
        report({"number": count, "width": image.shape[1], "height": image.shape[0], "last": last})

    draft = request["draft"]
    caller = Caller(check, lambda text: report({"warning": text}))
    preview_frame(draft["command"], _source(draft), _settings(draft), show, caller, seconds=float(request["seconds"]),
            side=int(request["side"]))


def _source(draft: dict[str, Any]) -> Path | None:
    return Path(draft["source"]) if draft["source"] else None


def _settings(draft: dict[str, Any]) -> Any:
    return resolve(draft["command"], draft["given"], preset=draft["preset"]).settings


def plan(request: dict[str, Any], *_: Any) -> dict[str, Any]:
    """Plans the requested result, and adds it to the queue."""
    draft, warnings = request["draft"], list[str]()
    source = _source(draft)
    studio = Studio(Path(request["folder"]))
    job = add_draft(studio, draft["command"], source, _settings(draft), name=request["name"], suffix=request["suffix"],
                    draft=request["shown"], caller=Caller(warn=warnings.append))
    return {"job": summary(job), "warnings": warnings}


def duplicate(request: dict[str, Any], *_: Any) -> dict[str, Any]:
    """Adds a copy of a job to the queue."""
    studio = Studio(Path(request["folder"]))
    job = find(studio, request["job"])
    about = {key: job.about[key] for key in ("plan", "settings", "call", "draft") if key in job.about}
    stem, numbered, rest = job.output.partition("/")
    name, suffix = (stem, numbered + rest) if numbered else (Path(stem).stem, Path(stem).suffix)
    return summary(add(studio, job.command, name, suffix, about))


def evaluate(request: dict[str, Any], *_: Any) -> dict[str, Any]:
    """The curves of a film over time; see `curves.curves`."""
    draft = request["draft"]
    source = _source(draft)
    if source is None:
        raise InputError("choose a picture or a clip first")
    return curves(draft["command"], source, draft["preset"], draft["given"], points=int(request["points"]))


TASKS: dict[str, Task] = {
    "inspect": inspect, "small": small, "preview": preview, "plan": plan, "duplicate": duplicate,
    "evaluate": evaluate, "find": find_inputs, "warm": warm, "ready": ready,
}
