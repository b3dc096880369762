"""Damage by number: the same number makes the same damaged file of the same corpus."""

import re
import struct
from collections.abc import Callable, Sequence

import numpy as np

Random = np.random.Generator
EXTREMES = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x80\0\0\0", b"\0\0\0\1")
HEADER = 256
"""Bytes at the beginning in which most of what decides lies."""


def _place(rng: Random, data: bytes) -> int:
    """Somewhere in the file; every other time in its header."""
    return int(rng.integers(0, min(len(data), HEADER) if rng.random() < 0.5 else len(data)))


def truncate(rng: Random, data: bytes, other: bytes) -> bytes:
    """Loses the end."""
    return data[: _place(rng, data)]


def flip(rng: Random, data: bytes, other: bytes) -> bytes:
    """Some bits are wrong."""
    new = bytearray(data)
    for _ in range(int(rng.integers(1, 17))):
        new[_place(rng, data)] ^= 1 << int(rng.integers(0, 8))
    return bytes(new)


def splice(rng: Random, data: bytes, other: bytes) -> bytes:
    """Begins as one file and goes on as another."""
    return data[: _place(rng, data)] + other[_place(rng, other) :]


def swap_headers(rng: Random, data: bytes, other: bytes) -> bytes:
    """The header of another file."""
    length = int(rng.integers(4, 65))
    return other[:length] + data[length:]


def zeros(rng: Random, data: bytes, other: bytes) -> bytes:
    """A hole in the middle, or a part that was never written."""
    at, length = _place(rng, data), int(rng.integers(1, 2000))
    return data[:at] + bytes(length) + data[at + (length if rng.random() < 0.5 else 0) :]


def duplicate(rng: Random, data: bytes, other: bytes) -> bytes:
    """A block comes twice."""
    at, length = _place(rng, data), int(rng.integers(1, 600))
    return data[: at + length] + data[at:]


def lengths(rng: Random, data: bytes, other: bytes) -> bytes:
    """Fields of four bytes, lengths among them, become as small or as large as can be."""
    new = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        at = _place(rng, data) & ~1
        new[at : at + 4] = EXTREMES[rng.integers(0, len(EXTREMES))]
    return bytes(new[: len(data)])


def numbers(rng: Random, data: bytes, other: bytes) -> bytes:
    """A field of two or four bytes becomes any number, in either order of bytes."""
    at = _place(rng, data)
    form = str(rng.choice(["<H", ">H", "<I", ">I"]))
    value = struct.pack(form, int(rng.integers(0, 1 << (8 * struct.calcsize(form)))))
    return data[:at] + value + data[at + len(value) :]


VALUES = (b"1e400", b"nan", b"-1", b"0", b"0x" + b"f" * 40, b"9" * 5000, b"''", b"'../x.png'", b"'/dev/zero'", b"'.'",
          b"'a\\nb'", b"[]", b"[[1]]", b"{a = 1}", b"true", b"1979-05-27", b'"\\u0000"', b'"\\ud800"',
          b"'" + b"a" * 5000 + b"'", b"'block4:nan'", b"'fine'", b"'7x99999'", b"'no.pb'", b"10000000")


def values(rng: Random, data: bytes, other: bytes) -> bytes:
    """Another value, of any type, in a line of TOML."""
    lines = list(re.finditer(rb"(?<== ).*$", data, re.MULTILINE))
    if not lines:
        return data + b"\nseed = "
    found = lines[rng.integers(0, len(lines))]
    return data[: found.start()] + VALUES[rng.integers(0, len(VALUES))] + data[found.end() :]


Mutation = Callable[[Random, bytes, bytes], bytes]
MUTATIONS: tuple[Mutation, ...] = (truncate, flip, splice, swap_headers, zeros, duplicate, lengths, numbers)
OF_TEXT: tuple[Mutation, ...] = (*MUTATIONS, *[values] * 8)


def mutant(number: int, corpus: Sequence[tuple[str, bytes]]) -> tuple[str, bytes]:
    """The name of the file that is damaged, and what is left of it; one in four is damaged twice."""
    rng = np.random.default_rng([2026, number])
    name, data = corpus[int(rng.integers(0, len(corpus)))]
    ways = OF_TEXT if name.endswith(".toml") else MUTATIONS
    for _ in range(1 + (rng.random() < 0.25)):
        other = corpus[int(rng.integers(0, len(corpus)))][1]
        data = ways[int(rng.integers(0, len(ways)))](rng, data or b"\0", other)
    return name, data
