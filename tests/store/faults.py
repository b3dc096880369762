"""A system that stops or fails at a chosen change of the disk, for a child process of a test.

Every call that changes a file or a folder below a root is a step, and steps are counted: so "the 17th" is a place in a
program, and all places are covered by 1, 2, 3, … until a run comes to its end.
"""

import builtins
import errno
import io
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any

from tests.store.power import Disk

KINDS = ("kill", "torn", "power", "full", "EIO")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_CALLS = ("replace", "rename", "link", "symlink", "unlink", "remove", "mkdir", "rmdir", "truncate")
_FREES = ("unlink", "remove", "rmdir", "replace", "rename", "spawn")
"""What a full disk can still do."""


@dataclass(frozen=True)
class Fault:
    """What happens at a step.

    Attributes:
        at: which step, counted from 1; 0 for none.
        kind: `kill`: SIGKILL before it. `torn`: SIGKILL after it, of a write after half of it. `power`: the power goes
            before it, and what was not synced is lost, or some of it. `full`: the disk is full, and stays so. `EIO`: it
            fails, this once.
        seed: of what a power cut loses; 0: all that was not synced.
    """

    at: int = 0
    kind: str = "kill"
    seed: int = 0


class Faults:
    """Counts the steps of this process, and lets one of them come to grief.

    Args:
        root: the folder below which calls are counted.
        fault: what happens.
        tell: is told the name of a step before the process dies of it.
    """

    def __init__(self, root: Path, fault: Fault, tell: Callable[[str], None]) -> None:
        self.steps = 0
        self.flushes = 0
        self._root = f"{root}/"
        self._fault = fault
        self._tell = tell
        self._lock = RLock()  # while one thread dies, none goes on
        self._disk = Disk(root) if fault.kind == "power" else None

    def install(self) -> None:
        """Puts itself between this process and its files."""
        for name in _CALLS:
            self._wrap(name)
        self._wrap_descriptors()
        self._wrap_files()
        self._wrap_programs()

    def _inside(self, what: Any, folder: int | None = None) -> bool:
        if isinstance(what, int) or folder is not None:
            name = f"{Path(f'/proc/self/fd/{what if folder is None else folder}').readlink()}/"
        else:
            name = os.path.abspath(os.fsdecode(what)) + "/"  # noqa: PTH100 - not through a link
        return name.startswith(self._root)

    def _wrap(self, name: str) -> None:
        real = getattr(os, name)

        def call(*paths: Any, **options: Any) -> Any:
            if not any(self._inside(path, options.get("dir_fd")) for path in paths if not isinstance(path, int)):
                return real(*paths, **options)
            return self.step(name, lambda: real(*paths, **options))

        setattr(os, name, call)

    def _wrap_descriptors(self) -> None:
        real_open, real_write, truncate = os.open, os.write, os.ftruncate

        def opened(path: Any, flags: int, *mode: int, **options: Any) -> int:
            if not flags & _WRITES or not self._inside(path, options.get("dir_fd")):
                return real_open(path, flags, *mode, **options)
            return self.step("open", lambda: real_open(path, flags, *mode, **options))

        def write(descriptor: int, content: Any) -> int:
            if not self._inside(descriptor):
                return real_write(descriptor, content)
            return self.step("write", lambda: real_write(descriptor, content),
                             half=lambda: real_write(descriptor, bytes(content)[: len(content) // 2]))

        def fsync(descriptor: int) -> None:
            if self._inside(descriptor):
                self.flushes += 1
                self.step("fsync", lambda: self._disk.synced(descriptor) if self._disk else None)

        os.open, os.write, os.fsync = opened, write, fsync
        os.ftruncate = lambda descriptor, size: self.step("ftruncate", lambda: truncate(descriptor, size))

    def _wrap_files(self) -> None:
        real, step = io.open, self.step

        class Raw(io.FileIO):
            def __init__(self, path: Any, mode: str) -> None:
                step("open", lambda: io.FileIO.__init__(self, path, mode))

            def write(self, content: Any) -> int:
                return step("write", lambda: io.FileIO.write(self, content),
                            half=lambda: io.FileIO.write(self, bytes(content)[: len(content) // 2]))

        def opened(path: Any, mode: str = "r", *more: Any, **others: Any) -> Any:
            if isinstance(path, int) or not set(mode) & set("wxa+") or not self._inside(path):
                return real(path, mode, *more, **others)
            raw = Raw(path, mode.replace("b", "").replace("t", ""))
            buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            return buffer if "b" in mode else io.TextIOWrapper(buffer, "utf-8")

        io.open = builtins.open = opened

    def _wrap_programs(self) -> None:
        real = subprocess.Popen.__init__

        def begin(process: Any, *arguments: Any, **options: Any) -> None:
            self.step("spawn", lambda: real(process, *arguments, **options))

        subprocess.Popen.__init__ = begin  # pyright: ignore

    def step(self, name: str, act: Callable[[], Any], half: Callable[[], Any] | None = None) -> Any:
        """Does it, unless its time has come."""
        with self._lock:
            self.steps += 1
            if not 0 < self._fault.at <= self.steps:
                return act()
            if self._fault.kind == "full" and name not in _FREES:
                self._fail(errno.ENOSPC, name, half)
            if self.steps == self._fault.at and self._fault.kind == "EIO" and name != "spawn":
                self._fail(errno.EIO, name, half)
            if self._fault.kind in ("kill", "torn", "power"):
                self._die(name, half or act)
            return act()

    def _fail(self, number: int, name: str, half: Callable[[], Any] | None) -> None:
        self._tell(name)
        if half:
            half()
        raise OSError(number, os.strerror(number))

    def _die(self, name: str, act: Callable[[], Any]) -> None:
        self._tell(name)
        fault, self._fault = self._fault, Fault()
        if fault.kind == "torn":
            with suppress(OSError):
                act()
        if self._disk:
            self._disk.cut(fault.seed)
        os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(60)
