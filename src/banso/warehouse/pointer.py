"""The pointer to the current manifest, and reading the manifest it names."""

import json
from pathlib import Path

from banso.kernel.digests import digest_of_bytes
from banso.kernel.errors import BansoError
from banso.warehouse.manifest import EMPTY, Manifest
from banso.warehouse.manifest_json import from_bytes, to_bytes

POINTER = "CURRENT"
MANIFESTS = "manifests"


class LakeDamaged(BansoError):
    """Refuse a lake whose files are not what was written."""

    code = "lake_damaged"


def name_of(manifest: Manifest) -> str:
    """Return the file name of a manifest, e.g. ``000012-1f0c9a3b.json``."""
    return f"{manifest.version:06d}-{digest_of_bytes(to_bytes(manifest))[:8]}.json"


def pointer_bytes(manifest: Manifest) -> bytes:
    """Return the content of the pointer to `manifest`."""
    node = {"version": manifest.version, "manifest": name_of(manifest)}
    return json.dumps(node).encode()


def read_current(root: Path) -> Manifest:
    """Return the manifest that the pointer names; without one the lake is empty."""
    try:
        pointer = json.loads((root / POINTER).read_bytes())
    except FileNotFoundError:
        return EMPTY
    except ValueError as error:
        raise damaged(POINTER) from error
    return read_manifest(root, pointer["manifest"])


def read_manifest(root: Path, name: str) -> Manifest:
    """Return the manifest in the file `name`.

    Raises
    ------
    LakeDamaged
        The file is missing, or its content is not what its name says.

    """
    try:
        content = (root / MANIFESTS / name).read_bytes()
    except FileNotFoundError as error:
        raise damaged(f"{MANIFESTS}/{name}") from error
    if digest_of_bytes(content)[:8] != Path(name).stem.partition("-")[2]:
        raise damaged(f"{MANIFESTS}/{name}")
    return from_bytes(content)


def damaged(path: str) -> LakeDamaged:
    """Return the refusal that names a missing or changed file."""
    return LakeDamaged(
        f"The file {path} of the lake is missing or damaged.",
        hint="Restore the lake from a backup.",
        path=path,
    )
