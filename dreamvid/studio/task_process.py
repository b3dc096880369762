"""A task process: it reads files, plans and previews, so that the server loads neither NumPy nor a network.

Each line of stdin is a task, `{"n": 1, "task": "inspect", ...}`. It is answered on stdout with any number of lines
`{"n": 1, "part": ...}` and a last line `{"n": 1, "answer": ...}` or `{"n": 1, "error": "…", "key": "…"}`.
`{"cancel": 1}` cancels a task. `task_client.py` is the server's side.
"""

import json
import os
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

from dreamvid.errors import Cancelled, DreamvidError, SettingError, out_of_memory

Report = Callable[[Any], None]
Task = Callable[[dict[str, Any], Report, Callable[[object], None]], Any]
"""(request, callback for parts of the answer, check that raises `Cancelled` if the task was cancelled) → answer."""


def main() -> None:
    """Carries out tasks until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # prints of libraries go to stderr, not among the answers
    requests, cancelled = SimpleQueue[dict[str, Any]](), set[int]()
    Thread(target=_read, args=(requests, cancelled), daemon=True).start()
    from dreamvid.studio.tasks import TASKS

    while True:
        request = requests.get()
        _carry_out(request, TASKS, answers, cancelled)
        cancelled.discard(request["n"])


def _read(requests: "SimpleQueue[dict[str, Any]]", cancelled: set[int]) -> None:
    for line in sys.stdin:
        found = json.loads(line)
        if "cancel" in found:
            cancelled.add(found["cancel"])
        else:
            requests.put(found)
    os._exit(0)


def _carry_out(request: dict[str, Any], tasks: dict[str, Task], answers: TextIO, cancelled: set[int]) -> None:
    number = request["n"]

    def write(**words: Any) -> None:
        answers.write(json.dumps({"n": number, **words}) + "\n")
        answers.flush()

    def check(_: object = None) -> None:
        if number in cancelled:
            raise Cancelled("another task came")

    try:
        check()
        write(answer=tasks[request["task"]](request, lambda part: write(part=part), check))
    except DreamvidError as error:
        write(error=str(error), key=error.key if isinstance(error, SettingError) else "")
    except MemoryError:
        write(error=str(out_of_memory()), key="")
    except Exception as error:
        write(error=f"a bug in dreamvid: {type(error).__name__}: {error}", key="")


if __name__ == "__main__":
    main()
