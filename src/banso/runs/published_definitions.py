"""The definitions in force, where each is written, and how they came to be."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from banso.definitions.availability import SwitchedOff, switched_off
from banso.definitions.catalog import Catalog
from banso.definitions.differences import Change, difference
from banso.definitions.documents import read_document
from banso.definitions.reading import FOLDER, HEALTH_FILE, files_of, read_catalog
from banso.kernel.digests import digest_of_bytes
from banso.kernel.issues import Issue, has_errors
from banso.runs.project import Project
from banso.runs.results import DefinitionsUnreadable, lake_of, published_catalog
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import DefinitionsVersion, Manifest

EMPTY = Catalog(metrics=(), health=())


@dataclass(frozen=True)
class Source:
    """Where a definition is written, and how."""

    file: str  # as in the project folder: definitions/metrics/usage.yaml
    first_line: int
    text: str

    @property
    def lines(self) -> tuple[tuple[int, str], ...]:
        """Its lines, with the numbers that they have in the file."""
        return tuple(enumerate(self.text.splitlines(), start=self.first_line))


@dataclass(frozen=True)
class Published:
    """A published version and what it says."""

    version: DefinitionsVersion
    catalog: Catalog | None  # None: this version of Banso cannot read it


@dataclass(frozen=True)
class Step:
    """A published version and what it changed."""

    version: DefinitionsVersion
    changes: tuple[Change, ...]
    before: Catalog | None
    after: Catalog | None  # None: cannot be read, so the changes are not known
    is_first: bool

    @property
    def is_compared(self) -> bool:
        """Whether both sides could be read."""
        return self.before is not None and self.after is not None


@dataclass(frozen=True)
class FolderState:
    """How the folder's definitions stand to the published ones."""

    code: Literal["same", "differs", "faulty", "absent"]
    changes: tuple[Change, ...] = ()
    issues: tuple[Issue, ...] = ()
    before: Catalog = EMPTY
    after: Catalog = EMPTY


def find_published(project: Project, manifest: Manifest) -> Published | None:
    """Return the definitions in force; None when none were ever published."""
    if not manifest.definitions:
        return None
    version = manifest.definitions[-1]
    return Published(version, find_catalog(project, version.digest))


def find_catalog(project: Project, digest: str) -> Catalog | None:
    """Return what was published under a digest; None when it cannot be read."""
    try:
        return published_catalog(lake_of(project), digest)
    except DefinitionsUnreadable:
        return None


def switched_off_now(manifest: Manifest, catalog: Catalog) -> tuple[SwitchedOff, ...]:
    """Return the metrics that lack a table or column, as the next run will see it."""
    found = {name: each for name, each in manifest.facts.items() if each.rows}
    columns = {name: tuple(each.columns) for name, each in found.items()}
    return switched_off(catalog, tuple(found), columns=columns)


def list_steps(project: Project, manifest: Manifest) -> tuple[Step, ...]:
    """Return every published version with what it changed, the newest first."""
    steps = []
    before: Catalog | None = EMPTY
    for version in manifest.definitions:
        after = find_catalog(project, version.digest)
        changes = difference(before, after) if before and after else ()
        is_first = version is manifest.definitions[0]
        steps.append(Step(version, changes, before, after, is_first))
        before = after
    return tuple(reversed(steps))


def published_texts(project: Project, digest: str) -> Mapping[str, str]:
    """Return the files of a published version by their names.

    Raises
    ------
    NoSuchDefinitions
        Nothing was published under that digest.

    """
    files = lake_of(project).definition_files(digest)
    names = sorted(files, key=lambda name: (name != HEALTH_FILE, name))
    return {name: files[name].decode(errors="replace") for name in names}


def sources_of_metrics(project: Project, digest: str) -> Mapping[str, Source]:
    """Return where each metric of a published version is written, by its key."""
    return _sources(lake_of(project).folder, digest, "metrics")


def sources_of_models(project: Project, digest: str) -> Mapping[str, Source]:
    """Return where each health model of a published version is written."""
    return _sources(lake_of(project).folder, digest, "health")


def folder_state(project: Project, manifest: Manifest) -> FolderState:
    """Return whether the folder says something else than what is published."""
    folder = project.definitions_folder
    if not folder.is_dir():
        return FolderState("absent")
    files, unreadable = files_of(folder)
    published = manifest.definitions[-1] if manifest.definitions else None
    digests = {name: digest_of_bytes(content) for name, content in files.items()}
    if published and not unreadable and digests == dict(published.files):
        return FolderState("same")
    catalog, issues = _read(tuple(sorted(files.items())))
    issues = (*unreadable, *issues)
    if catalog is None or has_errors(issues):
        return FolderState("faulty", issues=tuple(issues))
    if published and published.digest == catalog.digest:
        return FolderState("same")
    before = find_catalog(project, published.digest) if published else EMPTY
    before = before or EMPTY
    changes = difference(before, catalog)
    return FolderState("differs", changes=changes, before=before, after=catalog)


@lru_cache(maxsize=4)  # a page is read more often than the folder is edited
def _read(
    files: tuple[tuple[str, bytes], ...],
) -> tuple[Catalog | None, tuple[Issue, ...]]:
    catalog, issues = read_catalog(dict(files))
    return catalog, tuple(issues)


@lru_cache(maxsize=16)  # a published version never changes
def _sources(
    lake: Path, digest: str, what: Literal["metrics", "health"]
) -> Mapping[str, Source]:
    found: dict[str, Source] = {}
    for name, content in Lake(lake).definition_files(digest).items():
        found |= _sources_in(f"{FOLDER}/{name}", content, what)
    return found


def _sources_in(path: str, content: bytes, what: str) -> dict[str, Source]:
    document, _issues = read_document(path, content)
    items = (
        document.value.get(what)
        if document and isinstance(document.value, dict)
        else None
    )
    if document is None or not isinstance(items, list):
        return {}
    lines = content.decode().splitlines()
    starts = [document.line_at((what, place)) for place in range(len(items))]
    ends = [start - 1 for start in starts[1:]] + [len(lines)]
    found = {}
    for item, start, end in zip(items, starts, ends, strict=True):
        if isinstance(item, dict) and isinstance(item.get("key"), str):
            text = _trimmed(lines[start - 1 : end])
            found[str(item["key"])] = Source(path, start, text)
    return found


def _trimmed(lines: list[str]) -> str:
    """Return lines without what follows the definition: blanks, the next's comment."""
    kept = list(lines)
    while kept and (not kept[-1].strip() or kept[-1].lstrip().startswith("#")):
        kept.pop()
    return "\n".join(kept)
