"""Published definitions once more as JSON, because reading the YAML takes long."""

from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from banso import definitions
from banso.definitions.catalog import Catalog
from banso.kernel.digests import digest_of_bytes, digest_of_value
from banso.runs.derived import FOLDER
from banso.warehouse.durable import write_durably
from banso.warehouse.lake import Lake


def find_catalog(lake: Lake, digest: str) -> Catalog | None:
    """Return the definitions kept under their digest; None when they are not.

    A file counts only when its hash is the digest, and when this very program has read
    the definitions before: another one may refuse what its elder accepted.
    """
    try:
        content = _path(lake, digest).read_bytes()
    except FileNotFoundError:
        return None
    if digest_of_bytes(content) != digest:
        return None
    return TypeAdapter(Catalog).validate_json(content)


def keep_catalog(lake: Lake, catalog: Catalog) -> None:
    """Keep definitions that were read without a fault."""
    path = _path(lake, catalog.digest)
    if not path.exists():
        write_durably(path, catalog.text.encode())


def _path(lake: Lake, digest: str) -> Path:
    return lake.folder / FOLDER / "catalogs" / f"{digest}-{_reader()}.json"


@cache
def _reader() -> str:
    """Return a digest of the code that reads definitions."""
    (folder,) = definitions.__path__
    sources = sorted(Path(folder).rglob("*.py"))
    return digest_of_value(
        [[path.name, digest_of_bytes(path.read_bytes())] for path in sources]
    )[:16]
