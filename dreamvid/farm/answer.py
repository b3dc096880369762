"""The messages between client and worker. A task is JSON text; an answer is a line of JSON, followed by files.

No part of an answer is unpickled. Each file is checked against its hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from json import dumps, loads
from pathlib import Path
from typing import Any

from dreamvid.errors import InputError, ResourceError

LARGEST = 2**30
"""The most bytes of files in one answer. Larger ranges need a shared store."""


@dataclass(frozen=True)
class Answer:
    """A worker's answer.

    Attributes:
        header: depends on the task; `error` and `text` if the task failed.
        files: name → content. The name is the SHA-256 of the content, with a suffix.
    """

    header: dict[str, Any]
    files: Mapping[str, memoryview]


def packed(header: dict[str, Any], files: Mapping[str, Path]) -> bytes:
    """An answer as bytes.

    Raises:
        ResourceError: the files are larger than `LARGEST`.
    """
    sizes = {name: path.stat().st_size for name, path in files.items()}
    if sum(sizes.values()) > LARGEST:
        raise ResourceError(f"the files of one range have {sum(sizes.values()) / 1e9:.1f} GB; give a --store that all "
                            "machines reach, through which they go")
    line = dumps({**header, "files": list(sizes.items())}).encode()
    return b"\n".join([line, b"".join(path.read_bytes() for path in files.values())])


def unpacked(content: bytes) -> Answer:
    """Parses an answer from untrusted bytes.

    Raises:
        InputError: the bytes are not an answer, or a file does not match its hash.
    """
    try:
        line, _, _ = content.partition(b"\n")
        header, at = loads(line), len(line) + 1
        files = dict[str, memoryview]()
        for name, size in header.pop("files"):
            files[name] = memoryview(content)[at:at + size]
            at += size
            if sha256(files[name]).hexdigest() != Path(name).stem or Path(name).name != name:
                raise ValueError(f"the file {name} is damaged")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"a worker's answer cannot be read: {error}") from error
    return Answer(header, files)
