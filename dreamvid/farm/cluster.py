"""Opens a cluster: workers on this machine, a running cluster, or Slurm jobs; and makes its certificates."""

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psutil import virtual_memory

from dreamvid.dream.engines import processors
from dreamvid.errors import FarmError, OutputError, SettingError, write_error
from dreamvid.events import Warn
from dreamvid.farm.address import INSTALL, Farm, check_farm

TIMEOUT = 10
"""Timeout for a scheduler's answer, in seconds."""

KEY, CERTIFICATE = "farm.key", "farm.pem"
"""The files in a folder of certificates. Whoever has the key can join the cluster."""

NO_PAUSE: Any = {f"distributed.worker.memory.{key}": False for key in ("target", "spill", "pause")}
"""Dask's configuration of a worker. At its memory limit it is restarted; a paused one would wait for ever."""


@dataclass(frozen=True)
class Cluster:
    """An open cluster.

    Attributes:
        connect: opens a client. It can be called again after the connection to the scheduler was lost.
        dashboard: the URL of its dashboard.
    """

    connect: Callable[[], Any]
    dashboard: str


@contextmanager
def open_cluster(farm: Farm, threads: int, warn: Warn, memory: int = 0) -> Iterator[Cluster]:
    """Opens a cluster. Workers that were started for it end with it.

    Args:
        threads: the plan's number of threads, for each worker.
        warn: called if workers on this machine together need more processors or memory than it has.
        memory: about how many bytes of memory a worker takes.

    Raises:
        SettingError: see `check_farm`; or certificates are missing.
        FarmError: the scheduler does not answer.
    """
    check_farm(farm)
    warnings.filterwarnings("ignore", module="distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    kind, _, count = farm.address.partition(":")
    if kind == "local":
        _check_machine(int(count), threads, memory, warn)
        with _local(int(count), threads) as cluster:
            yield Cluster(lambda: _client(cluster, cluster.security), cluster.dashboard_link)
    elif kind == "slurm":
        with _slurm(int(count), threads) as cluster:
            yield Cluster(lambda: _client(cluster, cluster.security), cluster.dashboard_link)
    else:
        security = security_of(farm.certificates)
        if farm.address.startswith("tls") and not security.tls_client_cert:
            raise SettingError("farm", farm.address, "it needs the cluster's {certificates}")
        with _client(farm.address, security) as client:
            dashboard = client.dashboard_link
        yield Cluster(lambda: _client(farm.address, security), dashboard)


def _check_machine(workers: int, threads: int, memory: int, warn: Warn) -> None:
    if workers * threads > processors():
        warn(f"{workers} workers with {threads} threads each share {processors()} processors; --threads sets the "
             "threads, which decide on the last bits of the frames")
    needed, free = workers * memory, virtual_memory().available
    if needed > free:
        warn(f"{workers} workers take about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free")


def environment(threads: int) -> dict[str, str]:
    """Environment variables for a worker: they limit each library to the plan's number of threads."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
    return dict.fromkeys(names, str(threads))


@contextmanager
def _local(count: int, threads: int) -> Iterator[Any]:
    """Workers on this machine. Their temporary certificates are never written to the disk."""
    from distributed import LocalCluster, Security

    try:
        cluster = LocalCluster(
            n_workers=count, threads_per_worker=1, processes=True, protocol="tls://", host="127.0.0.1",
            security=Security.temporary(), dashboard_address="127.0.0.1:0", env=environment(threads), config=NO_PAUSE,
            silence_logs=logging.CRITICAL)
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise FarmError(f"the {count} workers cannot be started: {error}") from error
    with cluster:
        yield cluster


@contextmanager
def _slurm(count: int, threads: int) -> Iterator[Any]:
    """Slurm jobs, one for each worker. Queue, time and memory are set in dask-jobqueue's own configuration."""
    try:
        from dask_jobqueue import SLURMCluster  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise SettingError("--farm slurm needs a package that is not installed; pip install dask-jobqueue") from error
    from distributed import Security

    lines = [f"export {name}={value}" for name, value in environment(threads).items()]
    try:
        cluster: Any = SLURMCluster(cores=1, processes=1, job_cpu=threads, protocol="tls://", job_script_prologue=lines,
                                    security=Security.temporary())
        with closing(cluster):
            cluster.scale(jobs=count)
            yield cluster
    except (ValueError, OSError, RuntimeError) as error:
        raise FarmError(f"Slurm's jobs cannot be begun: {error}") from error


def security_of(certificates: str) -> Any:
    """The certificates in a folder; if none is given, those of Dask's own configuration.

    Raises:
        SettingError: the folder lacks them.
    """
    from distributed import Security

    if not certificates:
        return Security()
    key, certificate = Path(certificates) / KEY, Path(certificates) / CERTIFICATE
    if not (key.is_file() and certificate.is_file()):
        raise SettingError("certificates", certificates, f"it must be a folder with {KEY} and {CERTIFICATE}, which "
                           "`dreamvid farm certificates` makes")
    names = [f"tls_{role}_{part}" for role in ("client", "scheduler", "worker") for part in ("key", "cert")]
    files = {name: str(key if name.endswith("key") else certificate) for name in names}
    return Security(require_encryption=True, tls_ca_file=str(certificate), **files)


def make_certificates(folder: Path) -> Path:
    """Creates a folder with a private key, readable only by its owner, and a certificate signed with it.

    Raises:
        SettingError: the extra `farm` is not installed.
        OutputError: the files exist, or cannot be written.
    """
    try:
        from distributed import Security

        made = Security.temporary()
    except ImportError as error:
        raise SettingError(f"certificates need a package that is not installed; {INSTALL}") from error
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, text in ((KEY, made.tls_client_key), (CERTIFICATE, made.tls_client_cert)):
            descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(str(text))
    except FileExistsError as error:
        raise OutputError(f"{error.filename} exists; remove it if no cluster uses it any more") from error
    except OSError as error:
        raise write_error(folder, error) from error
    return folder


@contextmanager
def _client(address: Any, security: Any) -> Iterator[Any]:
    """A client. It refuses pickled results.

    Raises:
        FarmError: no scheduler answers.
    """
    from distributed import Client

    try:
        client = Client(address, security=security, timeout=TIMEOUT, set_as_default=False,
                        serializers=["dask", "pickle"], deserializers=["dask", "error"])
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise FarmError(f"no scheduler that trusts this client answers at {address} within {TIMEOUT} s") from error
    with closing(client):
        yield client
