"""The address of the cluster that makes a film, and its checks."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from dreamvid.errors import SettingError

INSTALL = "pip install 'dreamvid[farm]'"


@dataclass(frozen=True, kw_only=True)
class Farm:
    """The cluster that makes a film.

    Attributes:
        address: `local:4`, `tls://host:8786`, `tcp://127.0.0.1:8786` or `slurm:20`.
        certificates: the folder of the cluster's certificates; empty for those of Dask's own configuration.
        store: the shared store for inputs and ranges; empty if they are sent over the cluster's connections.
        mixed: whether machines of different kinds, whose rounding differs, may make parts of one film.
    """

    address: str
    certificates: str = ""
    store: str = ""
    mixed: bool = False


def check_farm(farm: Farm) -> None:
    """Refuses an invalid or insecure address, and a missing installation of `distributed`.

    Raises:
        SettingError: `distributed` is missing, the address is invalid, or it is remote and not encrypted.
    """
    try:
        import distributed  # noqa: F401
    except ImportError as error:
        raise SettingError(f"--farm needs Dask's distributed, which is not installed; {INSTALL}") from error
    local = re.fullmatch(r"(local|slurm):([0-9]{1,4})", farm.address)
    if local and int(local[2]):
        return
    if not re.fullmatch(r"(tls|tcp)://[^/@]+:[0-9]+", farm.address):
        raise SettingError("farm", farm.address, "it must be local:N with N workers, 1 at least, the address of a "
                           "cluster, such as tls://host:8786, or slurm:N with N jobs")
    if farm.address.startswith("tcp://") and not is_loopback(urlsplit(farm.address).hostname or ""):
        raise SettingError("farm", farm.address, "it is not encrypted, and not on this machine; it must begin with "
                           "tls://")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
