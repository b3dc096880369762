"""Hides the messages of native libraries."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import UnsupportedOperation

LEVEL = "TF_CPP_MIN_LOG_LEVEL"
"""The variable that says which messages TensorFlow prints: 0 is all."""

SILENT = "3"


@contextmanager
def native_messages(*, shown: bool = False) -> Iterator[None]:
    """Discards what native code writes to file descriptor 2, unless `shown`.

    TensorFlow logs from C++ before it reads any setting, so only redirecting the descriptor stops that. Python's own
    `sys.stderr` still works. If the environment variable `LEVEL` is set, messages are shown.
    """
    level = os.environ.setdefault(LEVEL, "0" if shown else SILENT)
    if level != SILENT:
        yield
        return
    sys.stderr.flush()
    kept, nowhere, python = os.dup(2), os.open(os.devnull, os.O_WRONLY), sys.stderr
    try:
        if _writes_to_descriptor_2():
            sys.stderr = os.fdopen(os.dup(kept), "w", buffering=1, encoding=python.encoding, errors="replace")
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        if sys.stderr is not python:
            sys.stderr.close()
            sys.stderr = python
        os.close(kept)
        os.close(nowhere)


def _writes_to_descriptor_2() -> bool:
    try:
        return sys.stderr.fileno() == 2
    except (UnsupportedOperation, AttributeError, ValueError):
        return False
