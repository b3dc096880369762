"""The tasks of a worker. The client submits `work` to Dask; everything in this module runs in a worker's process."""

import platform
import tempfile
import traceback
from collections.abc import Callable, Mapping
from json import loads
from pathlib import Path
from time import monotonic
from typing import Any

from dreamvid.errors import Cancelled, DreamvidError, out_of_memory, write_error
from dreamvid.events import Event, Frame, Listener
from dreamvid.farm.answer import packed, unpacked
from dreamvid.farm.film_task import film_task
from dreamvid.farm.kept import found, receive
from dreamvid.farm.still_task import cell_task, compare_task, image_task
from dreamvid.films.machine import machine

Task = Mapping[str, Any]
Made = tuple[dict[str, Any], Mapping[str, Path]]

TOPIC = "dreamvid"
"""The Dask topic of the workers' progress events."""

SECONDS_BETWEEN_EVENTS = 1.0


def work(text: str, *parts: bytes) -> bytes:
    """Does a task and returns its answer.

    Args:
        text: the task as JSON. `does` is its kind; the functions below document its other keys.
        parts: the answers of the tasks that sent the files which this one needs, so that Dask waits for them. For
            `receive`, the content comes first.
    """
    task = loads(text)
    content, answers = (parts[0], parts[1:]) if task["does"] == "receive" else (b"", parts)
    for answer in answers:
        if "error" in unpacked(answer).header:
            return answer
    try:
        return packed(receive(task, content), {}) if task["does"] == "receive" else _made(task)
    except DreamvidError as error:
        return _failed(error)
    except MemoryError:
        return _failed(out_of_memory())
    except OSError as error:
        return _failed(write_error(error.filename or "a file of the worker", error))
    except Exception:
        return packed({"error": "DreamvidError", "text": traceback.format_exc(limit=-3)}, {})


def _made(task: Task) -> bytes:
    warnings: list[str] = []
    listener = Listener(_observer(task["key"]), warnings.append)
    with tempfile.TemporaryDirectory(prefix="dreamvid-") as folder:
        header, files = _TASKS[task["does"]](task, Path(folder), listener)
        return packed({**header, "warnings": warnings}, files)


def _failed(error: DreamvidError) -> bytes:
    return packed({"error": type(error).__name__, "text": str(error)}, {})


def _observer(key: str) -> Callable[[Event], None]:
    """Reports the number of pictures to the client about once a second, and ends a task that the client has cancelled.

    Raises:
        Cancelled: the client does not wait for the task any more.
    """
    from distributed import get_worker

    worker, last = get_worker(), monotonic()
    running = worker.get_current_task()

    def observe(event: Event) -> None:
        nonlocal last
        state = worker.state.tasks.get(running)
        if state is None or state.state == "cancelled":
            raise Cancelled("the client does not wait for it any more")
        if isinstance(event, Frame) and monotonic() - last >= SECONDS_BETWEEN_EVENTS:
            last = monotonic()
            worker.log_event(TOPIC, {"key": key, "done": event.done})

    return observe


def _describe(task: Task, _: Path, __: Listener) -> Made:
    """Describes this machine, and lists which of `files` it lacks. `engine` and `threads` are the plan's."""
    from distributed import get_worker

    missing = [digest for digest, name, path in task["files"] if found([digest, name, path]) is None]
    limit = get_worker().memory_manager.memory_limit
    return {"host": platform.node(), "machine": machine(task["engine"], task["threads"]), "missing": missing,
            "memory": limit}, {}


_TASKS: dict[str, Callable[[Task, Path, Listener], Made]] = {
    "describe": _describe, "film": film_task, "image": image_task, "cell": cell_task, "compare": compare_task}
