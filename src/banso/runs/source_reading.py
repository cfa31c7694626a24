"""Reading sources into the lake: what is new, once, wherever it was stopped."""

import datetime as dt
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from banso.connectors import discovery
from banso.connectors.headers import normal_name
from banso.connectors.layout import missing_columns, unknown_theirs
from banso.connectors.opening import open_source, tables_of
from banso.connectors.readers import Mark, Reader, SourceColumnMissing, Wanted
from banso.connectors.sources import DataSource, SourceTable
from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean
from banso.kernel.progress import Progress, silent
from banso.kernel.remarks import Remark
from banso.runs.loading import LAKE_MEMORY, MEMORY, Loading, LoadSummary, TableSummary
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.runs.source_deletes import Deletes, is_flagged
from banso.runs.source_marks import (
    Reached,
    changes_of_columns,
    mark_name,
    newest,
    reached,
    since,
)
from banso.runs.source_states import SourceTableState, Told, keep_state, state_of
from banso.tables.registry import TABLES
from banso.warehouse.compaction import join_small
from banso.warehouse.draft import Draft
from banso.warehouse.durable import make_folder
from banso.warehouse.engine import connect
from banso.warehouse.lake import LakeBusy
from banso.warehouse.staging import workspace

PORTION = 500_000  # rows that are taken in at once
PATIENCE = 30  # seconds to wait for another writer


class SourceColumnsMissing(BansoError):
    """Refuse a table of a source that cannot fill what every row needs."""

    code = "source_columns_missing"


@dataclass(frozen=True)
class TableRead:
    """What reading one table of a source did."""

    name: str  # theirs
    table: str  # ours
    rows: int = 0
    counts: tuple[TableSummary, ...] = ()  # of every load, also of rows that waited
    withdrawn: int = 0  # rows that the source no longer has
    newest: Mark | None = None
    notes: tuple[Remark, ...] = ()
    failure: BansoError | None = None  # why it broke off; what came before stays

    def total(self, what: str) -> int:
        """Return how many rows of the table were new, changed, unchanged and so on."""
        return sum(getattr(c, what) for c in self.counts if c.table == self.table)


def read_source(
    project: Project,
    source: DataSource,
    *,
    at: dt.datetime,
    full: bool = False,
    progress: Progress = silent,
) -> tuple[TableRead, ...]:
    """Take what is new at a source into the lake, table by table.

    What was taken in and how far that is become true in the same moment: a reading
    that is killed anywhere goes on from there, without a gap and without a double.

    Parameters
    ----------
    project
        Whose lake.
    source
        Of its ``sources.yaml``.
    at
        The present, aware.
    full
        Read all rows, not only those that changed.
    progress
        Told the table and the rows.

    Returns
    -------
    tuple of TableRead
        One for each table. One that broke off says why, and the others go on.

    Raises
    ------
    SecretMissing, DriverMissing, SourceUnreachable
        The source could not be opened.
    LakeBusy
        Another process is writing, and goes on.

    """
    state = replace(state_of(project, source), tried_at=at, failure=None)
    done: list[TableRead] = []
    try:
        with open_source(source, project.folder) as reader:
            for table in tables_of(source):
                work = _TableReading(project, source, table, reader, at, progress)
                read = work.outcome(full=full)
                tables = {**state.tables, table.from_: _state(state.tables, read, at)}
                state = replace(state, tables=tables)
                done.append(read)
    except LakeBusy:
        raise
    except BansoError as error:
        state = replace(state, failure=Told.of(error))
        raise
    finally:
        keep_state(project, source, state)
    return tuple(done)


def columns_wanted(table: SourceTable, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return their columns that a reading asks for: what nobody wants stays there."""
    mapping = table.mapping(table.from_)
    asked = {
        *map(normal_name, mapping.columns.values()),
        *(normal_name(monthly.interval) for monthly in mapping.monthly.values()),
        *(normal_name(name) for name in (table.cursor, table.deleted) if name),
    }
    ignored = {*map(normal_name, table.ignore)} - asked
    spec = TABLES[table.table]
    return tuple(
        name
        for name in known
        if (plain := normal_name(name)) not in ignored
        and (table.attributes or plain in asked or plain in spec.by_name)
    )


def check_columns(
    source: DataSource, table: SourceTable, known: Mapping[str, str]
) -> None:
    """Refuse a table whose columns are not there, or do not suffice.

    Raises
    ------
    SourceColumnMissing, SourceColumnsMissing
        As their names say.

    """
    mapping = table.mapping(table.from_)
    own = [name for name in (table.cursor, table.deleted) if name]
    unknown = [name for name in own if name not in known]
    unknown += unknown_theirs(tuple(known), mapping)
    if unknown:
        raise SourceColumnMissing(
            f"{source.name}: {table.from_} has no column '{unknown[0]}'."
            f" {did_you_mean(unknown[0], known)}".rstrip(),
            hint=f"Its columns are: {', '.join(known)}.",
            source=source.name,
            table=table.from_,
            column=unknown[0],
            known=list(known),
        )
    missing = missing_columns(TABLES[table.table], tuple(known), mapping)
    if missing:
        raise SourceColumnsMissing(
            f"{source.name}: {table.table} needs {', '.join(missing)}, and"
            f" {table.from_} has {', '.join(known)}.",
            hint=f"Say under 'columns' which they are: `banso connect check"
            f" {source.name}` proposes some.",
            source=source.name,
            table=table.table,
            theirs=table.from_,
            missing=", ".join(missing),
            known=", ".join(known),
        )


@dataclass
class _TableReading:
    project: Project
    source: DataSource
    table: SourceTable
    reader: Reader
    at: dt.datetime
    progress: Progress
    notes: list[Remark] = field(default_factory=list)
    counts: list[TableSummary] = field(default_factory=list)
    rows: int = 0
    withdrawn: int = 0
    cursor: Mark | None = None

    def outcome(self, *, full: bool) -> TableRead:
        failure = None
        try:
            self._read(full=full)
        except LakeBusy:
            raise
        except BansoError as error:
            failure = error
        return TableRead(
            self.table.from_,
            self.table.table,
            rows=self.rows,
            counts=tuple(self.counts),
            withdrawn=self.withdrawn,
            newest=self.cursor,
            notes=tuple({note.message: note for note in self.notes}.values()),
            failure=failure,
        )

    def _read(self, *, full: bool) -> None:
        known = self.reader.columns(self.table)
        check_columns(self.source, self.table, known)
        lake = lake_of(self.project)
        make_folder(lake.folder)
        name = mark_name(self.source, self.table)
        before = reached(lake.current().marks.get(name))
        mark = Reached(None, self.table.digest, known)
        start = None
        if before is not None:
            self.notes += changes_of_columns(self.table, before.columns, known)
            if before.definition == mark.definition and not full:
                mark = replace(mark, cursor=before.cursor)
        if mark.cursor is not None:
            start = since(self.source, self.table, mark.cursor)
        self.cursor = mark.cursor
        wanted = Wanted(self.table, columns_wanted(self.table, known), self.at, start)
        with workspace(lake.folder) as folder:
            self._take(wanted, mark, folder)
            if self.table.deletes == "compare":
                self._compare(folder, known, trust=full)

    def _take(self, wanted: Wanted, mark: Reached, folder: Path) -> None:
        path = folder / self._file_name()
        portions = _portions(self.reader.rows(wanted), path, self.table)
        ended = False
        while not ended:
            portion = next(portions, None)
            ended = portion is None
            if portion is not None:
                self._see_newest(portion)
                self.rows += portion.rows
                step = f"{self.source.name}.{self.table.from_}"
                self.progress(step, self.rows, self.rows)
            # out of the order of a cursor nothing is done before all of it is
            by_cursor = self.table.cursor is not None and self.reader.is_ordered(
                self.table
            )
            is_mark = by_cursor or ended
            reaches = replace(mark, cursor=self.cursor) if is_mark else None
            self._load(portion, reaches)
            path.unlink(missing_ok=True)

    def _see_newest(self, portion: "_Portion") -> None:
        if portion.cursor is None:
            return
        zone = self.project.timezone
        found = newest(portion.cursor, at=self.at, zone=zone)
        if found is not None and (self.cursor is None or found > self.cursor):  # type: ignore[operator]  # of one column
            self.cursor = found

    def _load(self, portion: "_Portion | None", reaches: Reached | None) -> None:
        """Take in a portion, and how far that is, in one new version of the lake."""
        name = mark_name(self.source, self.table)
        note = reaches.to_json() if reaches else None
        if portion is None and note == lake_of(self.project).current().marks.get(name):
            return
        with self._writing() as (draft, folder, con):
            if note is not None:
                draft.set_mark(name, note)
            if portion is not None and portion.gone is not None:
                deletes = Deletes(self.project, self.source, self.table, con, folder)
                self.withdrawn += deletes.withdraw(draft, portion.gone)
            if portion is None or portion.path is None:
                draft.commit()
                return
            join_small(draft, self.table.table)
            self._count(self._loaded(draft, folder, con, portion.path))

    def _loaded(
        self,
        draft: Draft,
        folder: Path,
        con: duckdb.DuckDBPyConnection,
        path: Path,
    ) -> LoadSummary:
        lake = lake_of(self.project)
        work = Loading(self.project, lake, draft, con, folder=folder)
        mapping = self.table.mapping(path.name)
        given = discovery.Source(path, self.table.table, mapping)
        work.plan(discovery.Discovery((given,)))
        return work.carry_out(at=self.at)

    def _count(self, summary: LoadSummary) -> None:
        self.counts += summary.tables
        self.notes += summary.notes

    def _compare(self, folder: Path, known: Mapping[str, str], *, trust: bool) -> None:
        """Withdraw the rows that the source once had and has no longer."""
        with connect(spill=folder, memory=MEMORY) as con:
            deletes = Deletes(self.project, self.source, self.table, con, folder)
            asked = self.table.model_copy(update={"cursor": None, "deleted": None})
            rows = self.reader.rows(Wanted(asked, deletes.key_columns(known), self.at))
            gone = deletes.compare(rows, trust=trust)
        if gone is not None:
            with self._writing() as (draft, _inner, _con):
                self.withdrawn += deletes.withdraw_listed(draft, gone)
                draft.commit()
        self.notes += deletes.notes
        deletes.remember()

    @contextmanager
    def _writing(self) -> Iterator[tuple[Draft, Path, duckdb.DuckDBPyConnection]]:
        lake = lake_of(self.project)
        with ExitStack() as stack:
            for patience in range(PATIENCE, -1, -1):
                try:
                    draft = stack.enter_context(
                        lake.writing(at=self.at, memory=LAKE_MEMORY)
                    )
                    break
                except LakeBusy:
                    if not patience:
                        raise
                    time.sleep(1)
            folder = stack.enter_context(workspace(lake.folder))
            con = stack.enter_context(connect(spill=folder, memory=MEMORY))
            yield draft, folder, con

    def _file_name(self) -> str:
        return re.sub(r"[^\w.-]", "_", f"{self.source.name}.{self.table.from_}.parquet")


@dataclass(frozen=True)
class _Portion:
    path: Path | None  # a Parquet file of the rows that are there
    gone: pa.Table | None  # rows that say of themselves that they are no more
    rows: int
    cursor: pa.ChunkedArray | None


def _portions(
    pieces: Iterator[pa.Table], path: Path, table: SourceTable
) -> Iterator[_Portion]:
    """Yield files of so many rows as are taken in at once."""
    gathered: list[pa.Table] = []
    rows = 0
    for piece in pieces:
        gathered.append(piece)
        rows += piece.num_rows
        if rows >= PORTION:
            yield _portion(pa.concat_tables(gathered), path, table)
            gathered, rows = [], 0
    if rows:
        yield _portion(pa.concat_tables(gathered), path, table)


def _portion(rows: pa.Table, path: Path, table: SourceTable) -> _Portion:
    count = rows.num_rows
    cursor = rows.column(table.cursor) if table.cursor else None
    gone = None
    if table.deleted in rows.column_names:
        flags = is_flagged(rows.column(table.deleted))
        gone = rows.filter(flags)
        rows = rows.filter(pa.compute.invert(flags))
    if not rows.num_rows:
        return _Portion(None, gone, count, cursor)
    pq.write_table(rows, path, compression="lz4")
    return _Portion(path, gone if gone and gone.num_rows else None, count, cursor)


def _state(
    before: Mapping[str, SourceTableState], read: TableRead, at: dt.datetime
) -> SourceTableState:
    old = before[read.name]
    told = tuple(Told.of(n) for n in read.notes if n.code.startswith("source_"))
    if read.failure is not None:
        return replace(old, failure=Told.of(read.failure))
    return SourceTableState(
        table=read.table,
        read_at=at,
        rows=read.rows,
        newest="" if read.newest is None else str(read.newest),
        told=told or old.told,
    )
