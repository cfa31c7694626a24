"""Reading the rows that were not taken in: how many, which, and why."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import lru_cache, reduce
from operator import and_, or_

import ibis.expr.types as ir
from ibis import _, desc

from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.manifest import Manifest
from banso.warehouse.session import Session

MOST_GROUPS = 200
MOST_CUSTOMERS = 12


@dataclass(frozen=True)
class Finding:
    """One fault of one row; a row can have several."""

    quarantine_id: str
    table: str
    source: str  # the file
    line: int
    column: str  # empty when the whole row is meant
    value: str
    reason: str
    detail: str  # an English sentence
    waiting_for: str  # the customer that the row waits for; empty for most
    raw: str  # the row as JSON
    seen_at: dt.datetime

    @property
    def place(self) -> tuple[str | int, ...]:
        """What it is ordered by."""
        return tuple(getattr(self, name) for name in ORDER)


ORDER = ("table", "source", "line", "column", "quarantine_id")
_NAMES = tuple(each.name for each in fields(Finding))
_TEXTS = tuple(name for name in _NAMES if name not in {"line", "seen_at"})


@dataclass(frozen=True)
class Wanted:
    """Which findings to show; empty values show all."""

    table: str = ""
    reason: str = ""
    source: str = ""
    waiting_for: str = ""


@dataclass(frozen=True)
class Group:
    """The rows of one file with the same fault."""

    table: str
    reason: str
    source: str
    rows: int
    newest: dt.datetime


@dataclass(frozen=True)
class Awaited:
    """A customer that no load has brought yet."""

    customer_id: str
    rows: int
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """The whole quarantine in a few figures."""

    groups: tuple[Group, ...] = ()  # the largest first
    awaited: tuple[Awaited, ...] = ()  # those with the most rows
    customers_awaited: int = 0
    rows_of: tuple[tuple[str, int], ...] = ()  # different rows, by table

    @property
    def rows(self) -> int:
        """How many different rows are in quarantine."""
        return sum(rows for _table, rows in self.rows_of)


def summarize_quarantine(project: Project, manifest: Manifest) -> Summary:
    """Return how many rows are in quarantine, by table, reason and file."""
    if not manifest.quarantine:
        return Summary()
    return _summary(project, _Held(manifest))


def list_findings(
    project: Project,
    manifest: Manifest,
    wanted: Wanted,
    *,
    beyond: Sequence[str | int] = (),
    backwards: bool = False,
    size: int,
) -> list[Finding]:
    """Return findings in order of table, file and line, from a place on.

    Parameters
    ----------
    project, manifest
        Whose quarantine, and which version of it.
    wanted
        Which findings.
    beyond
        The ``Finding.place`` after which to begin; empty for the first ones.
    backwards
        Return those before that place instead, still in order.
    size
        How many at most.

    """
    if not manifest.quarantine:
        return []
    with _opened(project, manifest) as session:
        rows = _matching(session, wanted)
        if beyond:
            rows = rows.filter(_past(rows, beyond, backwards=backwards))
        order = [desc(name) if backwards else name for name in ORDER]
        found = session.to_arrow(rows.order_by(order).limit(size)).to_pylist()
    if backwards:
        found.reverse()
    return [_finding(row) for row in found]


def stream_findings(
    project: Project, manifest: Manifest, wanted: Wanted
) -> Iterator[Finding]:
    """Yield all findings that match, in order, some thousand at a time."""
    if not manifest.quarantine:
        return
    with _opened(project, manifest) as session:
        rows = _matching(session, wanted).order_by(ORDER)
        for batch in session.batches(rows, rows=5_000):
            yield from map(_finding, batch.to_pylist())


@dataclass(frozen=True, eq=False)
class _Held:
    """A manifest that is told from others by its quarantine alone."""

    manifest: Manifest

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self._paths == other._paths

    def __hash__(self) -> int:
        return hash(self._paths)

    @property
    def _paths(self) -> tuple[str, ...]:
        return tuple(part.path for part in self.manifest.quarantine)


@lru_cache(maxsize=8)  # the files of a quarantine never change
def _summary(project: Project, held: _Held) -> Summary:
    with _opened(project, held.manifest) as session:
        found = session.quarantine()
        groups = session.to_arrow(
            found.group_by("table", "reason", "source")
            .aggregate(rows=_.count(), newest=_.seen_at.max())
            .order_by([desc("rows"), "table", "reason", "source"])
            .limit(MOST_GROUPS)
        ).to_pylist()
        rows_of = session.to_arrow(
            found.group_by("table").aggregate(rows=_.raw.nunique()).order_by("table")
        ).to_pylist()
        waiting = (
            found.filter(_.waiting_for.notnull())
            .group_by("waiting_for")
            .aggregate(rows=_.raw.nunique(), tables=_["table"].collect(distinct=True))
        )
        awaited = session.to_arrow(
            waiting.order_by([desc("rows"), "waiting_for"]).limit(MOST_CUSTOMERS)
        ).to_pylist()
        (customers,) = session.to_arrow(waiting.count().name("n").as_table())["n"]
    return Summary(
        groups=tuple(Group(**{**g, "newest": _utc(g["newest"])}) for g in groups),
        awaited=tuple(
            Awaited(a["waiting_for"], a["rows"], tuple(sorted(a["tables"])))
            for a in awaited
        ),
        customers_awaited=customers.as_py(),
        rows_of=tuple((row["table"], row["rows"]) for row in rows_of),
    )


@contextmanager
def _opened(project: Project, manifest: Manifest) -> Iterator[Session]:
    with Session(lake_of(project), manifest, memory="512MB", threads=1) as session:
        yield session


def _matching(session: Session, wanted: Wanted) -> ir.Table:
    rows = session.quarantine()
    # a missing text orders and compares as an empty one
    rows = rows.mutate(
        column=rows["column"].fill_null(""),
        line=rows.line.fill_null(0),
        source=rows.source.fill_null(""),
    )
    for each in fields(wanted):
        value = getattr(wanted, each.name)
        if value:
            rows = rows.filter(rows[each.name] == value)
    return rows.select(*_NAMES)


def _past(
    rows: ir.Table, place: Sequence[str | int], *, backwards: bool
) -> ir.BooleanValue:
    """Return whether a row lies past a place: greater in the first that differs."""
    cases = []
    for i, name in enumerate(ORDER):
        equal = [rows[n] == value for n, value in zip(ORDER[:i], place, strict=False)]
        column, value = rows[name], place[i]
        beyond = column < value if backwards else column > value
        cases.append(reduce(and_, [*equal, beyond]))
    return reduce(or_, cases)


def _finding(row: dict[str, object]) -> Finding:
    seen_at = row["seen_at"]
    assert isinstance(seen_at, dt.datetime)
    texts = {
        name: row[name] or "" for name in _NAMES if name not in {"line", "seen_at"}
    }
    return Finding(**texts, line=row["line"], seen_at=_utc(seen_at))  # type: ignore[arg-type]


def _utc(moment: dt.datetime) -> dt.datetime:
    return moment.replace(tzinfo=dt.UTC)
