"""Reading what is connected, and what is switched off for lack of something."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from banso.runs.connected_tables import TableState
from banso.runs.lake_history import LakeVersion, TableChange, list_versions
from banso.runs.project import Project
from banso.runs.quarantine_reading import Summary, summarize_quarantine
from banso.runs.source_states import SourcesInvalid, SourceTableState, list_states
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.web.data.source_words import in_words
from banso.web.data.standing import Standing, here
from banso.webkit.permissions import Staff, may

HISTORY = 50
OLD_AS_OF_DAYS = 7


@dataclass(frozen=True)
class Connected:
    """One connected table, as the page shows it."""

    state: TableState
    label: str
    quarantined: int
    age_days: int | None  # from its newest row to the day on which numbers stand
    stale_after: int | None  # null: nothing of health grows stale with it

    @property
    def is_stale(self) -> bool:
        """Whether health no longer believes it."""
        known = self.age_days is not None and self.stale_after is not None
        return known and self.age_days > self.stale_after  # type: ignore[operator]

    @property
    def is_ahead(self) -> bool:
        """Whether it holds rows dated later, such as contracts to come."""
        return self.age_days is not None and self.age_days < 0


@dataclass(frozen=True)
class Unlock:
    """A metric that a table or column would switch on, and what else it needs."""

    key: str
    label: str
    elements: tuple[str, ...]  # the parts of health that wait for it
    also: tuple[str, ...] = ()  # labels of other tables that it needs too


@dataclass(frozen=True)
class Unconnected:
    """One table that is not connected, and what it would bring."""

    spec: TableSpec
    label: str
    grain: str
    columns: tuple[str, ...]  # that must be there, keys first
    unlocks: tuple[Unlock, ...]

    @property
    def elements(self) -> tuple[str, ...]:
        """The parts of health that it would switch on."""
        return tuple(dict.fromkeys(e for u in self.unlocks for e in u.elements))


@dataclass(frozen=True)
class LackingColumn:
    """A column that a connected table has not brought, and what waits for it."""

    table: str
    column: str
    meaning: str
    unlocks: tuple[Unlock, ...]


@dataclass(frozen=True)
class HistoryRow:
    """One version of the lake, with the names of the tables that it changed."""

    version: LakeVersion
    tables: tuple[tuple[str, TableChange], ...]


@dataclass(frozen=True)
class SourceLine:
    """One table of a source, as the page shows it."""

    source: str
    every: str  # empty: when asked
    theirs: str
    state: SourceTableState
    failure: str  # in words
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class TablesPage:
    """Everything on the page of tables."""

    connected: tuple[Connected, ...]
    unconnected: tuple[Unconnected, ...]
    lacking: tuple[LackingColumn, ...]
    total: int  # tables of the contract
    rows: int
    newest: dt.date | None  # day of the newest fact up to the as-of date
    loaded_at: dt.datetime | None
    quarantined: int
    as_of: dt.date | None
    is_old: bool  # the numbers stand on a day long ago
    is_unreadable: bool  # the published definitions cannot be read
    is_published: bool
    sources: tuple[SourceLine, ...] = ()  # that are read again and again
    source_faults: tuple[str, ...] = ()  # of the file that names them


def tables_page(*, today: dt.date) -> TablesPage:
    """Return what is connected, what is not, and what is off because of it."""
    standing = Standing.now()
    held = summarize_quarantine(standing.project, standing.manifest)
    release = standing.manifest.release
    day = release.as_of if release else today
    connected = tuple(
        _connected(standing, state, held, day=day)
        for state in standing.tables
        if state.is_connected
    )
    sources, faults = _sources(standing.project)
    ages = [c.age_days for c in connected if c.age_days is not None]
    return TablesPage(
        connected=connected,
        unconnected=tuple(
            unconnected(standing, state.spec)
            for state in standing.tables
            if not state.is_connected
        ),
        lacking=_lacking(standing),
        total=len(TABLES),
        rows=sum(c.state.rows for c in connected),
        newest=max((day - dt.timedelta(n) for n in ages if n >= 0), default=None),
        loaded_at=max(
            (c.state.loaded_at for c in connected if c.state.loaded_at), default=None
        ),
        quarantined=held.rows,
        as_of=release.as_of if release else None,
        is_old=release is not None and (today - day).days > OLD_AS_OF_DAYS,
        is_unreadable=standing.is_unreadable,
        is_published=standing.published is not None,
        sources=sources,
        source_faults=faults,
    )


def told_connections(*, today: dt.date) -> dict[str, object]:
    """Return what programs are told of what is connected, and how fresh it is."""
    page = tables_page(today=today)
    connected = {each.state.spec.name: each for each in page.connected}
    tables = [
        {
            "table": name,
            "is_connected": each is not None,
            "rows": each.state.rows if each else 0,
            "newest_on": each.state.last_day if each else None,
            "loaded_at": each.state.loaded_at if each else None,
            "quarantined": each.quarantined if each else 0,
            "is_stale": each is not None and each.is_stale,
        }
        for name, each in ((name, connected.get(name)) for name in TABLES)
    ]
    sources = [
        {
            "source": line.source,
            "every": line.every or None,
            "from": line.theirs,
            "table": line.state.table,
            "read_at": line.state.read_at,
            "rows": line.state.rows,
            "failure": line.failure or None,
        }
        for line in page.sources
    ]
    faults = list(page.source_faults)
    return {"as_of": page.as_of, "items": tables, "sources": sources, "faults": faults}


def _sources(project: Project) -> tuple[tuple[SourceLine, ...], tuple[str, ...]]:
    """Return the lines of the sources, or what is wrong in the file of them."""
    try:
        states = list_states(project)
    except SourcesInvalid as error:
        return (), tuple(map(str, error.issues))
    lines = (
        SourceLine(
            source=state.name,
            every=state.every,
            theirs=theirs,
            state=table,
            failure=in_words(told) if (told := table.failure or state.failure) else "",
            remarks=tuple(map(in_words, table.told)),
        )
        for state in states
        for theirs, table in state.tables.items()
    )
    return tuple(lines), ()


def unconnected(standing: Standing, spec: TableSpec) -> Unconnected:
    """Return what a table would bring that is not connected."""
    unlocks = (
        Unlock(
            entry.metric.key,
            here(entry.metric.label.label),
            standing.elements_of(entry.metric.key),
            also=tuple(here(TABLES[t].label) for t in entry.tables if t != spec.name),
        )
        for entry in standing.off
        if spec.name in entry.tables
    )
    return Unconnected(
        spec=spec,
        label=here(spec.label),
        grain=here(spec.grain),
        columns=tuple(dict.fromkeys((*spec.key, *spec.required))),
        unlocks=tuple(sorted(unlocks, key=lambda unlock: len(unlock.also))),
    )


def lacking_columns(standing: Standing, table: str) -> tuple[LackingColumn, ...]:
    """Return the columns of a connected table for which something waits."""
    return tuple(each for each in _lacking(standing) if each.table == table)


def list_history() -> tuple[HistoryRow, ...]:
    """Return what the last versions of the lake changed, the newest first."""
    found = list_versions(Standing.now().project, limit=HISTORY)
    return tuple(
        HistoryRow(each, tuple((_label(t.table), t) for t in each.tables))
        for each in found
    )


def told_history() -> list[dict[str, object]]:
    """Return what the last versions of the lake changed, for programs."""
    return [
        {
            "version": each.version,
            "at": each.at,
            "tables": [asdict(table) for table in each.tables],
            "quarantine": None
            if each.quarantine is None
            else dict(zip(("before", "after"), each.quarantine, strict=True)),
            "published": each.published or None,
            "as_of": each.as_of,
        }
        for each in list_versions(Standing.now().project, limit=HISTORY)
    ]


def sees_all_customers(user: Staff) -> bool:
    """Return whether rows of any customer may be shown to a user."""
    return may(user, "see_quarantine") or user.scope == "all"


def _label(table: str) -> str:
    return here(TABLES[table].label) if table in TABLES else table


def _connected(
    standing: Standing, state: TableState, held: Summary, *, day: dt.date
) -> Connected:
    name = state.spec.name
    newest = _newest(standing, state, day)
    return Connected(
        state=state,
        label=here(state.spec.label),
        quarantined=dict(held.rows_of).get(name, 0),
        age_days=None if newest is None else (day - newest).days,
        stale_after=standing.stale_after.get(name),
    )


def _newest(standing: Standing, state: TableState, day: dt.date) -> dt.date | None:
    """Return the day of the newest row up to `day`; one dated later if none is known.

    The lake knows the last day of all. When that lies ahead, the release says which
    was the newest row that it could use.
    """
    if state.last_day is None or state.last_day <= day:
        return state.last_day
    release = standing.manifest.release
    noted = release.notes.get("newest") if release else None
    used = noted.get(state.spec.name) if isinstance(noted, dict) else None
    return dt.date.fromisoformat(used) if isinstance(used, str) else state.last_day


def _lacking(standing: Standing) -> tuple[LackingColumn, ...]:
    waiting: dict[str, list[Unlock]] = {}
    for entry in standing.off:
        key = entry.metric.key
        unlock = Unlock(key, here(entry.metric.label.label), standing.elements_of(key))
        for column in entry.columns:
            waiting.setdefault(column, []).append(unlock)
    return tuple(_lacking_column(name, unlocks) for name, unlocks in waiting.items())


def _lacking_column(name: str, unlocks: Iterable[Unlock]) -> LackingColumn:
    table, _, column = name.partition(".")
    declared = TABLES[table].by_name.get(column)
    meaning = here(declared.meaning) if declared else column
    return LackingColumn(table, column, meaning, tuple(unlocks))


def quarantined_rows(standing: Standing, table: str) -> int:
    """Return how many rows of a table are in quarantine."""
    held = summarize_quarantine(standing.project, standing.manifest)
    return dict(held.rows_of).get(table, 0)


def quarantine_summary() -> Summary:
    """Return the whole quarantine in a few figures."""
    standing = Standing.now()
    return summarize_quarantine(standing.project, standing.manifest)
