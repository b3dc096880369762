"""Runs Dask's scheduler and worker with safe defaults."""

import asyncio
import os
from collections.abc import Callable
from typing import Any

from dreamvid.errors import FarmError, SettingError
from dreamvid.farm.address import Farm, check_farm, is_loopback
from dreamvid.farm.cluster import NO_PAUSE, environment, security_of

WAIT_FOR_SCHEDULER = 300
"""A worker ends after this many seconds without a scheduler."""


def serve_scheduler(host: str, port: int, pages: int, certificates: str, say: Callable[[str], None]) -> None:
    """Runs a scheduler until it is stopped.

    Args:
        host, port: the address to listen on.
        pages: the port of its dashboard, which only this machine can reach.
        certificates: the folder of certificates; may be empty if `host` is a loopback address.
        say: called with the addresses of the scheduler and its dashboard.

    Raises:
        SettingError: other machines could reach it without certificates; or Dask is not installed.
        FarmError: it cannot listen there.
    """
    kind = "tls" if certificates or not is_loopback(host) else "tcp"
    check_farm(Farm(address=f"{kind}://{host}:{port}"))
    security = security_of(certificates)
    if kind == "tls" and not security.tls_scheduler_cert:
        raise SettingError("host", host, "off this machine it needs {certificates}")
    from distributed import Scheduler

    async def serve() -> None:
        async with Scheduler(host=host, port=port, protocol=f"{kind}://", security=security, dashboard=True,
                             dashboard_address=f"127.0.0.1:{pages}") as scheduler:
            say(str(scheduler.address))
            say(f"http://127.0.0.1:{scheduler.services['dashboard'].port}/status")
            await scheduler.finished()

    _run(serve())


def serve_worker(address: str, threads: int, memory: str, certificates: str) -> None:
    """Runs a worker until it is stopped. It is restarted if it dies.

    Args:
        address: the scheduler's address.
        threads: the number of threads in the plans.
        memory: the memory limit, such as `8GB`; `auto` for the machine's memory.
        certificates: the folder of certificates; may be empty if the scheduler is on this machine.

    Raises:
        SettingError: the address is invalid, or Dask is not installed.
        FarmError: no scheduler answers.
    """
    if not address.startswith(("tls://", "tcp://")):
        raise SettingError("address", address, "it must be that of a scheduler, such as tls://host:8786")
    check_farm(Farm(address=address))
    security = security_of(certificates)
    from distributed import Nanny

    async def serve() -> None:
        while True:  # the nanny ends with its scheduler, which may be restarted
            async with Nanny(address, nthreads=1, memory_limit="1.0" if memory == "auto" else memory,
                             security=security, env=environment(threads), config=NO_PAUSE,
                             death_timeout=WAIT_FOR_SCHEDULER) as nanny:
                await nanny.finished()

    os.environ |= environment(threads)
    _run(serve())


def _run(serving: Any) -> None:
    try:
        asyncio.run(serving)
    except KeyboardInterrupt:
        return
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise FarmError(f"it cannot be run: {error}") from error
