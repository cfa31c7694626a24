"""What each version of the lake changed: loads, runs, published definitions."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise
from pathlib import Path

from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.manifest import EMPTY, Manifest
from banso.warehouse.pointer import MANIFESTS, read_manifest


@dataclass(frozen=True)
class TableChange:
    """What happened to one table; equal counts mean that rows were replaced."""

    table: str
    before: int
    after: int


@dataclass(frozen=True)
class LakeVersion:
    """One version of the lake, against the one before."""

    version: int
    at: dt.datetime
    tables: tuple[TableChange, ...] = ()
    quarantine: tuple[int, int] | None = None  # findings before and after, if changed
    published: str = ""  # the digest of definitions published
    as_of: dt.date | None = None  # of a release made

    @property
    def is_tidying(self) -> bool:
        """Whether nothing changed in meaning: files were put together."""
        said = self.tables or self.quarantine or self.published or self.as_of
        return not said


@dataclass(frozen=True)
class _Outline:
    """What of a manifest is compared."""

    version: int
    at: dt.datetime
    parent: str | None
    facts: Mapping[str, tuple[str, int]]  # digest and rows
    quarantine: tuple[int, tuple[str, ...]]
    published: tuple[str, ...]
    releases: tuple[tuple[str, dt.date, dt.datetime], ...]


def list_versions(project: Project, *, limit: int) -> tuple[LakeVersion, ...]:
    """Return the last versions that the lake still knows, the newest first."""
    outlines = list(islice(_outlines(project), limit + 1))
    if outlines and outlines[-1].version == 1:
        outlines.append(_outline(EMPTY))
    return tuple(_change(old, new) for new, old in pairwise(outlines))


def _outlines(project: Project) -> Iterator[_Outline]:
    lake = lake_of(project)
    manifest = lake.current()
    if manifest.version == 0:
        return
    outline = _outline(manifest)
    yield outline
    while name := _parent_of(lake.folder, outline):
        outline = _outline_of(lake.folder, name)
        yield outline


def _parent_of(folder: Path, outline: _Outline) -> str | None:
    """Return the file of the version before; None when it is not kept."""
    if outline.version <= 1 or outline.parent is None:
        return None
    return outline.parent if (folder / MANIFESTS / outline.parent).exists() else None


@lru_cache(maxsize=256)  # the name of a manifest holds the digest of its content
def _outline_of(folder: Path, name: str) -> _Outline:
    return _outline(read_manifest(folder, name))


def _outline(manifest: Manifest) -> _Outline:
    quarantine = manifest.quarantine
    return _Outline(
        version=manifest.version,
        at=manifest.written_at,
        parent=manifest.parent,
        facts={name: (t.digest, t.rows) for name, t in manifest.facts.items()},
        quarantine=(
            sum(part.rows for part in quarantine),
            tuple(part.sha256 for part in quarantine),
        ),
        published=tuple(f"{v.digest}" for v in manifest.definitions),
        releases=tuple((r.release_id, r.as_of, r.made_at) for r in manifest.releases),
    )


def _change(old: _Outline, new: _Outline) -> LakeVersion:
    tables = tuple(
        TableChange(name, old.facts.get(name, ("", 0))[1], rows)
        for name, (digest, rows) in new.facts.items()
        if old.facts.get(name, ("", 0))[0] != digest and (rows or name in old.facts)
    )
    before, after = old.quarantine, new.quarantine
    published = new.published[-1] if len(new.published) > len(old.published) else ""
    is_run = bool(new.releases) and new.releases[-1:] != old.releases[-1:]
    return LakeVersion(
        version=new.version,
        at=new.at,
        tables=tables,
        quarantine=(before[0], after[0]) if before[1] != after[1] else None,
        published=published,
        as_of=new.releases[-1][1] if is_run else None,
    )
