"""Sources: databases that are read again and again, as ``sources.yaml`` names them."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from cronsim import CronSim, CronSimError
from pydantic import Field, ValidationError

from banso.connectors.mapping import (
    Document,
    FileMapping,
    LoadMapping,
    Monthly,
    Part,
    Scalar,
    meaning_issues,
    parse_document,
    structure_issue,
)
from banso.connectors.secrets import Secret
from banso.kernel.digests import digest_of_value
from banso.kernel.issues import Issue, Level
from banso.kernel.nearness import did_you_mean
from banso.kernel.spans import seconds_of
from banso.tables.registry import TABLES

SOURCES_FILE: Final = "sources.yaml"
# what a kind is called here and the extra that brings its driver
DATABASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "postgres": "postgres",
        "mysql": "mysql",
        "snowflake": "snowflake",
        "bigquery": "bigquery",
        "databricks": "databricks",
        "clickhouse": "clickhouse",
    }
)
# services, and the key of their secret
SERVICES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "salesforce": "client_secret",
        "hubspot": "access_token",
        "zendesk": "access_token",
        "intercom": "access_token",
        "stripe": "api_key",
    }
)
OVERLAP: Final = "10 min"

_ANY_TIME: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_NAME = r"^[a-z][a-z0-9_-]{0,39}$"
_SECRET_KEY = re.compile(
    r"passw|secret|token|credential|private|api_?key|auth", re.IGNORECASE
)


Setting = str | int | bool | Secret


class SourceTable(Part):
    """One table of a source, and how it fills one of ours."""

    from_: str = Field(alias="from", min_length=1)  # theirs: name or schema.name
    table: str
    cursor: str | None = None  # theirs: what grows whenever a row changes
    overlap: Scalar | None = None  # a span, or a number where the cursor is one
    deleted: str | None = None  # theirs: true, or a moment, in a row that is no more
    deletes: Literal["keep", "compare"] = "keep"
    columns: Mapping[str, str] = {}  # the rest is as in a mapping file
    formats: Mapping[str, str] = {}
    constants: Mapping[str, Scalar] = {}
    values: Mapping[str, Mapping[Scalar, Scalar]] = {}
    monthly: Mapping[str, Monthly] = {}
    ignore: tuple[str, ...] = Field(default=(), strict=False)
    attributes: bool = True

    def mapping(self, file: str) -> FileMapping:
        """Return what a mapping file would say of a file of these rows."""
        shared = FileMapping.model_fields.keys() & type(self).model_fields.keys()
        given = {name: getattr(self, name) for name in shared}
        hidden = [each for each in (self.cursor, self.deleted) if each]
        used = {*self.columns.values(), *self.ignore}
        ignore = (*self.ignore, *(each for each in hidden if each not in used))
        return FileMapping(**{**given, "file": file, "ignore": ignore})

    @property
    def digest(self) -> str:
        """The hash of what it says: after a change, all rows are read again."""
        return digest_of_value(self.model_dump(mode="json", by_alias=True))


class DataSource(Part):
    """One source and its tables."""

    name: str = Field(pattern=_NAME)
    kind: str
    url: Secret | None = None
    connection: Mapping[str, Setting] = {}
    every: str = ""  # how often it is read by itself; empty: when asked
    tables: tuple[SourceTable, ...] = Field(default=(), strict=False)


class Sources(Part):
    """A whole file of sources."""

    schema_version: Literal[1]
    sources: tuple[DataSource, ...] = Field(strict=False)


def read_sources(path: Path) -> tuple[Sources | None, list[Issue]]:
    """Return the sources that a file names, or None, and what is wrong in it.

    Without the file there are no sources.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Sources(schema_version=1, sources=()), []
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        return None, [Issue(path.name, 0, Level.ERROR, "unreadable", message)]
    return parse_sources(text, path=path.name)


def parse_sources(text: str, *, path: str) -> tuple[Sources | None, list[Issue]]:
    """Return the sources in `text`, as `read_sources` does for a file."""
    document = parse_document(text, path=path)
    if isinstance(document, Issue):
        return None, [document]
    try:
        sources = Sources.model_validate(document.content)
    except ValidationError as error:
        return None, _structure_issues(document, error)
    issues = [
        issue
        for place, source in enumerate(sources.sources)
        for issue in _source_issues(document, ("sources", place), source)
    ]
    issues += _repeated_names(document, sources)
    return (None if issues else sources), issues


def _structure_issues(document: Document, error: ValidationError) -> list[Issue]:
    known = [
        *DataSource.model_fields,
        *SourceTable.model_fields,
        *Secret.model_fields,
        *LoadMapping.model_fields,
    ]
    details = error.errors(include_input=False, include_url=False)
    found = [structure_issue(document, dict(each), known) for each in details]
    return list(dict.fromkeys(found))


Place = tuple[str | int, ...]


def _source_issues(
    document: Document, place: Place, source: DataSource
) -> Iterator[Issue]:
    def issue(
        at: Sequence[str | int], code: str, message: str, hint: str = ""
    ) -> Issue:
        line = document.line_of((*place, *at))
        return Issue(document.path, line, Level.ERROR, code, message, hint)

    kinds = (*DATABASES, *SERVICES)
    if source.kind not in kinds:
        known = f"Known: {', '.join(kinds)}."
        hint = did_you_mean(source.kind, kinds) or known
        yield issue(["kind"], "wrong_choice", f"unknown kind '{source.kind}'", hint)
    if (source.url is None) == (not source.connection):
        message = "a source has either 'url' or 'connection'"
        yield issue(["name"], "wrong_connection", message)
    yield from _needed_issues(document, place, source)
    for key, value in source.connection.items():
        if isinstance(value, str) and _is_secret(key, value):
            yield issue(
                ["connection", key],
                "secret_in_definition",
                f"'{key}' is a secret, and this file is not the place for one",
                f"Write {key}: {{env: NAME}} or {key}: {{file: PATH}}.",
            )
    if source.every and not is_schedule(source.every):
        message = f"every: '{source.every}' is neither a span nor a cron line"
        yield issue(["every"], "wrong_value", message, "Such as 15 min, or 0 5 * * *.")
    for number, table in enumerate(source.tables):
        within = (*place, "tables", number)
        yield from meaning_issues(document, within, table.mapping(table.from_))
        if table.table in TABLES:
            yield from _table_issues(document, within, table)


def _needed_issues(
    document: Document, place: Place, source: DataSource
) -> Iterator[Issue]:
    """Yield what a source of its kind lacks."""
    line = document.line_of((*place, "kind"))
    if source.kind in DATABASES and not source.tables:
        message = "'tables' is missing"
        yield Issue(document.path, line, Level.ERROR, "missing_key", message)
    key = SERVICES.get(source.kind)
    if key and not isinstance(source.connection.get(key), Secret):
        message = f"{source.kind} needs the secret '{key}'"
        hint = f"Write connection: {{{key}: {{env: NAME}}}}."
        yield Issue(document.path, line, Level.ERROR, "missing_key", message, hint)


def _table_issues(
    document: Document, place: Place, table: SourceTable
) -> Iterator[Issue]:
    def issue(at: str, code: str, message: str, hint: str = "") -> Issue:
        line = document.line_of((*place, at))
        return Issue(document.path, line, Level.ERROR, code, message, hint)

    spec = TABLES[table.table]
    for ours in (*table.columns, *table.constants):
        if ours.startswith("_"):
            yield issue("columns", "wrong_value", f"'{ours}' cannot begin with _")
    if table.overlap is not None:
        if table.cursor is None:
            yield issue("overlap", "wrong_value", "overlap needs a cursor")
        elif seconds_of(table.overlap) is None and not table.overlap.isdecimal():
            message = f"overlap: '{table.overlap}' is neither a span nor a number"
            yield issue("overlap", "wrong_value", message, "Such as 10 min, or 1000.")
    removes = "deleted" if table.deleted else "deletes"
    if table.deleted is None and table.deletes == "keep":
        return
    if table.table == "customers":
        yield issue(
            removes,
            "customers_stay",
            "customers stay, because their history does",
            "Say in their subscriptions when they left.",
        )
    given = {*table.columns, *table.constants}
    if spec.derived_key and not given.issuperset(spec.key):
        message = f"deletes need the column {', '.join(spec.key)}"
        yield issue(removes, "missing_key", message)


def _repeated_names(document: Document, sources: Sources) -> Iterator[Issue]:
    taken: set[str] = set()
    for number, source in enumerate(sources.sources):
        if source.name in taken:
            line = document.line_of(("sources", number, "name"))
            message = f"a second source is called '{source.name}'"
            yield Issue(document.path, line, Level.ERROR, "repeated_name", message)
        taken.add(source.name)


def _is_secret(key: str, value: str) -> bool:
    return bool(_SECRET_KEY.search(key)) or ("://" in value and "@" in value)


def is_schedule(every: str) -> bool:
    """Return whether `every` is a span of at least five seconds, or a cron line."""
    seconds = seconds_of(every)
    if seconds is not None:
        return seconds >= 5
    try:
        next(CronSim(every.strip(), _ANY_TIME))
    except (CronSimError, StopIteration):
        return False
    return True
