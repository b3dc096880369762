"""The tasks of a worker. The client submits `work` to Dask; everything in this module runs in a worker's process."""

import platform
import shutil
import traceback
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from hashlib import file_digest
from json import loads
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from dreamvid.errors import DreamvidError, InputError, WeightsError, out_of_memory, write_error
from dreamvid.events import Event, Frame, Listener
from dreamvid.farm.answer import packed
from dreamvid.films.fades import among
from dreamvid.films.film import Material, StoredFilm
from dreamvid.films.kept import StoredDreams
from dreamvid.films.machine import machine, peak_memory
from dreamvid.films.making import Invocation, open_plan_dreamer, placed
from dreamvid.films.plan import Plan
from dreamvid.films.prepare import Prepared, prepare
from dreamvid.films.ranges import Range, dream_all
from dreamvid.films.shared import SharedFilm, in_scratch, of_range, render_one, scratch
from dreamvid.media.fingerprint import fingerprint
from dreamvid.output.names import target_of
from dreamvid.output.shared import SharedStore
from dreamvid.output.store import Store
from dreamvid.stills.dreaming import check_dream

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer

Task = Mapping[str, Any]
Made = tuple[dict[str, Any], Mapping[str, Path]]

TOPIC = "dreamvid"
"""The Dask topic of the workers' progress events."""

SECONDS_BETWEEN_EVENTS = 1.0


def work(text: str, *parts: bytes) -> bytes:
    """Does a task and returns its answer.

    Args:
        text: the task as JSON. `does` is its kind; the functions below document its other keys.
        parts: for `receive`, the content, and the answer to the part before it. Other tasks ignore it: it only makes
            Dask wait until their files have arrived.
    """
    task = loads(text)
    warnings: list[str] = []
    listener = Listener(_teller(task.get("key", "")), warnings.append)
    try:
        if task["does"] == "receive":
            return packed(_receive(task, parts[0]), {})
        with scratch() as store:
            header, files = _TASKS[task["does"]](task, store, listener)
            return packed({**header, "warnings": warnings, "memory": peak_memory()}, files)
    except DreamvidError as error:
        return _failed(error)
    except MemoryError:
        return _failed(out_of_memory())
    except OSError as error:
        return _failed(write_error(error.filename or "a file of the worker", error))
    except Exception:
        return packed({"error": "DreamvidError", "text": traceback.format_exc(limit=-3)}, {})


def _failed(error: DreamvidError) -> bytes:
    return packed({"error": type(error).__name__, "text": str(error)}, {})


def _teller(key: str) -> Callable[[Event], None]:
    """Reports the number of pictures to the client about once a second."""
    last = monotonic()

    def observe(event: Event) -> None:
        nonlocal last
        if isinstance(event, Frame) and monotonic() - last >= SECONDS_BETWEEN_EVENTS:
            from distributed import get_worker

            last = monotonic()
            get_worker().log_event(TOPIC, {"key": key, "done": event.done})

    return observe


def _folder() -> Path:
    """The folder of received files. It is deleted with the worker."""
    from distributed import get_worker

    return Path(get_worker().local_directory) / "dreamvid"


def _found(file: list[str]) -> Path | None:
    """A received file, or the same file at the client's path if this machine has it there; None if neither exists."""
    digest, name, elsewhere = file
    path = _folder() / digest / name
    if path.exists():
        return path
    try:
        return Path(elsewhere) if fingerprint(Path(elsewhere)) == digest else None
    except InputError:
        return None


def _here(file: list[str]) -> Path:
    path = _found(file)
    if path is None:
        raise InputError(f"{file[1]} is not on the worker {platform.node()}")
    return path


def _receive(task: Task, content: bytes) -> dict[str, Any]:
    """Writes the next part of a file: `file` (hash, name, client's path), `at` (offset), `last` (true for the last)."""
    digest, name, _ = task["file"]
    path = _folder() / digest / name
    part = path.with_name(f"{name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("r+b" if task["at"] else "wb") as file:
        file.seek(task["at"])
        file.write(content)
    if task["last"]:
        with part.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != digest:
                raise InputError(f"{name} did not arrive whole at {platform.node()}")
        part.replace(path)
    return {}


def _hello(task: Task, _: Store, __: Listener) -> Made:
    """Describes this machine, and lists which of `files` it lacks. `engine` and `threads` are the plan's."""
    missing = [digest for digest, name, path in task["files"] if _found([digest, name, path]) is None]
    return {"machine": _maker(task["engine"], task["threads"]), "missing": missing}, {}


def _film(task: Task) -> tuple[Plan, Invocation]:
    """The plan of a task, and its invocation with the paths of the inputs on this machine."""
    paths = {role: _here(file) for role, file in task["inputs"].items()}
    return Plan.from_json(task["plan"]), Invocation(paths=paths, output="", **task["call"])


def _dreamer(plan: Plan, call: Invocation) -> "Dreamer | None":
    """The dreamer of a plan. The last one is cached, since building it takes seconds."""
    return _kept_dreamer(plan.to_json(), tuple(call.paths.items()), call.offline)


@lru_cache(maxsize=1)
def _kept_dreamer(plan_text: str, paths: tuple[tuple[str, Path], ...], offline: bool) -> "Dreamer | None":
    plan, call = Plan.from_json(plan_text), Invocation(paths=dict(paths), output="", offline=offline)
    if plan.weights:
        dream = placed(plan, call)
        if check_dream(dream, Listener(), among(dream)) != plan.weights:
            raise WeightsError(f"the weights on {platform.node()} are not those that the film was planned with")
    return open_plan_dreamer(plan, call, Listener())


def _prepare(task: Task, _: Store, listener: Listener) -> Made:
    """Prepares a film; see `films.prepare`."""
    plan, call = _film(task)
    return {"prepared": prepare(plan, call.paths, open_plan_dreamer(plan, call, listener), listener).to_table()}, {}


def _material(task: Task, store: Store, listener: Listener) -> tuple[Material, Invocation]:
    """The film of a task. The records in `needs` and the files in `files` are put into the store."""
    plan, call = _film(task)
    for name, body in task["needs"].items():
        store.put(name, body)
    for file in task["files"]:
        shutil.copyfile(_here(file), store.path(file[1]))
    prepared = Prepared.from_table(loads(_here(task["prepared"]).read_bytes()))
    material = Material(plan=plan, prepared=prepared, paths=call.paths, dreamer=_dreamer(plan, call),
                        dreams=StoredDreams(store), listener=listener)
    return material, call


def _range(task: Task, store: Store, listener: Listener) -> Made:
    """Renders `range`. Its carry is sent back only if `carries` is true."""
    part = Range(*task["range"])
    material, call = _material(task, store, of_range(listener, part))
    call = in_scratch(call, material.plan, store.folder)
    render_one(material, call, store, part)
    body = store.get(task["name"]) or {}
    if not task["carries"]:
        body = {**body, "carry": "", "files": [file for file in body["files"] if file != body["carry"]]}
    files = {file: store.path(file) for file in body["files"]}
    pictures = {f"{digest}{Path(file).suffix}": target_of(call.output).parent / file
                for file, digest in body.get("pictures", {}).items()}
    maker = _maker(material.plan.engine, material.plan.threads)
    return {"records": {task["name"]: body}, "maker": maker}, files | pictures


@cache
def _maker(engine: str, threads: int) -> dict[str, str]:
    """The description of this machine, and its host name."""
    return {"host": platform.node(), **machine(engine, threads)}


def _dreams(task: Task, store: Store, listener: Listener) -> Made:
    """Makes the dreams of a stored film, from the first missing one up to but not including `stop`."""
    material, _ = _material(task, store, listener)
    film, before = material.plan.kind.film(material), set(store.names("dream-"))
    assert isinstance(film, StoredFilm)
    dream_all(film, material.dreams, listener, stop=task["stop"])
    records = {name: store.get(name) or {} for name in store.names("dream-") if name not in before}
    maker = _maker(material.plan.engine, material.plan.threads)
    files = {file: store.path(file) for body in records.values() for file in body["files"]}
    return {"records": records, "maker": maker}, files


def _shared(task: Task, _: Store, listener: Listener) -> Made:
    """Renders range `number` into the shared store `store`, which also has the inputs. None only prepares the film."""
    plan, shared = Plan.from_json(task["plan"]), SharedStore(task["store"])
    paths = {role: _fetched(file, shared) for role, file in task["inputs"].items()}
    film = SharedFilm(plan, Invocation(paths=paths, output="", **task["call"]), shared, listener)
    if task["number"] is not None:
        film.render(task["number"])
    return {}, {}


def _fetched(file: list[str], shared: SharedStore) -> Path:
    """The path of an input; it is copied from the shared store if this machine lacks it."""
    path = _found(file)
    if path is None:
        digest, name, _ = file
        path = _folder() / digest / name
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{name}.part")
        shared.fetch(f"{digest}{path.suffix}", part)
        part.replace(path)
    return path


_TASKS: dict[str, Callable[[Task, Store, Listener], Made]] = {
    "hello": _hello, "prepare": _prepare, "range": _range, "dreams": _dreams, "shared": _shared}
