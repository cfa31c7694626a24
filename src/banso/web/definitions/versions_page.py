"""Reading who published which definitions, when and why, and what that changed."""

import datetime as dt
from dataclasses import dataclass

from django.http import Http404

from banso.runs.published_definitions import Step, list_steps, published_texts
from banso.warehouse.lake import NoSuchDefinitions
from banso.web.accounts.queries import names_by_email
from banso.web.definitions import queries
from banso.web.definitions.change_words import ChangeRow, changes_in_words
from banso.web.definitions.force import InForce
from banso.webkit.permissions import Staff


@dataclass(frozen=True)
class VersionRow:
    """One published version and what it changed."""

    digest: str
    at: dt.datetime
    by: str
    why: str
    is_in_force: bool
    is_first: bool
    is_compared: bool  # both versions could be read
    metrics: int | None  # null: cannot be read
    models: int | None
    changes: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class VersionsPage:
    """All versions, the newest first."""

    notice: queries.Notice
    rows: tuple[VersionRow, ...]


@dataclass(frozen=True)
class SourceFile:
    """One file of a version."""

    name: str
    text: str

    @property
    def lines(self) -> tuple[tuple[int, str], ...]:
        """Its lines, numbered from 1."""
        return tuple(enumerate(self.text.splitlines(), start=1))


@dataclass(frozen=True)
class VersionPage:
    """One version with its files."""

    digest: str
    rows: tuple[VersionRow, ...]  # each time that it was published
    files: tuple[SourceFile, ...]

    @property
    def short(self) -> str:
        """The digest as people say it."""
        return self.digest[:8]


def versions_page(user: Staff) -> VersionsPage:
    """Return who changed what."""
    in_force = InForce.now()
    return VersionsPage(queries.notice_for(user, in_force), _rows(in_force))


def version_page(digest: str) -> VersionPage:
    """Return one version by its digest, or answer 404."""
    in_force = InForce.now()
    try:
        texts = published_texts(in_force.project, digest)
    except NoSuchDefinitions as error:
        raise Http404 from error
    return VersionPage(
        digest=digest,
        rows=tuple(row for row in _rows(in_force) if row.digest == digest),
        files=tuple(SourceFile(name, text) for name, text in texts.items()),
    )


def _rows(in_force: InForce) -> tuple[VersionRow, ...]:
    steps = list_steps(in_force.project, in_force.manifest)
    names = names_by_email()
    return tuple(_row(step, names, newest=step is steps[0]) for step in steps)


def _row(step: Step, names: dict[str, str], *, newest: bool) -> VersionRow:
    version, after = step.version, step.after
    return VersionRow(
        digest=version.digest,
        at=version.published_at,
        by=names.get(version.published_by, version.published_by),
        why=version.why,
        is_in_force=newest,
        is_first=step.is_first,
        is_compared=step.is_compared,
        metrics=len(after.metrics) if after else None,
        models=len(after.health) if after else None,
        changes=()
        if step.is_first
        else changes_in_words(step.changes, step.before, step.after),
    )
