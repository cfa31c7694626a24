"""Taking what was collected into the lake: each event once, whatever happens."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from banso.collect.log import Damage, LogReader, backlog, blank, drop_before
from banso.collect.messages import emptied, read_kept
from banso.connectors.discovery import Source
from banso.connectors.reading import TableFile
from banso.runs.collected_memory import Memory
from banso.runs.collected_rows import Conversion, Known, Row, Rows, moment_of
from banso.runs.erasures import mask_of
from banso.runs.loading import LAKE_MEMORY, MEMORY, Loading, LoadSummary, Planned
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.tables.arrow_types import ARROW_TYPES
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.warehouse.columns import MERGED_INTO
from banso.warehouse.compaction import collect_orphans, join_small
from banso.warehouse.draft import Draft
from banso.warehouse.durable import make_folder
from banso.warehouse.engine import connect
from banso.warehouse.lake import Lake, LakeBusy
from banso.warehouse.locking import FileLock
from banso.warehouse.manifest import Manifest
from banso.warehouse.session import Session
from banso.warehouse.staging import workspace

CALLS = 100_000  # that are taken in at once
KEYS_ASKED = 5_000  # of the lake, in one query
SWEEP_EVERY = dt.timedelta(hours=1)

_MEMORY = "memory.sqlite3"
_SWEPT = "swept_at"
_FACTS = "facts"  # the state of contacts when it was last asked for those who wait


@dataclass(frozen=True)
class Collected:
    """What taking in did."""

    calls: int = 0  # read from the log
    new: int = 0  # events that the lake did not have
    repeated: int = 0  # events that it had
    quarantined: int = 0  # rows that the lake did not take, such as of no customer
    waiting: int = 0  # events, in all, that wait for somebody's customer to be known
    version: int | None = None  # of the lake, when it was written to
    has_more: bool = False  # call again at once
    is_busy: bool = False  # another process takes in just now
    damages: tuple[Damage, ...] = ()  # of the log; acknowledged calls may be lost

    def plus(self, later: "Collected") -> "Collected":
        """Return what this taking in and a later one did together."""
        return replace(
            later,
            calls=self.calls + later.calls,
            new=self.new + later.new,
            repeated=self.repeated + later.repeated,
            quarantined=self.quarantined + later.quarantined,
            version=self.version if later.version is None else later.version,
            damages=self.damages + later.damages,
        )


@dataclass(frozen=True)
class CollectState:
    """How far taking in is behind what was accepted."""

    size: int  # bytes of the log
    oldest: dt.datetime | None  # when the first call that waits in the log came
    waiting: int  # events whose customer is not known
    taken_at: dt.datetime | None  # when anything was taken in last


def take_collected(
    project: Project, *, at: dt.datetime, most: int = CALLS
) -> Collected:
    """Take accepted calls that are not in the lake yet into it.

    Quick when there is nothing new. Any number of processes may call it at any time:
    one works, the others are told that it is busy. May be killed at any moment; the
    next call goes on from what is in the lake.

    Parameters
    ----------
    project
        Whose log and lake.
    at
        The present, aware.
    most
        About how many calls to take at once; with more, `Collected.has_more` says so.

    Raises
    ------
    LakeBusy
        Another process is writing to the lake; nothing was taken.
    DiskFull
        There is no space left.

    """
    folder = project.collect_folder
    if not folder.is_dir():
        return Collected()
    lock = FileLock.take(folder / "taking.lock")
    if lock is None:
        return Collected(is_busy=True)
    try:
        with opened_memory(project) as memory:
            return _Taking(project, memory, at=at).take(most)
    finally:
        lock.release()


def collect_state(project: Project) -> CollectState:
    """Return how far taking in is behind."""
    folder = project.collect_folder
    if not folder.is_dir():
        return CollectState(0, None, 0, None)
    with opened_memory(project) as memory:
        behind = backlog(project.collect_log, memory.position)
        taken = memory.note("taken_at")
        return CollectState(
            size=behind.size,
            oldest=moment_of(read_kept(behind.first).received)
            if behind.first
            else None,
            waiting=memory.count_waiting(),
            taken_at=dt.datetime.fromisoformat(taken) if taken else None,
        )


class _Taking:
    """One taking in."""

    def __init__(self, project: Project, memory: Memory, *, at: dt.datetime) -> None:
        self._project = project
        self._memory = memory
        self._at = at
        self._lake = lake_of(project)
        self._log = project.collect_log

    def take(self, most: int) -> Collected:
        reader = LogReader(self._log, self._memory.position)
        records = iter(reader)
        first = next(records, None)
        if first is None and not self._looks_again():
            return self._nothing(reader)
        with (
            self._memory.changing(),
            self._lake.writing(at=self._at, memory=LAKE_MEMORY) as draft,
            workspace(self._lake.folder) as folder,
        ):
            known = _LakeKnowledge(self._lake, draft.base, self._project)
            work = Conversion(self._memory, known.asked)
            if first is not None:
                work.take(first)
            for record in records:
                work.take(record)
                if work.calls >= most:
                    break
            work.finish(look_again=self._looks_again())
            summary = self._load(draft, work, folder)
            if summary is not None:
                join_small(draft, "events")
                draft.commit()
            self._remember(reader, draft.base)
        drop_before(self._log, reader.position)
        if work.erased:
            blank(self._log, until=reader.position, instead=emptied)
        self._sweep()
        done = _counted(work, summary, self._memory.count_waiting())
        has_more = work.calls >= most
        return replace(done, has_more=has_more, damages=tuple(reader.damages))

    def _nothing(self, reader: LogReader) -> Collected:
        if reader.position != self._memory.position:  # the end of a finished segment
            with self._memory.changing():
                self._memory.set_position(reader.position)
            drop_before(self._log, reader.position)
        waiting = self._memory.count_waiting()
        return Collected(waiting=waiting, damages=tuple(reader.damages))

    def _looks_again(self) -> bool:
        """Return whether the lake may know more of those whom events wait for."""
        return self._memory.count_waiting() > 0 and self._memory.note(
            _FACTS
        ) != _contacts_state(self._lake.current())

    def _load(self, draft: Draft, work: Conversion, folder: Path) -> LoadSummary | None:
        files = {
            name: path
            for name, rows in (
                ("customers", work.customers),
                ("contacts", work.contacts),
                ("consents", work.consents),
                ("events", list(work.events.values())),
            )
            if (path := _written(folder, name, rows, draft.base)) is not None
        }
        if not files:
            return None
        with connect(spill=folder, memory=MEMORY) as con:
            loading = Loading(
                self._project,
                self._lake,
                draft,
                con,
                folder=folder,
                first_stays=frozenset({"events"}),
            )
            loading.planned = [
                Planned(Source(path, table), TableFile(path))
                for table, path in files.items()
            ]
            return loading.carry_out(at=self._at)

    def _sweep(self) -> None:
        """Remove what no version names any more: each taking in makes a version."""
        swept = self._memory.note(_SWEPT)
        if swept and self._at - dt.datetime.fromisoformat(swept) < SWEEP_EVERY:
            return
        with suppress(LakeBusy):
            collect_orphans(self._lake)
        with self._memory.changing():
            self._memory.set_note(_SWEPT, self._at.isoformat())

    def _remember(self, reader: LogReader, manifest: Manifest) -> None:
        self._memory.set_position(reader.position)
        self._memory.set_note(_FACTS, _contacts_state(manifest))
        self._memory.set_note("taken_at", self._at.isoformat())


class _LakeKnowledge:
    """What one version of the lake knows of customers and contacts."""

    def __init__(self, lake: Lake, manifest: Manifest, project: Project) -> None:
        self._lake = lake
        self._manifest = manifest
        zone = ZoneInfo(project.timezone)
        self.asked = Known(
            self._columns,
            self._rows,
            zone,
            mask_of(project),
            project.consent_categories,
        )

    def _columns(self, table: str) -> Mapping[str, Kind]:
        version = self._manifest.facts.get(table)
        known = version.columns if version else {}
        return {name: kind for name, kind in known.items() if name != MERGED_INTO}

    def _rows(self, table: str, keys: Collection[str]) -> Rows:
        (key,) = TABLES[table].key
        with Session(self._lake, self._manifest, memory=MEMORY) as session:
            if not session.has(table):
                return {}
            # as their sources gave them: a row that is written again stays with its own
            # customer, so that a match of customers can be undone
            facts = session.facts_as_given(table)
            if MERGED_INTO in facts.columns:
                facts = facts.drop(MERGED_INTO)
            rows: dict[str, Row] = {}
            for some in _chunks(sorted(keys)):
                found = session.to_arrow(facts.filter(facts[key].isin(some)))
                rows |= {row[key]: row for row in found.to_pylist()}
            return rows


def _chunks(keys: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(keys), KEYS_ASKED):
        yield keys[first : first + KEYS_ASKED]


@contextmanager
def opened_memory(project: Project) -> Iterator[Memory]:
    """Give what taking in remembers."""
    make_folder(project.collect_folder)
    memory = Memory(project.collect_folder / _MEMORY)
    try:
        yield memory
    finally:
        memory.close()


def _written(
    folder: Path, table: str, rows: list[Row], manifest: Manifest
) -> Path | None:
    """Write rows as a file to load; None when there are none."""
    if not rows:
        return None
    spec = TABLES[table]
    version = manifest.facts.get(table)
    known = version.columns if version else {}
    known = {name: kind for name, kind in known.items() if name != MERGED_INTO}
    kinds = {column.name: column.kind for column in spec.columns} | known
    needed = {*spec.required, *known}
    columns = {
        name: pa.array([row.get(name) for row in rows], ARROW_TYPES[kind])
        for name, kind in kinds.items()
        if name in needed or any(row.get(name) is not None for row in rows)
    }
    path = folder / f"collected-{table}.parquet"
    pq.write_table(pa.table(columns), path, compression="lz4")
    return path


def _counted(work: Conversion, summary: LoadSummary | None, waiting: int) -> Collected:
    if summary is None:
        return Collected(calls=work.calls, waiting=waiting)
    events = [each for each in summary.tables if each.table == "events"]
    return Collected(
        calls=work.calls,
        new=sum(each.new for each in events),
        repeated=sum(each.unchanged for each in events),
        quarantined=sum(each.quarantined for each in summary.tables),
        waiting=waiting,
        version=summary.version,
    )


def _contacts_state(manifest: Manifest) -> str:
    version = manifest.facts.get("contacts")
    return version.digest if version else ""
