"""One damaged file, read as a person would have it read; run in a process of its own, with limits.

The limit on memory is that of the address space, which every ffmpeg inherits; and what ffmpeg takes is measured.
"""

import faulthandler
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from dreamvid.errors import InputError, SettingError
from tests.fuzz import commands
from tests.fuzz.corpus import CORPUS
from tests.fuzz.folders import NAME, write_damaged
from tests.fuzz.mutations import mutant
from tests.fuzz.readers import READERS

SECONDS = 60
"""Time that one file may take, on a busy machine."""
MEMORY = 3 << 30
"""Address space of the reading process beyond what it has at its start."""
CHILDS_MEMORY = 1 << 30
"""Most memory that an ffmpeg may ever hold."""
PLAN = (*["picture"] * 22, *["clip"] * 6, *["preset"] * 2, *["recipe"] * 2, *["result"] * 3, *["command"] * 5)
"""Kinds of cases, over and over."""

_corpora: dict[str, CORPUS] = {}
_home = Path()
_folder = ""
_written: list[str] = []


def start(corpora: dict[str, CORPUS], home: Path) -> None:
    """Prepares a worker: what it damages, where it works, and how much memory it may have."""
    global _home  # noqa: PLW0603
    _home = home
    _corpora.update(corpora)
    commands.bar_networks()
    sys.dont_write_bytecode = True
    sys.addaudithook(_watch)
    own = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (own + MEMORY, own + MEMORY))
    signal.signal(signal.SIGALRM, _too_late)


class Late(BaseException):
    """The time is over; nothing that is tested knows this."""


def _too_late(*_: object) -> None:
    raise Late(f"it took longer than {SECONDS} seconds")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Notes whatever this process makes, moves or opens for writing outside the folder of its case."""
    if not _folder or event not in ("open", "os.rename", "os.remove", "os.mkdir", "os.link", "os.symlink"):
        return
    if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
        return
    for name in arguments[: 2 if event in ("os.rename", "os.link") else 1]:
        if isinstance(name, str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(name))  # noqa: PTH100 - no more than a look at the name
            if path != os.devnull and not path.startswith(_folder):
                _written.append(f"{event} {path}")


def kind_of(number: int) -> str:
    """The kind of a case."""
    return PLAN[number % len(PLAN)]


def run(number: int) -> str:
    """Reads one damaged file; returns what is wrong with how that went, or nothing."""
    global _folder  # noqa: PLW0603
    (_home / str(os.getpid())).write_text(str(number))  # to be found should this process die
    with tempfile.TemporaryDirectory(dir=_home) as folder:
        os.chdir(folder)
        tempfile.tempdir, _folder = folder, folder
        signal.alarm(SECONDS)
        faulthandler.dump_traceback_later(3 * SECONDS, exit=True)
        try:
            wrong = _case(number, Path(folder))
        except BaseException as error:  # whatever it is, it is what is looked for
            wrong = f"{type(error).__name__}: {error}"
        finally:
            signal.alarm(0)
            faulthandler.cancel_dump_traceback_later()
            _folder = ""
            os.chdir(_home)
    wrong = wrong or _outside()
    return f"case {number}, {kind_of(number)}: {wrong}" if wrong else ""


def _outside() -> str:
    """What is wrong beside the answer: with what was written where, and with ffmpeg's memory."""
    written, _written[:] = list(_written), []
    if written:
        return f"it wrote outside its folder: {written}"
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    return f"an ffmpeg took {most >> 20} MiB" if most > CHILDS_MEMORY else ""


def _case(number: int, folder: Path) -> str:
    kind = kind_of(number)
    if kind == "command":
        return _command(number, folder)
    corpus, reader = READERS[kind]
    name, data = mutant(number, _corpora[corpus])
    path = folder / name
    path.write_bytes(data)
    try:
        reader(path)
    except (InputError, SettingError) as error:
        if "\n" in str(error).strip() or str(path) not in str(error):
            return f"{name}: {str(error)!r} is not one line that names the file"
    except Exception as error:
        return f"{name}: {type(error).__name__}: {error}"
    left = commands.left(folder)
    return "" if left == {name} else f"{name}: it left {left}"


def _command(number: int, folder: Path) -> str:
    damaged, line = commands.COMMANDS[number // len(PLAN) % len(commands.COMMANDS)]
    for name, data in _corpora["sound"]:
        (folder / name).write_bytes(data)
    name = NAME
    if damaged == "folders":
        write_damaged(number, _corpora["folders"], folder / NAME)
    else:
        name, data = mutant(number, _corpora[damaged])
        (folder / name).write_bytes(data)
    there = commands.left(folder)
    try:
        commands.carry_out(line, name)
    except Exception as error:
        return f"{line} ({name}): {type(error).__name__}: {error}"
    left = commands.left(folder)
    return "" if left == there else f"{line} ({name}): it left {left - there} of {there}"
