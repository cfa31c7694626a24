"""The rows of any table of facts or results, for whoever may read them."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from banso.analytics.consents import unnamed
from banso.kernel.consent import Gate, Purpose
from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean
from banso.runs.project import Project
from banso.runs.results import VIEW_TABLES, VIEWS, lake_of, open_session
from banso.tables.registry import TABLES
from banso.warehouse.manifest import Manifest, Release
from banso.warehouse.session import Session

MEMORY = "1GB"
CUSTOMER = "customer_id"
AS_OF = "as_of"


class NoAsOf(BansoError):
    """Refuse an as-of date for a table that has none."""

    code = "no_as_of"


class NoSuchTable(BansoError):
    """Refuse a name that is neither a table of facts nor a result."""

    code = "no_such_table"


@dataclass(frozen=True)
class TableColumn:
    """A column and its type, as Arrow calls it."""

    name: str
    type: str


@dataclass(frozen=True)
class ReadableTable:
    """A table that has rows."""

    name: str
    is_result: bool
    columns: tuple[TableColumn, ...]

    @property
    def has_customer(self) -> bool:
        """Whether its rows belong to customers."""
        return any(column.name == CUSTOMER for column in self.columns)


@dataclass(frozen=True)
class Wanted:
    """Which rows of a table to read."""

    table: str
    customers: Collection[str] | None = None  # None: of all of them
    as_of: dt.date | None = None  # of a result: of this date alone
    masked: Collection[str] = ()  # columns whose values are not to be seen
    # who refuses that other tools get its data is neither named nor quoted; None: the
    # rows stay within Banso
    gate: Gate | None = None


@dataclass(frozen=True)
class TableRows:
    """Rows that are read while they are iterated over; the lake is closed at the end.

    Whoever does not begin to iterate has to call `close`.
    """

    schema: pa.Schema
    _session: Session
    _rows: ir.Table

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows, some at a time."""
        try:
            yield from self._session.batches(self._rows, 10_000)
        finally:
            self._session.close()

    def close(self) -> None:
        """Give the connection back without reading."""
        self._session.close()


def list_readable(project: Project, release_id: str | None) -> list[ReadableTable]:
    """Return the tables with rows: facts, then results of the release by name."""
    manifest = _at(lake_of(project).current(), release_id)
    with open_session(project, manifest, memory=MEMORY, threads=1) as session:
        facts = [
            _described(name, session.facts(name), is_result=False)
            for name in TABLES
            if session.has(name)
        ]
        results = [
            _described(name, session.result(name), is_result=True)
            for name in (_results(manifest.release) if manifest.release else ())
        ]
    return [*facts, *results]


def open_rows(project: Project, release_id: str | None, wanted: Wanted) -> TableRows:
    """Return the rows of a table.

    Parameters
    ----------
    project
        Whose lake.
    release_id
        Of whose results and facts; None: of no release, facts as they are now.
    wanted
        Which rows. Facts are those that the release was made from.

    Raises
    ------
    NoSuchTable
        No table of that name has rows.
    NoAsOf
        An as-of date was asked of a table that has none.

    """
    manifest = _at(lake_of(project).current(), release_id)
    session = open_session(project, manifest, memory=MEMORY, threads=1)
    try:
        rows = _chosen(session, manifest, wanted)
        return TableRows(rows.schema().to_pyarrow(), session, rows)
    except BaseException:
        session.close()
        raise


def _at(manifest: Manifest, release_id: str | None) -> Manifest:
    """Return the lake as a release saw it; as it is when that is no longer kept."""
    for release in manifest.releases:
        if release.release_id == release_id:
            return replace(manifest, facts=release.facts, releases=(release,))
    return replace(manifest, releases=())


def _results(release: Release) -> Sequence[str]:
    views = [
        name
        for name in VIEWS
        if all(release.tables.get(table) for table in VIEW_TABLES[name])
    ]
    # a name with a dot is a by-product; those of views are shown by the views
    hidden = {table for name in views for table in VIEW_TABLES[name]} - {*views}
    stored = [name for name, parts in release.tables.items() if parts]
    return sorted(
        {*views, *(n for n in stored if "." not in n and n not in hidden)} - {*TABLES}
    )


def _described(name: str, rows: ir.Table, *, is_result: bool) -> ReadableTable:
    schema = rows.schema().to_pyarrow()
    columns = tuple(TableColumn(field.name, str(field.type)) for field in schema)
    return ReadableTable(name, is_result, columns)


def _chosen(session: Session, manifest: Manifest, wanted: Wanted) -> ir.Table:
    release = manifest.release
    results = _results(release) if release else ()
    if wanted.table in TABLES and session.has(wanted.table):
        rows = session.facts(wanted.table)
    elif wanted.table in results:
        rows = session.result(wanted.table)
    else:
        known = [*(n for n in TABLES if session.has(n)), *results]
        raise NoSuchTable(
            f"No table {wanted.table!r} has rows.",
            hint=did_you_mean(wanted.table, known),
            table=wanted.table,
        )
    if wanted.as_of is not None:
        if AS_OF not in rows.columns:
            raise NoAsOf(f"{wanted.table} has no as-of date.", name=wanted.table)
        rows = rows.filter(rows[AS_OF] == ibis.literal(wanted.as_of))
    if wanted.customers is not None:
        seen = pa.table({CUSTOMER: pa.array(sorted(wanted.customers), pa.string())})
        rows = rows.semi_join(ibis.memtable(seen), CUSTOMER)
    if wanted.gate is not None:
        rows = unnamed(rows, wanted.table, wanted.gate, Purpose.SHARING)
    kinds = rows.schema()
    hidden = {n: ibis.null(kinds[n]) for n in wanted.masked if n in rows.columns}
    return rows.mutate(**hidden) if hidden else rows
