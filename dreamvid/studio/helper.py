"""A process of its own that reads, plans and previews for the server, which itself loads neither NumPy nor a network.

It takes one request a line, `{"n": 1, "ask": "inspect", ...}`, and answers with lines `{"n": 1, "part": ...}`, of which
the last is `{"n": 1, "answer": ...}` or `{"n": 1, "error": "…", "key": "…"}`. `{"cancel": 1}` ends a request early.
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
"""(request, gets the parts of an answer, raises `Cancelled` if the request was cancelled) → the answer."""


def main() -> None:
    """Serves requests until stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
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
