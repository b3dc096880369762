"""Starts task processes (`task_process.py`) and sends them tasks."""

import asyncio
import json
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

from dreamvid.errors import InputError

_LONGEST = 8 << 20


class _Running(NamedTuple):
    """A process, and the lines that it has answered to each task."""

    process: asyncio.subprocess.Process
    stdin: asyncio.StreamWriter
    answers: dict[int, asyncio.Queue[dict[str, Any]]]


class TaskClient:
    """A task process. It is started when needed, and restarted if it has died."""

    def __init__(self) -> None:
        self._running: _Running | None = None
        self._numbers = count(1)
        self._starting = asyncio.Lock()
        self._readers = set[asyncio.Task[None]]()

    async def run(self, task: str, **facts: Any) -> Any:
        """Sends a task, and returns its answer.

        Raises:
            TaskError: the process answered with an error, or died.
        """
        answer: Any = None
        async for found in self.stream(task, **facts):
            answer = found.get("answer")
        return answer

    async def stream(self, task: str, **facts: Any) -> AsyncGenerator[dict[str, Any], None]:
        """Yields the lines of an answer: `part`s, then the `answer`. If it is closed early, the task is cancelled.

        Raises:
            TaskError: the process answered with an error, or died.
        """
        number, ended = next(self._numbers), False
        running = await self._started()
        lines = running.answers[number] = asyncio.Queue()
        try:
            await _send(running.stdin, {"n": number, "task": task, **facts})
            while not ended:
                found = await lines.get()
                ended = "part" not in found
                if "error" in found:
                    raise TaskError(str(found["error"]), str(found.get("key", "")))
                yield found
        finally:
            del running.answers[number]
            if not ended:
                running.stdin.write(b'{"cancel": %d}\n' % number)

    async def _started(self) -> _Running:
        async with self._starting:
            if self._running is None:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "dreamvid.studio.task_process", stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, limit=_LONGEST,
                    start_new_session=True)
                assert process.stdin is not None
                self._running = _Running(process, process.stdin, {})
                reader = asyncio.create_task(self._read(self._running))
                self._readers.add(reader)
                reader.add_done_callback(self._readers.discard)
            return self._running

    async def _read(self, running: _Running) -> None:
        """Reads answers until the process ends. Then its own tasks fail, and the next task starts another process."""
        assert running.process.stdout is not None
        with suppress(ValueError):
            while line := await running.process.stdout.readline():
                found = json.loads(line)
                if found["n"] in running.answers:
                    running.answers[found["n"]].put_nowait(found)
        if self._running is running:
            self._running = None
        for lines in running.answers.values():
            lines.put_nowait({"error": "the process that reads and previews was ended; try again", "key": ""})

    async def stop(self) -> None:
        """Kills the process, and waits for its end."""
        if self._running is not None and self._running.process.returncode is None:
            self._running.process.kill()
            await self._running.process.wait()
        await asyncio.gather(*self._readers)


async def _send(stdin: asyncio.StreamWriter, message: dict[str, Any]) -> None:
    """Writes a message. If the process has just died, nothing is raised: its reader reports that."""
    stdin.write(json.dumps(message).encode() + b"\n")
    with suppress(ConnectionError):
        await stdin.drain()


class TaskError(InputError):
    """An error of a task.

    Attributes:
        key: the setting that the error is about; empty for none.
    """

    def __init__(self, sentence: str, key: str) -> None:
        super().__init__(sentence)
        self.key = key
