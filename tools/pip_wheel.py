"""Fetches pip itself from PyPI, for a Python that comes without it."""

import hashlib
import json
import urllib.request
from pathlib import Path
from urllib.parse import urljoin

INDEX = "https://pypi.org/pypi/pip/json"


class WheelError(OSError):
    """What PyPI gave is not what it announced."""


def fetch_pip(folder: Path) -> Path:
    """Download pip's newest wheel into `folder` and return its path.

    Raises
    ------
    OSError
        PyPI cannot be reached, or the file is not the one that it announced.

    """
    with urllib.request.urlopen(INDEX, timeout=60) as answer:
        files = json.load(answer)["urls"]
        base = answer.url  # a mirror gives addresses relative to its own
    wheel = next(file for file in files if file["packagetype"] == "bdist_wheel")
    address = urljoin(base, wheel["url"])
    if not address.startswith("https://"):
        raise WheelError(f"not a secure address: {address}")
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310  https
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        raise WheelError(f"{wheel['filename']} does not have the announced hash")
    path = folder / Path(wheel["filename"]).name
    path.write_bytes(content)
    return path
