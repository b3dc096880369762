"""Creates the certificates of a cluster."""

import os
from pathlib import Path

from dreamvid.errors import OutputError, SettingError, write_error
from dreamvid.farm.address import INSTALL
from dreamvid.farm.cluster import CERTIFICATE, KEY


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
