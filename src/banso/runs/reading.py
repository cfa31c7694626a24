"""Reading one customer out of a release, fast enough for a page."""

# ruff: noqa: S608 - names are those of declared tables and results, quoted.
import datetime as dt
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from banso.analytics.rollups import company_day, whole
from banso.definitions.availability import enabled_metrics
from banso.definitions.catalog import Catalog
from banso.definitions.metrics import Metric
from banso.kernel.errors import BansoError
from banso.kernel.zones import (
    EPOCH,
    OffsetSpan,
    day_number,
    day_of_number,
    utc_offsets,
)
from banso.runs.gridding import HEALTH_GRID, METRIC_GRID
from banso.runs.project import Project
from banso.runs.results import (
    VIEW_TABLES,
    VIEWS,
    lake_of,
    open_session,
    published_catalog,
)
from banso.tables.registry import TABLES
from banso.warehouse.columns import name_sql
from banso.warehouse.manifest import Manifest, Release
from banso.warehouse.session import Session

# A page reads a few thousand rows; several threads hold a session each.
MEMORY = "512MB"
THREADS = 1
# A table of no more rows is copied into memory, where a customer's rows are found at
# once; in the lake they lie in a file for each month.
NEAR_ROWS = 50_000
_EVENT_DAYS = "events_with_company_day"
_CONTACT_DAYS = "rollup.contact_days.events"

Value = str | int | float | bool | dt.date | dt.datetime | None | object
Row = Mapping[str, Value]


class ReleaseGone(BansoError):
    """Refuse to read a release that the lake no longer keeps."""

    code = "release_gone"


@dataclass(frozen=True)
class Slice:
    """Which rows of a table to read: up to a moment, the newest first."""

    until: dt.datetime | dt.date | None = None  # not included
    since: dt.datetime | dt.date | None = None  # included
    limit: int | None = None


@dataclass(frozen=True)
class Choice:
    """Which rows of a result to read, and in which order."""

    order: Sequence[str]  # columns of the result or of the customer; "-mrr": descending
    equal: Mapping[str, object] = field(default_factory=dict)
    customers: Sequence[str] | None = None  # None: all of them
    start: int = 0
    limit: int | None = None


class ReleaseReader:
    """The results of one release and the facts behind them, for one thread.

    The facts are those that the release was made from, whatever was loaded since: so
    the rows always explain the numbers.
    """

    def __init__(self, project: Project, manifest: Manifest, release: Release) -> None:
        self.project = project
        self.release = release
        as_made = replace(manifest, facts=release.facts, releases=(release,))
        self._session: Session = open_session(
            project, as_made, memory=MEMORY, threads=THREADS
        )
        # Parts never change, so what their footers say need not be read twice.
        self._session.con.con.execute("SET parquet_metadata_cache = true")
        self._known: set[str] = set()

    def close(self) -> None:
        """Give back the connection."""
        self._session.close()

    @cached_property
    def catalog(self) -> Catalog:
        """The definitions behind the release."""
        return published_catalog(self._session.lake, self.release.definitions_digest)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that are switched on."""
        tables = [name for name in self.release.facts if self.has(name)]
        columns = {name: list(self.release.facts[name].columns) for name in tables}
        return enabled_metrics(self.catalog, tables, columns=columns)

    @cached_property
    def dates(self) -> tuple[dt.date, ...]:
        """All as-of dates, ascending."""
        noted = self.release.notes.get("dates")
        dates = noted if isinstance(noted, list) else []
        return tuple(dt.date.fromisoformat(str(date)) for date in dates)

    def has(self, table: str) -> bool:
        """Return whether a table is connected and has rows."""
        return self._session.has(table)

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the columns that a table has brought, attributes last."""
        version = self.release.facts.get(table)
        return tuple(version.columns) if version else ()

    def newest(self, table: str) -> dt.date | None:
        """Return the day of the newest row of a table, as the release noted it."""
        noted = self.release.notes.get("newest")
        day = noted.get(table) if isinstance(noted, dict) else None
        return None if day is None else dt.date.fromisoformat(str(day))

    # -- results ----------------------------------------------------------------------

    def health(self, customer_id: str) -> list[Row]:
        """Return the wide rows of health of a customer, by date."""
        return self._result(HEALTH_GRID, customer_id)

    def metric_values(
        self, customer_id: str, *, on: dt.date | None = None
    ) -> list[Row]:
        """Return the wide rows of metrics of a customer, by date, or of one date."""
        return self._result(METRIC_GRID, customer_id, on=on)

    def _result(
        self, name: str, customer_id: str, *, on: dt.date | None = None
    ) -> list[Row]:
        if not self.release.tables.get(name):
            return []
        self._show_result(name)
        that_day, values = "", [customer_id]
        if on is not None:
            that_day = " AND as_of = ?"
            values.append(on)  # type: ignore[arg-type]
        return self._rows(
            f"SELECT * FROM {name_sql(name)} WHERE customer_id = ?{that_day}"
            " ORDER BY as_of",
            values,
        )

    def findings(self, result: str, **equal: object) -> list[Row]:
        """Return the rows of a small result table, such as ``drivers``, as written.

        Parameters
        ----------
        result
            A result table or view.
        **equal
            Only rows with these values, e.g. ``stratum="all"``.

        Returns
        -------
        list of row
            Empty also when the release does not have the table.

        """
        if not self._has_result(result):
            return []
        self._show_result(result)
        where = " AND ".join(f"{name_sql(column)} = ?" for column in equal)
        sql = f"SELECT * FROM {name_sql(result)}" + (f" WHERE {where}" if where else "")
        return self._rows(sql, list(equal.values()))

    def beside_customers(self, result: str, choice: Choice) -> list[Row]:
        """Return rows of a result, each beside how its customer stands.

        Returns
        -------
        list of row
            The columns of the result (its ``currency`` as ``amount_currency``), then
            ``name``, ``owner``, ``mrr``, ``currency``, ``score`` and ``band`` of the
            customer. Empty without the table.

        """
        if not self._has_result(result) or not self._has_result("customer_now"):
            return []
        self._show_result(result)
        self._show_result("customer_now")
        where, values = _chosen(choice.equal, choice.customers)
        order = ", ".join(
            f"{name_sql(column.removeprefix('-'))}"
            f"{' DESC' if column.startswith('-') else ''} NULLS LAST"
            for column in choice.order
        )
        limit = "" if choice.limit is None else f" LIMIT {choice.limit:d}"
        of_result = self._session.con.con.execute(
            f"SELECT * FROM {name_sql(result)} LIMIT 0"
        )
        columns = ", ".join(
            "r.currency AS amount_currency"
            if name == "currency"
            else f"r.{name_sql(name)}"
            for name, *_rest in of_result.description
        )
        return self._rows(
            f"SELECT {columns}, c.name, c.owner, c.mrr, c.currency, c.score, c.band"
            f" FROM {name_sql(result)} r JOIN customer_now c USING (customer_id)"
            f"{where} ORDER BY {order}{limit} OFFSET {choice.start:d}",
            values,
        )

    def result(self, name: str) -> ir.Table | None:
        """Return the expression of a result; None when the release does not have it."""
        return self._session.result(name) if self._has_result(name) else None

    def all_facts(self, table: str) -> ir.Table:
        """Return the expression of all rows of a table."""
        return self._session.facts(table)

    def count_by(
        self,
        result: str,
        columns: Sequence[str],
        *,
        customers: Sequence[str] | None = None,
    ) -> list[Row]:
        """Return how many rows of a result there are for each value of columns.

        Returns
        -------
        list of row
            The columns and ``n``, the most frequent first.

        """
        if not self._has_result(result):
            return []
        self._show_result(result)
        where, values = _chosen({}, customers)
        names = ", ".join(map(name_sql, columns))
        return self._rows(
            f"SELECT {names}, count(*) AS n FROM {name_sql(result)} r{where}"
            f" GROUP BY {names} ORDER BY n DESC, {names}",
            values,
        )

    def _has_result(self, name: str) -> bool:
        if name in VIEWS:
            return all(self.release.tables.get(table) for table in VIEW_TABLES[name])
        return bool(self.release.tables.get(name))

    # -- facts ------------------------------------------------------------------------

    def facts(
        self, table: str, customer_id: str, *, only: Slice | None = None
    ) -> list[Row]:
        """Return the rows of a customer in a table, the newest first.

        Rows without a date come last, and only when no `Slice` bounds the time.
        """
        source = self._source(table)
        if source is None:
            return []
        only = only or Slice()
        spec = TABLES[table]
        where, values = ["customer_id = ?"], [customer_id]
        for bound, sign in ((only.until, "<"), (only.since, ">=")):
            if bound is not None and spec.time is not None:
                where.append(f"{name_sql(spec.time)} {sign} ?")
                values.append(bound)  # type: ignore[arg-type]
        order = [f"{name_sql(key)} DESC" for key in spec.key]
        if spec.time is not None:
            order.insert(0, f"{name_sql(spec.time)} DESC NULLS LAST")
        limit = "" if only.limit is None else f" LIMIT {only.limit:d}"
        return self._rows(
            f"SELECT * FROM {source} WHERE {' AND '.join(where)}"
            f" ORDER BY {', '.join(order)}{limit}",
            values,
        )

    def rows_by_key(self, table: str, keys: Sequence[str]) -> dict[str, Row]:
        """Return rows of a table by its key, e.g. the partner of a customer."""
        (key,) = TABLES[table].key
        source = self._source(table) if keys else None
        if source is None:
            return {}
        marks = ", ".join("?" * len(keys))
        sql = f"SELECT * FROM {source} WHERE {name_sql(key)} IN ({marks})"
        return {str(row[key]): row for row in self._rows(sql, list(keys))}

    def event_days(self, customer_id: str, *, only: Slice | None = None) -> list[Row]:
        """Return counts of events by company day and name, the newest day first.

        Returns
        -------
        list of row
            ``day`` (date), ``name``, ``events``, ``contacts``. The limit of `only` is a
            number of days; its bounds are days.

        """
        if not self._has_event_days:
            return []
        only = only or Slice()
        bounds, values = "", [customer_id]
        for bound, sign, away in ((only.until, "<", 2), (only.since, ">=", -2)):
            if bound is not None:
                # the rough bound on the stored time lets whole months be skipped
                bounds += f" AND day {sign} ? AND occurred_at {sign} ?"
                values += [bound, bound + dt.timedelta(days=away)]  # type: ignore[list-item]
        limit = "" if only.limit is None else f"WHERE rank <= {only.limit:d}"
        return self._rows(
            "WITH sums AS (SELECT day, name, count(*) AS events,"
            f" count(DISTINCT contact_id) AS contacts FROM {_EVENT_DAYS}"
            f" WHERE customer_id = ?{bounds} GROUP BY day, name),"
            " ranked AS (SELECT *, dense_rank() OVER (ORDER BY day DESC) AS rank"
            f" FROM sums) SELECT day, name, events, contacts FROM ranked {limit}"
            " ORDER BY day DESC, events DESC, name",
            values,
        )

    def last_event_days(self, customer_id: str) -> dict[str, dt.date]:
        """Return the last company day with an event, by contact, up to the as-of."""
        if not self.release.tables.get(_CONTACT_DAYS):
            return {}
        self._show_result(_CONTACT_DAYS)
        today = day_number(self.release.as_of)
        sql = (
            f"SELECT contact_id, max(day) AS day FROM {name_sql(_CONTACT_DAYS)} WHERE"
            " customer_id = ? AND contact_id IS NOT NULL AND known_day <= ?"
            " GROUP BY contact_id"
        )
        rows = self._rows(sql, [customer_id, today])
        return {
            str(row["contact_id"]): day_of_number(int(str(row["day"]))) for row in rows
        }

    # -- rows behind a number ---------------------------------------------------------

    def facts_of(self, table: str, customer_id: str) -> ir.Table:
        """Return the expression of a customer's rows, for `analytics`."""
        facts = self._session.facts(table)
        return facts.filter(facts.customer_id == customer_id)

    def offsets(self, table: str) -> Sequence[OffsetSpan]:
        """Return the clock of the company over the days of a table."""
        return self._offsets[table]

    @cached_property
    def _offsets(self) -> Mapping[str, Sequence[OffsetSpan]]:
        zone, day = self.project.timezone, dt.date(2000, 1, 1)
        clocks = {}
        for name, version in self.release.facts.items():
            days = [d for p in version.parts for d in (p.first_day, p.last_day) if d]
            first, last = (min(days), max(days)) if days else (day, day)
            clocks[name] = utc_offsets(zone, first, last)
        return clocks

    def fetch(self, expression: ir.Table) -> list[Row]:
        """Return the rows of an expression over this reader's tables."""
        rows: list[Row] = self.arrow(expression).to_pylist()
        return rows

    def arrow(self, expression: ir.Table) -> pa.Table:
        """Return the rows of an expression over this reader's tables, as a table."""
        return self._session.to_arrow(expression)

    def batches(self, expression: ir.Table) -> Iterator[pa.RecordBatch]:
        """Yield the rows of an expression, some at a time."""
        return self._session.batches(expression)

    # -- inside -----------------------------------------------------------------------

    def _show_result(self, name: str) -> None:
        """Make a result known to DuckDB."""
        if name not in self._known:
            self._session.result(name)
            self._known.add(name)

    def _source(self, table: str) -> str | None:
        """Return what to read a table from, in SQL; None when it has no rows."""
        if not self.has(table):
            return None
        is_near = self.release.facts[table].rows <= NEAR_ROWS
        source = name_sql(f"near__{table}" if is_near else table)
        if table not in self._known:
            self._session.facts(table)
            if is_near:
                order = "customer_id" if TABLES[table].has_customer else "ALL"
                self._session.con.con.execute(
                    f"CREATE TABLE {source} AS SELECT * FROM {name_sql(table)}"
                    f" ORDER BY {order}"
                )
            self._known.add(table)
        return source

    @cached_property
    def _has_event_days(self) -> bool:
        """Show DuckDB the events with the company's day; return whether any are."""
        if not self.has("events"):
            return False
        events = self._session.facts("events")
        number = company_day(events.occurred_at, self.offsets("events"))
        day = whole(ibis.literal(EPOCH) + number.as_interval("D"), "date")
        days = events.select(
            "customer_id", "name", "contact_id", "occurred_at", day=day
        )
        sql = self._session.con.compile(days)
        self._session.con.con.execute(f"CREATE VIEW {_EVENT_DAYS} AS {sql}")
        return True

    def _rows(self, sql: str, values: Sequence[object]) -> list[Row]:
        found = self._session.con.con.execute(sql, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _chosen(
    equal: Mapping[str, object], customers: Sequence[str] | None
) -> tuple[str, list[object]]:
    """Return a WHERE clause on the rows ``r`` and its values."""
    parts = [f"r.{name_sql(column)} = ?" for column in equal]
    values = list(equal.values())
    if customers is not None:
        parts.append("r.customer_id IN (SELECT unnest(?::VARCHAR[]))")
        values.append(list(customers))
    return (f" WHERE {' AND '.join(parts)}" if parts else ""), values


_held = threading.local()


def reader_of(project: Project, release_id: str) -> ReleaseReader:
    """Return this thread's reader of a release; it is opened once.

    A reader of another release is closed: after a run, each thread turns to the new
    one with its next page.

    Raises
    ------
    ReleaseGone
        The lake does not keep that release.

    """
    place: tuple[Path, str] = (project.lake_folder, release_id)
    if getattr(_held, "place", None) == place:
        kept: ReleaseReader = _held.reader
        return kept
    close_reader()
    manifest = lake_of(project).current()
    found = [each for each in manifest.releases if each.release_id == release_id]
    if not found:
        raise ReleaseGone(
            f"The lake does not keep the release {release_id}.",
            hint="Run again with `banso run`.",
            release_id=release_id,
        )
    reader = ReleaseReader(project, manifest, found[-1])
    _held.reader, _held.place = reader, place
    return reader


def close_reader() -> None:
    """Close this thread's reader, if it has one."""
    reader = getattr(_held, "reader", None)
    _held.place = _held.reader = None
    if reader is not None:
        reader.close()
