"""Reads in a thread of its own, a few items before they are asked for."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_DEPTH = 4  # frames that wait: enough to even out the pace, few enough to cost no memory at 4K


def ahead(read: Callable[[], T | None], close: Callable[[], None], patience: float | None = None) -> Iterator[T]:
    """What `read` returns, call after call, until it returns None. Whatever it raises comes through in its place.

    Args:
        read: gives the next item; called from one thread, which is not the caller's.
        close: called once, at the end or when the iterator is closed; it must make a `read` that waits return.
        patience: seconds that an item is waited for; for ever if None.

    Raises:
        TimeoutError: an item did not come in time.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="source") as thread:
        try:
            waiting = deque(thread.submit(read) for _ in range(_DEPTH))
            while (item := waiting.popleft().result(patience)) is not None:
                waiting.append(thread.submit(read))
                yield item
        finally:
            close()
            thread.shutdown(wait=True, cancel_futures=True)
