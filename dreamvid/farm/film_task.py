"""The task of a worker that makes a part of a film."""

from collections.abc import Iterable, Mapping
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dreamvid.events import Listener
from dreamvid.farm.kept import here, kept_dreamer
from dreamvid.films.making import Invocation, open_plan_dreamer
from dreamvid.films.plan import Plan
from dreamvid.films.shared import SharedFilm
from dreamvid.output.shared import SharedStore
from dreamvid.output.store import FILES, Body

if TYPE_CHECKING:
    from dreamvid.dream.dreamer import Dreamer


def film_task(task: Mapping[str, Any], folder: Path, listener: Listener) -> tuple[dict[str, Any], Mapping[str, Path]]:
    """Makes a range of a film, or dreams of a stored film; or prepares the film, and returns the preparation.

    The keys of the task:
        plan: the plan as JSON.
        inputs: role → the file: its SHA-256, its name, and its path on the client.
        call: further attributes of the `Invocation`.
        store: the address of the shared store, to which the result goes; empty if it is returned.
        records, files, prepared: what the range needs of the film so far, if there is no shared store.
        range: its number; or `dreams`: make the dreams up to, and without, this number.
    """
    shared = SharedStore(task["store"] or str(folder / "store"))
    inputs = {role: here(file, shared if task["store"] else None) for role, file in task["inputs"].items()}
    for file in task.get("files", ()):
        shared.put(here(file), file[1])
    for name, body in task.get("records", {}).items():
        shared.add(name, body)
    if "prepared" in task:
        shared.add("prepared", loads(here(task["prepared"]).read_bytes()))
    film = SharedFilm(Plan.from_json(task["plan"]), Invocation(paths=inputs, output="", **task["call"]), shared,
                      listener, _dreamer_of)
    if "range" in task:
        made = [film.render(task["range"]).output]
    elif "dreams" in task:
        film.dream(task["dreams"])
        made = [name for name in shared.names("dream-") if name not in task.get("records", {})]
    else:
        return {"prepared": film.prepared.to_table()}, {}
    if task["store"]:
        return {"records": dict.fromkeys(made)}, {}
    records = {name: shared.get(name) or {} for name in made}
    return {"records": records}, {file: folder / "store" / FILES / file for file in _files_of(records.values())}


def _files_of(bodies: Iterable[Body]) -> set[str]:
    """The files that records name, and their numbered pictures."""
    files = {file for body in bodies for file in body["files"]}
    return files | {f"{digest}{Path(name).suffix}" for body in bodies
                    for name, digest in body.get("pictures", {}).items()}


def _dreamer_of(plan: Plan, call: Invocation, listener: Listener) -> "Dreamer | None":
    key = "film", plan.to_json(), tuple(call.paths.items()), call.offline
    return kept_dreamer(key, lambda: open_plan_dreamer(plan, call, listener))
