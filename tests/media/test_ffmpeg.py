"""ffmpeg as a child: found or plainly missing, called to account, and never waited for without end."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from dreamvid.errors import FFmpegError, ResourceError
from dreamvid.media import ffmpeg
from dreamvid.media.child import Child, Reader

FRAME = np.zeros((32, 32, 3), np.uint8)
INPUT = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "32x32", "-i", "pipe:0"]


def program(folder: Path, text: str) -> str:
    path = folder / "my ffmpeg"
    path.write_text(text)
    path.chmod(0o755)
    return str(path)


def feed(child: Child) -> None:
    for _ in range(10_000):
        child.write(FRAME)


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_for_the_end_of(*pids: int) -> None:
    deadline = time.monotonic() + 60
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def number_in(file: Path) -> int:
    """The number that a program writes into a file, as soon as it is there."""
    deadline = time.monotonic() + 60
    while not file.exists() or not file.read_text().endswith("\n"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(file.read_text())


def test_knows_its_version_and_encoders() -> None:
    assert ffmpeg.version()
    assert {"libx264", "aac", "rawvideo"} <= ffmpeg.encoders()
    assert "=" not in ffmpeg.encoders()


def test_the_variable_names_another(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = program(tmp_path, "#!/bin/sh\necho ffmpeg version 1.2.3-mine Copyright\n")
    monkeypatch.setenv("DREAMVID_FFMPEG", other)
    assert ffmpeg.executable() == other
    assert ffmpeg.version() == "1.2.3-mine"


@pytest.mark.parametrize("name", ["/no/such/ffmpeg", "/dev/null", "/tmp"])
def test_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", name)
    for call in (ffmpeg.executable, ffmpeg.version, ffmpeg.encoders, lambda: Child(INPUT)):
        with pytest.raises(FFmpegError, match=f"DREAMVID_FFMPEG is '{name}'"):
            call()


@pytest.mark.parametrize(("text", "message"), [
    ("\x7fELF not really", "cannot be run"), ("#!/bin/sh\nexit 3\n", "cannot be run"),
    ("#!/bin/sh\necho something else\n", "is not ffmpeg"),
])
def test_not_working(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, message: str) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", program(tmp_path, text))
    with pytest.raises(FFmpegError, match=message):
        ffmpeg.version()


def test_its_own_words_are_quoted(tmp_path: Path) -> None:
    child = Child([*INPUT, "-c:v", "no_such_encoder", ffmpeg.url(tmp_path / "a.mp4")])
    with pytest.raises(FFmpegError, match=r"exit status \d+: Unknown encoder 'no_such_encoder'"):
        child.finish(60)
    child.close()


def test_an_early_end_is_met_while_writing(tmp_path: Path) -> None:
    child = Child([*INPUT, "-c:v", "no_such_encoder", ffmpeg.url(tmp_path / "a.mp4")])
    with pytest.raises(FFmpegError, match="no_such_encoder"):
        feed(child)
    child.close()


def test_much_complaining_does_not_block(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # More than a pipe holds, before a single frame is read.
    loud = ("import sys\nfor n in range(20000): print('complaint', n, file=sys.stderr)\n"
            "sys.stdin.buffer.read()\nexit(7)\n")
    monkeypatch.setenv("DREAMVID_FFMPEG", program(tmp_path, f"#!{sys.executable}\n{loud}"))
    child = Child(INPUT)
    for _ in range(100):
        child.write(FRAME)
    with pytest.raises(FFmpegError, match=r"status 7: complaint 199\d\d"):
        child.finish(60)
    child.close()


def test_a_child_that_never_ends_is_given_up_and_killed_with_its_own_children(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # A script around ffmpeg has it as a child of its own, which would live on and hold the pipes.
    wrapper = f"#!/bin/sh\nsleep 300 &\necho $! > '{tmp_path}/pid'\nwait\n"
    monkeypatch.setenv("DREAMVID_FFMPEG", program(tmp_path, wrapper))
    child = Child(INPUT)
    grandchild = number_in(tmp_path / "pid")
    began = time.monotonic()
    with pytest.raises(FFmpegError, match=r"not done 0\.3 seconds after"):
        child.finish(0.3)
    child.close()
    assert time.monotonic() - began < 60
    wait_for_the_end_of(child.pid, grandchild)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no niceness")
def test_it_lets_the_dream_go_first() -> None:
    child = Child([*INPUT, "-f", "null", "-"])
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == min(19, own + 5)
    child.close()


def test_killed_by_a_signal(tmp_path: Path) -> None:
    child = Child([*INPUT, "-f", "null", "-"])
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(FFmpegError, match="signal 9"):
        child.finish(60)
    child.close()
    child.close()


def test_full_disk(tiny_disk: Path) -> None:
    child = Child([*INPUT, "-f", "rawvideo", ffmpeg.url(tiny_disk / "a.raw")])
    with pytest.raises(ResourceError, match="disk is full"):
        feed(child)
    child.close()


def test_full_device() -> None:
    child = Child([*INPUT, "-f", "rawvideo", "-y", ffmpeg.url(Path("/dev/full"))])
    with pytest.raises(ResourceError, match="disk is full"):
        feed(child)
    child.close()


def test_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    # A second child must not inherit, and so hold open, the first one's input.
    code = ("import sys, time\nfrom dreamvid.media.child import Child\n"
            f"one, two = (Child({[*INPUT, '-f', 'null', '-']!r}) for _ in range(2))\n"
            "print(one.pid, two.pid, flush=True)\ntime.sleep(300)\n")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    wait_for_the_end_of(*pids)


def started_by(parent: int) -> int:
    """The process id of the ffmpeg that makes an endless picture for a process, as soon as there is one."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process(parent).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if "testsrc" in child.cmdline() and "setpriv" not in child.exe():
                    return child.pid
        time.sleep(0.02)
    raise AssertionError("no ffmpeg was started")


ENDLESS = ["-f", "lavfi", "-i", "testsrc"]


@pytest.mark.parametrize("call", [
    f"Reader({ENDLESS!r})", f"Reader({[*ENDLESS, '-vf', 'select=0']!r})",
    f"carry_out({[*ENDLESS, '-f', 'null', '-']!r}, Deadline())", f"told({[*ENDLESS, '-f', 'null', '-']!r})",
])
def test_readers_and_file_to_file_runs_end_when_their_parent_is_killed(call: str) -> None:
    code = ("import time\nfrom dreamvid.media.child import Deadline, Reader, carry_out\n"
            "from dreamvid.media import ffmpeg\n"
            "told = lambda words: ffmpeg.run(*words, timeout=600)\n"
            f"print('ready', flush=True)\nkept = {call}\ntime.sleep(300)\n")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        try:
            pid = started_by(parent.pid)
            assert alive(pid)
        finally:
            parent.kill()
    wait_for_the_end_of(pid)


def test_a_thread_that_ends_does_not_take_ffmpeg_along() -> None:
    made: list[Reader] = []
    thread = threading.Thread(target=lambda: made.append(Reader(ENDLESS)))
    thread.start()
    thread.join()
    assert made[0].read() is not None
    time.sleep(0.2)
    assert alive(made[0].pid)
    made[0].close()


def test_a_question_that_is_not_answered_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wrapper = f"#!/bin/sh\nsleep 300 &\necho $! > '{tmp_path}/pid'\nwait\n"
    monkeypatch.setenv("DREAMVID_FFMPEG", program(tmp_path, wrapper))
    for timeout in (0.5, 5, 30):  # a busy machine may take some time to start the program
        with pytest.raises(FFmpegError, match=f"no answer for {timeout:g} seconds"):
            ffmpeg.run("-i", "x", timeout=timeout)
        if (tmp_path / "pid").exists():
            break
    wait_for_the_end_of(number_in(tmp_path / "pid"))


@pytest.mark.parametrize(("text", "message"), [
    ("#!/bin/sh\nexit 3\n", "status 3 and no message"), ("#!/bin/sh\nkill -9 $$\n", "signal 9"),
    ("\x7fELF not really", "cannot be run as"),
])
def test_an_ffmpeg_that_fails_is_not_taken_for_a_damaged_film(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, message: str) -> None:
    monkeypatch.setenv("DREAMVID_FFMPEG", program(tmp_path, text))
    with pytest.raises(FFmpegError, match=message):
        ffmpeg.run("-i", "x")


def test_a_picture_that_breaks_off_anywhere_is_the_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    whole = b"P6\n2 1\n255\nabcdef"
    for length in range(len(whole)):
        (tmp_path / "part").write_bytes(whole[:length])
        monkeypatch.setenv("DREAMVID_FFMPEG", program(tmp_path, f"#!/bin/sh\ncat '{tmp_path}/part'\n"))
        reader = Reader([])
        assert reader.read() is None
        reader.close()
