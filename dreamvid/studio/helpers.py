"""Starts helper processes (`helper.py`) and sends them requests."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from itertools import count
from typing import Any

from dreamvid.errors import InputError

_LONGEST = 8 << 20


class Helper:
    """A helper process. It is started when needed, and restarted if it has died."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._answers: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self._numbers = count(1)
        self._starting = asyncio.Lock()
        self._reading: asyncio.Task[None] | None = None

    async def ask(self, what: str, **facts: Any) -> Any:
        """Sends a request, and returns its answer.

        Raises:
            HelperError: the process answered with an error, or died.
        """
        answer: Any = None
        async for found in self.stream(what, **facts):
            answer = found.get("answer")
        return answer

    async def stream(self, what: str, **facts: Any) -> AsyncGenerator[dict[str, Any], None]:
        """Yields the lines of an answer: `part`s, then the `answer`. If it is closed early, the request is cancelled.

        Raises:
            HelperError: the process answered with an error, or died.
        """
        number, ended = next(self._numbers), False
        lines = self._answers[number] = asyncio.Queue()
        try:
            await self._send({"n": number, "ask": what, **facts})
            while not ended:
                found = await lines.get()
                ended = "part" not in found
                if "error" in found:
                    raise HelperError(str(found["error"]), str(found.get("key", "")))
                yield found
        finally:
            del self._answers[number]
            if not ended and self._process is not None and self._process.stdin is not None:
                self._process.stdin.write(b'{"cancel": %d}\n' % number)

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._starting:
            process = self._process if self._process and self._process.returncode is None else await self._start()
        assert process.stdin is not None
        process.stdin.write(json.dumps(message).encode() + b"\n")
        await process.stdin.drain()

    async def _start(self) -> asyncio.subprocess.Process:
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dreamvid.studio.helper", stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=_LONGEST, start_new_session=True)
        self._reading = asyncio.create_task(self._read(process))
        return process

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        with suppress(ValueError):
            while line := await process.stdout.readline():
                found = json.loads(line)
                if found["n"] in self._answers:
                    self._answers[found["n"]].put_nowait(found)
        for lines in self._answers.values():
            lines.put_nowait({"error": "the process that reads and previews was ended; try again", "key": ""})

    def stop(self) -> None:
        """Kills the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()


class HelperError(InputError):
    """An error of a helper process.

    Attributes:
        key: the setting that the error is about; empty for none.
    """

    def __init__(self, sentence: str, key: str) -> None:
        super().__init__(sentence)
        self.key = key
