"""Reading the quarantine page by page, and as one file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banso.runs.quarantine_reading import (
    ORDER,
    Finding,
    Group,
    Summary,
    Wanted,
    list_findings,
    stream_findings,
    summarize_quarantine,
)
from banso.tables.registry import TABLES
from banso.web.data.reasons import advice_on, title_of
from banso.web.data.standing import Standing, here
from banso.webkit import formatting
from banso.webkit.paging import PAGE_SIZE, Cursor, Page
from banso.webkit.spreadsheets import csv_lines


@dataclass(frozen=True)
class Row:
    """One finding as a person reads it."""

    finding: Finding
    table: str  # its label
    title: str
    advice: str
    raw: tuple[tuple[str, str], ...]  # the row's columns, as far as it can be read


@dataclass(frozen=True)
class QuarantinePage:
    """One page of the quarantine with its summary."""

    page: Page[Row]
    summary: Summary
    groups: tuple[tuple[str, Group], ...]  # each with its reason in words


def quarantine_page(
    wanted: Wanted, *, cursor: str, size: int = PAGE_SIZE
) -> QuarantinePage:
    """Return one page of findings, in order of table, file and line."""
    standing = Standing.now()
    place = Cursor.parse(cursor) if cursor else None
    beyond, backwards = _place(place), bool(place and place.backwards)
    found = list_findings(
        standing.project,
        standing.manifest,
        wanted,
        beyond=beyond,
        backwards=backwards,
        size=size + 1,
    )
    more = len(found) > size
    found = found[-size:] if backwards else found[:size]
    has_previous = bool(found) and (more if backwards else bool(beyond))
    has_next = bool(found) and (backwards or more)
    page = Page(
        rows=[_row(each) for each in found],
        previous=_cursor(found[0], backwards=True) if has_previous else "",
        next=_cursor(found[-1]) if has_next else "",
    )
    summary = summarize_quarantine(standing.project, standing.manifest)
    groups = tuple((title_of(group.reason), group) for group in summary.groups)
    return QuarantinePage(page, summary, groups)


def gave(cursor: str) -> bool:
    """Return whether a page of findings may have given a cursor."""
    return bool(_place(Cursor.parse(cursor)))


def export_lines(wanted: Wanted, *, language: str) -> Iterator[str]:
    """Return the findings that match as the lines of a CSV file in a language.

    The lines are made while they are sent, when the request's language is over.
    """
    return csv_lines(_said(wanted, language=language))


def _said(wanted: Wanted, *, language: str) -> Iterator[Sequence[object]]:
    standing = Standing.now()
    with translation.override(language):
        head = _head()
    yield head
    for each in stream_findings(standing.project, standing.manifest, wanted):
        with translation.override(language):
            fields = _fields(each)
        yield fields


def _head() -> Sequence[str]:
    return (
        _("Table"),
        _("File"),
        _("Line"),
        _("Column"),
        _("Value"),
        _("Reason"),
        _("What to do"),
        _("Waits for customer"),
        _("Row"),
        pgettext("quarantine", "Seen"),
    )


def _fields(finding: Finding) -> Sequence[str | int]:
    return (
        finding.table,
        finding.source,
        finding.line or "",
        finding.column,
        finding.value,
        title_of(finding.reason),
        advice_on(finding),
        finding.waiting_for,
        finding.raw,
        formatting.moment(finding.seen_at),
    )


def _row(finding: Finding) -> Row:
    spec = TABLES.get(finding.table)
    return Row(
        finding=finding,
        table=here(spec.label) if spec else finding.table,
        title=title_of(finding.reason),
        advice=advice_on(finding),
        raw=_raw(finding.raw),
    )


def _raw(raw: str) -> tuple[tuple[str, str], ...]:
    try:
        read = json.loads(raw)
    except ValueError:
        return (("", raw),)
    if not isinstance(read, dict):
        return (("", raw),)
    return tuple((str(k), "" if v is None else str(v)) for k, v in read.items())


def _cursor(finding: Finding, *, backwards: bool = False) -> str:
    *before, key = finding.place
    return str(Cursor(json.dumps(before, ensure_ascii=False), key, backwards))


def _place(cursor: Cursor | None) -> Sequence[str | int]:
    """Return the place of a cursor; empty for one that Banso never made."""
    if cursor is None:
        return ()
    try:
        read = json.loads(str(cursor.value))
    except ValueError:
        return ()
    types = [type(part) for part in read] if isinstance(read, list) else []
    if types != [str, str, int, str] or len(types) + 1 != len(ORDER):
        return ()
    return (*read, str(cursor.key))
