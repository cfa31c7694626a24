"""Loading: a company's files into the lake, all of a folder or nothing."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from banso.connectors.conforming import Conformer, Origin
from banso.connectors.discovery import MAPPING_FILES, Discovery, Source, discover
from banso.connectors.encodings import WrongEncoding
from banso.connectors.files import FileUnreadable
from banso.connectors.layout import (
    KNOWN_AT,
    Conforming,
    missing_columns,
    unknown_theirs,
)
from banso.connectors.mapping import LoadMapping, read_mapping
from banso.connectors.proposals import Proposal, mapping_text, propose_mapping
from banso.connectors.reading import TableFile
from banso.connectors.settling import (
    IDENTITIES,
    KNOWN_CUSTOMERS,
    KNOWN_VERSIONS,
    Settled,
    settle,
)
from banso.connectors.values import STORED
from banso.kernel.errors import BansoError
from banso.kernel.issues import Issue
from banso.kernel.nearness import did_you_mean
from banso.kernel.remarks import Remark
from banso.runs.erased_rows import ERASED, without_erased
from banso.runs.project import Project
from banso.runs.quarantine import Quarantine
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.engine import connect
from banso.warehouse.lake import Draft, Lake
from banso.warehouse.session import Session
from banso.warehouse.staging import workspace
from banso.warehouse.upsert import Upserted

Progress = Callable[[str, int, int], None]  # what is being done, done and total bytes

MEMORY = "1GB"  # of the connection that reads files; the lake's has its own
LAKE_MEMORY = "2GB"
_NAMED_BY_OTHERS = ("partners", "gatherings")  # small: their keys fit into memory


class NothingToLoad(BansoError):
    """Refuse a path without any file that could be a table."""

    code = "nothing_to_load"


class MappingInvalid(BansoError):
    """Refuse a mapping file, with every fault in it."""

    code = "mapping_invalid"

    def __init__(self, path: Path, issues: Sequence[Issue]) -> None:
        super().__init__(
            "\n".join(str(issue) for issue in issues),
            hint=f"Mend {path} and try again.",
            path=str(path),
            listed="\n".join(str(issue) for issue in issues),
        )
        self.issues = tuple(issues)


class MappingDoesNotFit(BansoError):
    """Refuse a mapping that names columns which the file does not have."""

    code = "mapping_does_not_fit"


@dataclass(frozen=True)
class TableSummary:
    """What a load did to one table, in rows.

    ``rows_read + taken_in == new + changed + unchanged + repeated + quarantined``.
    """

    table: str
    rows_read: int  # in the files
    new: int
    changed: int
    unchanged: int
    repeated: int  # said again by another row of the same load
    quarantined: int  # not taken in, with at least one fault
    taken_in: int  # out of the quarantine, because what they waited for came


@dataclass(frozen=True)
class LoadSummary:
    """What a load did."""

    tables: tuple[TableSummary, ...]
    notes: tuple[Remark, ...]  # for the reader: files left out, rows that wait
    proposed_mapping: str  # YAML to save and pass back; empty when there is none
    quarantine_rows: int  # faults in the whole quarantine after the load
    version: int  # of the lake

    @property
    def has_findings(self) -> bool:
        """Whether something was not taken in that the reader should look at."""
        return bool(self.notes) or any(each.quarantined for each in self.tables)


def load(
    project: Project,
    path: Path,
    *,
    table: str | None = None,
    mapping: Path | None = None,
    at: dt.datetime,
    progress: Progress | None = None,
) -> LoadSummary:
    """Take the facts of a folder, or of one file, into the project's lake.

    All or nothing: the lake gets one new version at the end, and a load that stops
    before leaves the last one. Repeating it then completes it; repeating a finished
    one changes nothing.

    Parameters
    ----------
    project
        Whose lake, time zone and currency.
    path
        A folder with files named as tables, or one file.
    table
        The table of the one file, when its name does not tell.
    mapping
        A mapping file; without one, ``mapping.yaml`` in the folder counts.
    at
        The present, aware.
    progress
        Called with what is being read, and how many bytes of how many are done.

    Raises
    ------
    BansoError
        Nothing at the path, a file that cannot be read to its end, an unknown
        encoding, a mapping with faults, a busy lake, a full disk.

    """
    rules = _mapping_of(path, mapping)
    found = discover(path, table=table, mapping=rules)
    lake = Lake(project.lake_folder)
    with (
        lake.writing(at=at, memory=LAKE_MEMORY) as draft,
        workspace(lake.folder) as folder,
        connect(spill=folder, memory=MEMORY) as con,
    ):
        work = Loading(project, lake, draft, con, folder=folder)
        work.plan(found)
        work.announce(progress or _silent)
        return work.carry_out(at=at)


@dataclass
class Planned:
    """A file that will be read, and what it holds."""

    source: Source
    file: TableFile


@dataclass
class Loading:
    """One load while it runs."""

    project: Project
    lake: Lake
    draft: Draft
    con: duckdb.DuckDBPyConnection
    folder: Path
    planned: list[Planned] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    complete: str = ""  # the files hold all rows whose keys begin so; others leave
    withdrawn: int = 0  # rows that left for that
    first_stays: frozenset[str] = frozenset()  # tables whose rows never change
    _progress: Progress = field(default=lambda *_: None)
    _done: int = 0
    _total: int = 0
    _names: dict[str, set[str]] = field(default_factory=dict)

    def plan(self, found: Discovery) -> None:
        """Look into every file: which can be read, and whose columns fit."""
        self.notes += found.notes
        for source in found.sources:
            encoding = source.mapping.encoding if source.mapping else None
            self._plan_file(source, TableFile(source.path, encoding=encoding))
        for path in found.unplaced:
            self._propose_table(path)
        if not found.sources and not self.proposals:
            raise NothingToLoad(
                " ".join(["There is no table to load.", *map(str, found.notes)]),
                hint=f"Name the files as the tables: {', '.join(TABLES)} (.csv, …).",
                notes=found.notes,
                tables=", ".join(TABLES),
            )

    def announce(self, progress: Progress) -> None:
        """Tell how much there is to do."""
        self._progress = progress
        self._total = sum(each.source.path.stat().st_size for each in self.planned)

    def carry_out(self, *, at: dt.datetime) -> LoadSummary:
        """Load what was planned, table by table, and commit."""
        self._fill_known_customers()
        parts = [self.lake.folder / part.path for part in self.draft.base.quarantine]
        quarantine = Quarantine(self.con, parts, at=at)
        sources = [each.source.path.name for each in self.planned]
        quarantine.leave_sources(sources, of=None if self.complete else ERASED)
        summaries = [
            summary
            for spec in TABLES.values()
            if (summary := self._load_table(spec, quarantine)) is not None
        ]
        if self.complete:
            self._withdraw()
        self._progress("quarantine", self._total, self._total)
        after = self.folder / "quarantine.parquet"
        rows = quarantine.write(after)
        self.draft.replace_quarantine(after if rows else None)
        version = self.draft.commit().version
        return LoadSummary(
            tables=tuple(summaries),
            notes=tuple(self.notes),
            proposed_mapping=mapping_text(self.proposals),
            quarantine_rows=rows,
            version=version,
        )

    def _withdraw(self) -> None:
        """Take out the rows that the files no longer have."""
        for each in self.planned:
            self.withdrawn += self.draft.withdraw(
                TABLES[each.source.table], prefix=self.complete, kept=each.source.path
            )

    def _plan_file(self, source: Source, file: TableFile) -> None:
        headers = file.headers()
        name = source.path.name
        if not headers:
            self._note(
                "empty_file", f"{name} is empty: it has not even a header.", name=name
            )
            return
        if source.mapping is not None:
            unknown = unknown_theirs(headers, source.mapping)
            if unknown:
                raise MappingDoesNotFit(
                    f"{name}: the mapping names its column '{unknown[0]}', which it"
                    f" does not have. {did_you_mean(unknown[0], headers)}".rstrip(),
                    hint=f"Its columns are: {', '.join(headers)}.",
                    file=name,
                    column=unknown[0],
                    headers=headers,
                )
        missing = missing_columns(TABLES[source.table], headers, source.mapping)
        if missing:
            lacking = ", ".join(missing)
            self._note(
                "columns_missing",
                f"{name} was not loaded: {source.table} needs {lacking}, and the file"
                f" has {', '.join(headers)}.",
                name=name,
                table=source.table,
                missing=missing,
                headers=headers,
            )
            self._propose(source.path, headers, table=source.table)
            return
        self.planned.append(Planned(source, file))

    def _note(self, code: str, message: str, **facts: object) -> None:
        self.notes.append(Remark(code, message, facts))

    def _propose_table(self, path: Path) -> None:
        """Propose a table for a file that nobody asked for; a bad one harms nothing."""
        try:
            headers = TableFile(path).headers()
        except (FileUnreadable, WrongEncoding) as refusal:
            self._note("unreadable", refusal.message, refusal=refusal)
        else:
            self._propose(path, headers, table=None)

    def _propose(
        self, path: Path, headers: tuple[str, ...], *, table: str | None
    ) -> None:
        proposals = propose_mapping(headers, table, file=path.name)
        self.proposals += proposals

    def _load_table(
        self, spec: TableSpec, quarantine: Quarantine
    ) -> TableSummary | None:
        planned = [each for each in self.planned if each.source.table == spec.name]
        if not planned and not quarantine.has_rows_of(spec.name):
            return None
        settings = Conforming(self.project.timezone, self.project.currency)
        conformer = Conformer(self.con, spec, settings, self.folder / spec.name)
        for each in planned:
            self._read(each, conformer)
        mappings = [p.source.mapping for p in planned if p.source.mapping]
        for retry in quarantine.retries(spec.name, mappings):
            for chunk in retry.chunks:
                conformer.take(chunk, retry.origin)
        if not conformer.rows_read and not conformer.rows_waiting:
            return None
        self._fill_known_versions(spec)
        version = self.draft.base.facts.get(spec.name)
        settled = settle(conformer, known=version.columns if version else {})
        sifted = without_erased(self.con, self.project, self.draft.base, spec, settled)
        settled = sifted.settled
        self.notes += sifted.notes
        counts = [
            self.draft.upsert(spec, path, first_stays=spec.name in self.first_stays)
            for path in settled.versions
        ]
        self._learn(spec, settled, quarantine)
        return _summary(spec, settled, counts)

    def _read(self, each: Planned, conformer: Conformer) -> None:
        name = each.source.path.name
        origin = Origin(name, each.source.mapping, typed=each.file.is_typed)
        before = conformer.rows_read
        for chunk in each.file.chunks():
            conformer.take(chunk, origin)
            self._progress(name, self._done + chunk.position, self._total)
        self._done += each.source.path.stat().st_size
        if conformer.rows_read == before:
            self._note("no_rows", f"{name} has a header and no rows.", name=name)

    def _learn(self, spec: TableSpec, settled: Settled, quarantine: Quarantine) -> None:
        """Keep what the later tables and the quarantine have to know."""
        quarantine.leave_loaded(spec, settled.versions)
        if settled.faults is not None:
            quarantine.add(settled.faults)
            waiting = self._count_waiting(settled.faults)
            if waiting:
                self._note(
                    "rows_wait",
                    f"{spec.name}: {waiting:,} rows wait for customers that no load has"
                    " brought yet.",
                    table=spec.name,
                    rows=waiting,
                )
        if spec.name == "customers":
            for path in settled.versions:
                self._add_known_customers([str(path)])
        self._remark_unknown_names(spec, settled.versions)
        if spec.name in _NAMED_BY_OTHERS:
            self._add_names(spec, settled.versions)

    def _remark_unknown_names(self, spec: TableSpec, files: Sequence[Path]) -> None:
        """Say how many rows name a partner or gathering that no load has brought.

        Such a row is true of its customer all the same, so it is loaded. Without any
        row of the other table nothing is said: it is not connected.
        """
        for column in spec.columns:
            other = column.references
            if other not in _NAMED_BY_OTHERS or not files:
                continue
            names = self._names_of(other)
            found = {
                field
                for file in files
                for field in pq.read_schema(file).names
                if field == column.name
            }
            if not names or not found:
                continue
            (rows,) = self.con.execute(
                f"SELECT count(*) FROM read_parquet(?, union_by_name = true)"  # noqa: S608 - a declared name
                f" WHERE {column.name} <> '' AND {column.name} NOT IN"
                " (SELECT unnest(?))",
                [[str(file) for file in files], sorted(names)],
            ).fetchall()[0]
            if rows:
                self._note(
                    "names_unknown",
                    f"{spec.name}: {rows:,} rows name {other} that no load has brought"
                    " yet. They are loaded.",
                    table=spec.name,
                    rows=rows,
                    other=other,
                )

    def _names_of(self, table: str) -> set[str]:
        """Return the keys of a small table: of the lake and of this load."""
        if table not in self._names:
            (key,) = TABLES[table].key
            with Session(self.lake, self.draft.base, memory=MEMORY) as session:
                known = session.facts(table)[[key]] if session.has(table) else None
                column = session.to_arrow(known)[key].to_pylist() if known else []
            self._names[table] = set(column)
        return self._names[table]

    def _add_names(self, spec: TableSpec, files: Sequence[Path]) -> None:
        (key,) = spec.key
        for file in files:
            read = pq.read_table(file, columns=[key])
            self._names_of(spec.name).update(read[key].to_pylist())

    def _count_waiting(self, faults: Path) -> int:
        (rows,) = self.con.execute(
            "SELECT count(DISTINCT row) FROM read_parquet(?)"
            " WHERE waiting_for IS NOT NULL",
            [str(faults)],
        ).fetchall()[0]
        return int(rows)

    def _fill_known_customers(self) -> None:
        self.con.execute(f"CREATE TABLE {KNOWN_CUSTOMERS} (customer_id VARCHAR)")
        self._copy_facts("customers", KNOWN_CUSTOMERS, ["customer_id"])
        identities = self.draft.base.identities
        self.con.execute(
            f"CREATE TABLE {IDENTITIES} AS SELECT unnest(?) AS gone, unnest(?) AS kept",
            [list(identities), list(identities.values())],
        )
        self.con.execute(
            f"INSERT INTO {KNOWN_CUSTOMERS} SELECT gone FROM {IDENTITIES}"  # noqa: S608 - constants
        )

    def _fill_known_versions(self, spec: TableSpec) -> None:
        """Copy when the lake's rows were known, for tables that came with that."""
        self.con.execute(f"DROP TABLE IF EXISTS {KNOWN_VERSIONS}")
        version = self.draft.base.facts.get(spec.name)
        if version and any(part.known_at_given for part in version.parts):
            names = [*spec.key, KNOWN_AT]
            types = ", ".join(
                f"{name} {STORED[spec.by_name[name].kind]}" for name in spec.key
            )
            self.con.execute(
                f"CREATE TABLE {KNOWN_VERSIONS} ({types}, {KNOWN_AT} TIMESTAMP)"
            )
            self._copy_facts(spec.name, KNOWN_VERSIONS, names)

    def _copy_facts(self, table: str, into: str, names: Sequence[str]) -> None:
        with Session(self.lake, self.draft.base, memory=MEMORY) as session:
            if not session.has(table):
                return
            for batch in session.batches(session.facts(table).select(*names)):
                self.con.register("facts", batch)
                self.con.execute(f"INSERT INTO {into} SELECT * FROM facts")  # noqa: S608 - a constant
                self.con.unregister("facts")

    def _add_known_customers(self, files: list[str]) -> None:
        self.con.execute(
            f"INSERT INTO {KNOWN_CUSTOMERS} SELECT customer_id FROM read_parquet(?)"  # noqa: S608 - a constant
            f" ANTI JOIN {KNOWN_CUSTOMERS} USING (customer_id)",
            [files],
        )


def _summary(
    spec: TableSpec, settled: Settled, counts: Iterable[Upserted]
) -> TableSummary:
    counts = list(counts)
    return TableSummary(
        table=spec.name,
        rows_read=settled.rows_read,
        new=sum(each.new for each in counts),
        changed=sum(each.changed for each in counts),
        unchanged=sum(each.unchanged for each in counts),
        repeated=settled.repeated,
        quarantined=settled.quarantined,
        taken_in=settled.taken_in,
    )


def _mapping_of(path: Path, mapping: Path | None) -> LoadMapping | None:
    if mapping is None:
        beside = (path / name for name in MAPPING_FILES)
        mapping = next((each for each in beside if each.is_file()), None)
    if mapping is None:
        return None
    rules, issues = read_mapping(mapping)
    if rules is None:
        raise MappingInvalid(mapping, issues)
    return rules


def _silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""
