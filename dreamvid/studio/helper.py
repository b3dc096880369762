"""The helper process: it reads files, plans and previews, so that the server loads neither NumPy nor a network.

Each line of stdin is a request, `{"n": 1, "ask": "inspect", ...}`. It is answered on stdout with any number of lines
`{"n": 1, "part": ...}` and a last line `{"n": 1, "answer": ...}` or `{"n": 1, "error": "…", "key": "…"}`.
`{"cancel": 1}` cancels a request. See `helpers.py` for the server's side.
"""

import json
import os
import sys
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

from dreamvid.errors import Cancelled, DreamvidError, SettingError, out_of_memory

Say = Callable[[Any], None]
Ask = Callable[[dict[str, Any], Say, Callable[[object], None]], Any]
"""(request, callback for parts of the answer, check that raises `Cancelled` if the request was cancelled) → answer."""


def main() -> None:
    """Serves requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # prints of libraries go to stderr, not among the answers
    requests, cancelled = SimpleQueue[dict[str, Any]](), set[int]()
    Thread(target=_read, args=(requests, cancelled), daemon=True).start()
    from dreamvid.studio.asks import ASKS

    while True:
        request = requests.get()
        _serve(request, ASKS, answers, cancelled)
        cancelled.discard(request["n"])


def _read(requests: "SimpleQueue[dict[str, Any]]", cancelled: set[int]) -> None:
    for line in sys.stdin:
        found = json.loads(line)
        if "cancel" in found:
            cancelled.add(found["cancel"])
        else:
            requests.put(found)
    os._exit(0)


def _serve(request: dict[str, Any], asks: dict[str, Ask], answers: TextIO, cancelled: set[int]) -> None:
    number = request["n"]

    def say(**words: Any) -> None:
        answers.write(json.dumps({"n": number, **words}) + "\n")
        answers.flush()

    def check(_: object = None) -> None:
        if number in cancelled:
            raise Cancelled("another request came")

    try:
        check()
        say(answer=asks[request["ask"]](request, lambda part: say(part=part), check))
    except DreamvidError as error:
        say(error=str(error), key=error.key if isinstance(error, SettingError) else "",
            cancelled=isinstance(error, Cancelled))
    except MemoryError:
        say(error=str(out_of_memory()), key="")
    except Exception as error:
        say(error=f"a bug in dreamvid: {type(error).__name__}: {error}", key="")


if __name__ == "__main__":
    main()
