"""Rows that a load brings of persons who were erased: they come in unnamed."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by quoting.py.
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from banso.connectors.checks import identity
from banso.connectors.quoting import joined, name_sql, text_sql
from banso.connectors.settling import Settled
from banso.kernel.masking import EMAIL, Mask
from banso.kernel.remarks import Remark
from banso.runs.erasures import PSEUDONYM, mask_of
from banso.runs.masked_rows import CONTACT, Row, RowMask, Sought
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.tables.spec import TableSpec, is_contact_column
from banso.warehouse.lake import Lake
from banso.warehouse.manifest import Manifest
from banso.warehouse.session import Session

ERASED: Final = "erased_person"  # the reason in the quarantine
_MEMORY: Final = "512MB"
_ROW_NO: Final = "__row_no"
_DETAIL: Final = (
    "The person was erased. Erase it at the source too, or take it back with"
    " `banso person readmit`."
)


# Gives rows of a table of the lake that an erasure left: key and contact columns.
Left = Callable[[TableSpec], pa.Table]


@dataclass(frozen=True)
class Sifted:
    """What a load brings to one table, without what names anybody erased."""

    settled: Settled
    rows: int = 0  # that were changed or left out
    notes: tuple[Remark, ...] = ()


def without_erased(
    con: duckdb.DuckDBPyConnection,
    project: Project,
    manifest: Manifest,
    spec: TableSpec,
    settled: Settled,
) -> Sifted:
    """Return what a load brings to a table, without what names anybody erased.

    `con` is the connection of the load, just after `settle`; `manifest` what it began
    from.
    """
    mask = mask_of(project)
    first = next(iter((*settled.versions, settled.faults)), None)
    if mask is None or first is None:
        return Sifted(settled)

    def left(of: TableSpec) -> pa.Table:
        return _left_by_erasures(lake_of(project), manifest, of)

    sifted = Sieve(con, mask, first.parent, left).sifted(spec, settled)
    if not sifted.rows:
        return sifted
    note = Remark(
        "rows_of_erased",
        f"{spec.name}: {sifted.rows:,} rows are about persons who were erased. What"
        " says who they are was left out.",
        {"table": spec.name, "rows": sifted.rows},
    )
    return replace(sifted, notes=(note,))


@dataclass(frozen=True)
class Sieve:
    """Looks through what a load brings to one table."""

    con: duckdb.DuckDBPyConnection  # of the load
    mask: Mask  # knows everybody who was erased
    folder: Path  # where the files of the load lie
    left: Left

    def sifted(self, spec: TableSpec, settled: Settled) -> Sifted:
        """Return what may be loaded.

        A contact who was erased goes into quarantine, without what the row says. Of
        other rows the person's ID and words are left out. A row that is in the lake
        keeps the ID that the erasure gave it, so that it goes on as it was.
        """
        versions: list[Path] = []
        rows = 0
        for path in settled.versions:
            target, changed = self._unnamed_file(path, spec)
            rows += changed
            if target is not None:
                versions.append(target)
        left_out = self._left_out() if spec.name == "contacts" and rows else None
        faults, hidden = self._faults(spec, settled.faults, left_out)
        after = replace(
            settled,
            versions=tuple(versions),
            faults=faults,
            quarantined=settled.quarantined + (left_out[1] if left_out else 0),
        )
        return Sifted(after, rows + hidden)

    def _unnamed_file(self, path: Path, spec: TableSpec) -> tuple[Path | None, int]:
        """Return the file to load instead, if a row is left, and how many changed."""
        scan = f"read_parquet({text_sql(str(path))})"
        described = self.con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        types = {str(name): str(kind) for name, kind, *_ in described}
        sought = self._sought(scan, types)
        condition = sought.condition(types)
        if condition is None:
            return path, 0
        rows = self.con.sql(
            f"SELECT p.*, CAST(p.file_row_number AS BIGINT) AS {_ROW_NO}"
            f" FROM {scan} AS p WHERE {condition} ORDER BY {_ROW_NO}"
        ).to_arrow_table()
        before = rows.to_pylist()
        masked = RowMask(self.mask, sought, {}).changed(rows, spec).to_pylist()
        after = [
            self._to_load(row, unnamed, spec)
            for row, unnamed in zip(before, masked, strict=True)
        ]
        places = [n for n, row in enumerate(before) if repr(row) != repr(after[n])]
        if not places:
            return path, 0
        new = [row for n in places if (row := after[n]) is not None]
        left = list(self._as_left(spec, new, rows))
        again = pa.Table.from_pylist(left, rows.schema)
        return self._written(path, scan, rows.take(pa.array(places)), again), len(
            places
        )

    def _to_load(self, row: Row, unnamed: Row, spec: TableSpec) -> Row | None:
        if spec.name != "contacts":
            return unnamed
        is_theirs = self.mask.is_contact(row[CONTACT]) or self.mask.is_email(
            row.get("email")
        )
        return None if is_theirs else unnamed

    def _as_left(
        self, spec: TableSpec, rows: list[Row], given: pa.Table
    ) -> Iterator[Row]:
        """Yield rows with the IDs that an erasure left in the lake in their place."""
        columns = [name for name in given.column_names if is_contact_column(name)]
        if spec.name == "contacts" or not columns:
            yield from rows
            return
        known = {
            tuple(row[key] for key in spec.key): row
            for row in self.left(spec).to_pylist()
        }
        for row in rows:
            there = known.get(tuple(row.get(key) for key in spec.key), {})
            kept = {
                name: there[name]
                for name in columns
                if row[name] is None and str(there.get(name)).startswith(PSEUDONYM)
            }
            yield row | kept

    def _sought(self, scan: str, types: dict[str, str]) -> Sought:
        """Return which of the file's IDs and e-mails are of somebody erased."""
        mask = self.mask
        contacts = {
            value
            for name in types
            if is_contact_column(name)
            for value in self._distinct(scan, f"p.{name_sql(name)}")
            if mask.is_contact(value)
        }
        customers = {
            value
            for name in ("customer_id", "merged_into")
            if name in types
            for value in self._distinct(scan, f"p.{name_sql(name)}")
            if mask.is_customer(value)
        }
        texts = [name_sql(name) for name, kind in types.items() if kind == "VARCHAR"]
        emails: set[str] = set()
        if texts:
            text = f"concat_ws(chr(31), {joined(f'p.{name}' for name in texts)})"
            each = f"unnest(regexp_extract_all({text}, {text_sql(EMAIL)}))"
            found = self._distinct(scan, each, where=f"contains({text}, '@')")
            emails = {e.lower() for e in found if mask.text(e, customer_id=None) != e}
        return Sought(sorted(contacts), sorted(emails), sorted(customers))

    def _distinct(self, scan: str, value: str, *, where: str = "true") -> Iterator[str]:
        rows = self.con.execute(
            f"SELECT DISTINCT {value} AS v FROM {scan} AS p WHERE {where}"
        ).fetchall()
        return (str(value) for (value,) in rows if value is not None)

    def _written(
        self, path: Path, scan: str, replaced: pa.Table, again: pa.Table
    ) -> Path | None:
        """Write a file anew: the rows that stay as they are, then the others."""
        self.con.register("replaced", replaced.select([_ROW_NO]))
        self.con.register("again", again.drop_columns([_ROW_NO]))
        target = path.with_name(f"{path.stem}-unnamed.parquet")
        self.con.execute(
            f"COPY (SELECT p.* FROM {scan} AS p ANTI JOIN replaced AS r"
            f" ON p.file_row_number = r.{_ROW_NO}"
            f" UNION ALL SELECT * FROM again) TO {text_sql(str(target))}"
            " (FORMAT parquet, COMPRESSION lz4)"
        )
        self.con.unregister("replaced")
        self.con.unregister("again")
        return target if pq.read_metadata(target).num_rows else None

    def _left_out(self) -> tuple[str, int]:
        """Return SQL for faults of contacts that were left out, and how many rows."""
        rows = self.con.sql(
            "SELECT _source AS source, _line AS line, _row AS row, _waiting AS waiting,"
            f" {name_sql(CONTACT)} AS c, {self._email_sql()} AS e FROM kept"
        ).to_arrow_table()
        gone = [
            self.mask.is_contact(row["c"]) or self.mask.is_email(row["e"])
            for row in rows.to_pylist()
        ]
        unnamed = rows.filter(pa.array(gone)).drop_columns(["c", "e"])
        self.con.register("unnamed", unnamed)
        return self._unnamed("unnamed", "contacts"), sum(gone)

    def _email_sql(self) -> str:
        named = self.con.execute("DESCRIBE SELECT * FROM kept").fetchall()
        return "email" if any(row[0] == "email" for row in named) else "NULL"

    def _unnamed(self, rows: str, table: str) -> str:
        place = "concat_ws(':', source, line)"
        reason, column = text_sql(ERASED), text_sql(CONTACT)
        return (
            f"SELECT {identity(table, place, reason, column)} AS quarantine_id,"
            f' {text_sql(table)} AS "table", source, line, {column} AS "column",'
            f" '' AS value, {reason} AS reason, {text_sql(_DETAIL)} AS detail,"
            " CAST(NULL AS VARCHAR) AS waiting_for, '{}' AS raw, row, waiting"
            f" FROM {rows}"
        )

    def _faults(
        self, spec: TableSpec, faults: Path | None, left_out: tuple[str, int] | None
    ) -> tuple[Path | None, int]:
        """Return the faults without what they say of who was erased."""
        selects: Sequence[str] = [left_out[0]] if left_out else []
        hidden = 0
        if faults is not None:
            scan = f"read_parquet({text_sql(str(faults))})"
            rows = self.con.sql(f"SELECT * FROM {scan}").to_arrow_table()
            masking = RowMask(self.mask, Sought(), {})
            given = rows.to_pylist()
            found = [masking.finding(row) for row in given]
            hidden = sum(one != other for one, other in zip(given, found, strict=True))
            if not hidden and not selects:
                return faults, 0
            stay = [row for row in found if row is not None]
            hide = [
                one for one, other in zip(given, found, strict=True) if other is None
            ]
            self.con.register("stay", pa.Table.from_pylist(stay, rows.schema))
            self.con.register("hide", pa.Table.from_pylist(hide, rows.schema))
            selects = ["SELECT * FROM stay", self._unnamed("hide", spec.name), *selects]
        if not selects:
            return None, 0
        target = self.folder / "faults.parquet"
        beside = target.with_suffix(".new")
        self.con.execute(
            f"COPY (SELECT * FROM ({joined(selects, by=' UNION ALL BY NAME ')})"
            " QUALIFY row_number() OVER (PARTITION BY quarantine_id ORDER BY row) = 1)"
            f" TO {text_sql(str(beside))} (FORMAT parquet, COMPRESSION lz4)"
        )
        beside.replace(target)
        return target, hidden


def _left_by_erasures(lake: Lake, manifest: Manifest, spec: TableSpec) -> pa.Table:
    """Return key and contacts of the lake's rows that have an ID of an erasure."""
    with Session(lake, manifest, memory=_MEMORY) as session:
        rows = session.facts_as_given(spec.name)
        named = [name for name in rows.columns if is_contact_column(name)]
        is_left = ibis.or_(*(rows[name].startswith(PSEUDONYM) for name in named))
        wanted = dict.fromkeys((*spec.key, *named))
        return session.to_arrow(rows.filter(is_left).select(*wanted))
