"""What only all rows of a table together can tell: customers, keys, versions."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by quoting.py.
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from banso.connectors.checks import identity, quoted_fields
from banso.connectors.conforming import FAULTS, Conformer
from banso.connectors.layout import KNOWN_AT, MERGED_INTO
from banso.connectors.quoting import joined, name_sql, text_sql
from banso.connectors.values import canonical_text, read_value
from banso.tables.spec import Kind

KNOWN_CUSTOMERS = "known_customers"  # a table of one column, customer_id
IDENTITIES = "identities"  # a table of customers that are another: gone, kept
KNOWN_VERSIONS = "known_versions"  # a table of the key and known_at, of the lake


@dataclass(frozen=True)
class Settled:
    """The rows of one table, ready for the lake, and those that are not."""

    versions: tuple[Path, ...]  # good rows; keys unique in each file; oldest first
    faults: Path | None  # rows as `FAULTS` says
    rows_read: int  # of files
    good: int  # rows of files that are good, each version counted
    repeated: int  # rows of files that say what another says, or what was known before
    quarantined: int  # rows of files with at least one fault
    waiting: int  # rows that came out of the quarantine
    taken_in: int  # of those, now good


def settle(conformer: Conformer, *, known: Mapping[str, Kind]) -> Settled:
    """Return what the chunks that `conformer` took amount to.

    Of the rows with one key the first stays; later ones that say the same are repeats,
    others are faults. Rows with different ``known_at`` are versions of one row.

    Parameters
    ----------
    conformer
        After its last chunk; its connection has the tables `KNOWN_CUSTOMERS` and, when
        the lake has versions of the table's rows, `KNOWN_VERSIONS`.
    known
        The kinds of the columns that the lake keeps for the table.

    """
    return _Settling(conformer, known).result()


class _Settling:
    def __init__(self, conformer: Conformer, known: Mapping[str, Kind]) -> None:
        self._conformer = conformer
        self._con = conformer.con
        self._spec = conformer.spec
        self._folder = conformer.folder
        self._attributes = conformer.attributes.settled(known)
        self._has_rows = any((self._folder / "good").iterdir())

    def result(self) -> Settled:
        versions: tuple[Path, ...] = ()
        good = taken_in = repeated = 0
        if self._has_rows:
            self._view_rows()
            self._drop_unknown_customers()
            repeated = self._drop_repeated_keys() + self._drop_older()
            versions = self._write_versions()
            good = self._count("kept", "NOT _waiting")
            taken_in = self._count("kept", "_waiting")
        faults = self._gather_faults()
        quarantined = self._count_rows(faults)
        repeated += self._count_rows(self._all_faults()) - quarantined
        return Settled(
            versions=versions,
            faults=faults,
            rows_read=self._conformer.rows_read,
            good=good,
            repeated=repeated,
            quarantined=quarantined,
            waiting=self._conformer.rows_waiting,
            taken_in=taken_in,
        )

    def _view_rows(self) -> None:
        """Make the view ``rows``, with contract columns that some chunks lack."""
        files = text_sql(str(self._folder / "good" / "*.parquet"))
        scan = f"read_parquet({files}, union_by_name = true)"
        found = self._con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
        names = {str(name) for name, *_ in found}
        self._columns = [c.name for c in self._spec.columns if c.name in names]
        self._known_at = KNOWN_AT in names
        if self._has_identities():
            scan = self._identified(scan, names)
        kept = [*self._columns, *self._attributes]
        if self._known_at:
            kept.append(KNOWN_AT)
        places = "_row, _line, _source, _waiting"
        self._run(
            f"CREATE OR REPLACE TEMP VIEW rows AS"
            f" SELECT {places}, {joined(name_sql(n) for n in kept)} FROM {scan};"
            f" CREATE OR REPLACE TEMP TABLE dropped (_row BIGINT);"
            f" CREATE OR REPLACE TEMP VIEW kept AS"
            f" SELECT * FROM rows ANTI JOIN dropped USING (_row)"
        )

    def _has_identities(self) -> bool:
        tables = self._con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        has = self._spec.has_customer and (IDENTITIES,) in tables
        return has and self._count(IDENTITIES, "true") > 0

    def _identified(self, scan: str, names: set[str]) -> str:
        """Return the rows with whose customer they are, where that is another."""
        self._attributes = {**self._attributes, MERGED_INTO: Kind.TEXT}
        own = f"EXCLUDE ({MERGED_INTO})" if MERGED_INTO in names else ""
        return (
            f"(SELECT s.* {own}, i.kept AS {MERGED_INTO} FROM {scan} AS s"
            f" LEFT JOIN {IDENTITIES} AS i ON s.customer_id = i.gone)"
        )

    def _drop_unknown_customers(self) -> None:
        column = next(
            (c.name for c in self._spec.columns if c.references == "customers"), None
        )
        if column is None or column not in self._columns:
            return
        customer = name_sql(column)
        detail = (
            f"{text_sql('Customer ')} || '''' || {customer} || ''''"
            " || ' is not known yet. The row waits, and is taken in when a load brings"
            " the customer.'"
        )
        self._drop(
            f"SELECT * FROM rows ANTI JOIN {KNOWN_CUSTOMERS} AS k"
            f" ON rows.{customer} = k.customer_id"
            f" WHERE {customer} IS NOT NULL AND {customer} <> ''",
            reason="unknown_customer",
            column=column,
            detail=detail,
            waiting_for=customer,
        )

    def _drop_repeated_keys(self) -> int:
        """Keep the first row of each key; return how many rows said the same again."""
        key = [*self._spec.key, *([KNOWN_AT] if self._known_at else [])]
        keys = joined(name_sql(name) for name in key)
        content = joined(
            f"{text_sql(name)}: {name_sql(name)}"
            for name in [*self._columns, *self._attributes]
        )
        # Hashes are small; only rows whose hash comes twice are looked at in full.
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE doubled AS
            SELECT hash({keys}) AS h FROM kept GROUP BY h HAVING count(*) > 1
            """
        )
        if not self._count("doubled", "true"):
            return 0
        order = f"PARTITION BY {keys} ORDER BY _waiting, _row"
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE judged AS
            SELECT *, row_number() OVER same_key AS _place,
                first_value(_line) OVER same_key AS _first_line,
                first_value(_source) OVER same_key AS _first_source,
                _content = first_value(_content) OVER same_key AS _same
            FROM (
                SELECT *, CAST({{{content}}} AS VARCHAR) AS _content FROM kept
                SEMI JOIN doubled ON doubled.h = hash({keys})
            ) WINDOW same_key AS ({order})
            """
        )
        named = " || ', ' || ".join(
            f"{text_sql(f'{name} = ')} || {canonical_text(name, self._kind(name))}"
            for name in self._spec.key
        )
        self._drop(
            "SELECT * FROM judged WHERE _place > 1 AND NOT _same AND NOT _waiting",
            reason="duplicate_key",
            column=self._spec.key[0],
            detail=f"'The key ' || {named} || ' is on line ' || _first_line || ' of '"
            " || _first_source || ' too, with other content. That row stays.'",
            waiting_for="CAST(NULL AS VARCHAR)",
        )
        self._run(
            "INSERT INTO dropped SELECT _row FROM judged"
            " WHERE _place > 1 AND (_same OR _waiting)"
        )
        return self._count("judged", "_place > 1 AND _same AND NOT _waiting")

    def _drop_older(self) -> int:
        """Drop versions older than what the lake has; return how many."""
        tables = self._con.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        if not self._known_at or (KNOWN_VERSIONS,) not in tables:
            return 0
        keys = joined(name_sql(name) for name in self._spec.key)
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE older AS
            SELECT _row, _waiting FROM kept JOIN {KNOWN_VERSIONS} AS n USING ({keys})
            WHERE kept.{KNOWN_AT} < n.{KNOWN_AT};
            INSERT INTO dropped SELECT _row FROM older
            """
        )
        return self._count("older", "NOT _waiting")

    def _drop(
        self, rows: str, *, reason: str, column: str, detail: str, waiting_for: str
    ) -> None:
        """Drop the rows of a query and write them down as faults."""
        texts = {
            name: canonical_text(name, self._kind(name))
            for name in [*self._columns, *self._attributes]
        }
        if self._known_at:
            texts[KNOWN_AT] = canonical_text(KNOWN_AT, Kind.TIME)
        table = self._spec.name
        self._run(f"CREATE OR REPLACE TEMP TABLE faulty AS {rows}")
        if not self._count("faulty", "true"):
            return
        path = self._folder / "faults" / f"{reason}.parquet"
        self._run(
            f"""
            INSERT INTO dropped SELECT _row FROM faulty;
            COPY (
                SELECT {identity(table, "raw", text_sql(reason), text_sql(column))}
                        AS quarantine_id,
                    {text_sql(table)} AS "table", _source AS source, _line AS line,
                    {text_sql(column)} AS "column",
                    {canonical_text(column, self._kind(column))} AS value,
                    {text_sql(reason)} AS reason, {detail} AS detail,
                    {waiting_for} AS waiting_for, raw, _row AS row,
                    _waiting AS waiting
                FROM (SELECT *, {quoted_fields(texts)} AS raw FROM faulty)
            ) TO {text_sql(str(path))} (FORMAT parquet, COMPRESSION lz4)
            """
        )

    def _write_versions(self) -> tuple[Path, ...]:
        """Write the good rows, the oldest version of each key first."""
        if not self._known_at:
            path = self._folder / "version-1.parquet"
            self._copy("SELECT * FROM kept", path)
            return (path,) if self._count("kept", "true") else ()
        keys = joined(name_sql(name) for name in self._spec.key)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE ranked AS SELECT _row, row_number() OVER"
            f" (PARTITION BY {keys} ORDER BY {KNOWN_AT} NULLS FIRST) AS _version"
            " FROM kept"
        )
        (newest,) = self._con.execute("SELECT max(_version) FROM ranked").fetchall()[0]
        paths = []
        for version in range(1, (newest or 0) + 1):
            paths.append(self._folder / f"version-{version}.parquet")
            self._copy(
                "SELECT * FROM kept SEMI JOIN"
                f" (SELECT _row FROM ranked WHERE _version = {version}) USING (_row)",
                paths[-1],
            )
        return tuple(paths)

    def _copy(self, rows: str, path: Path) -> None:
        values = [name_sql(name) for name in self._columns]
        values += [
            f"{read_value(name_sql(name), kind)} AS {name_sql(name)}"
            for name, kind in self._attributes.items()
        ]
        if self._known_at:
            values.append(KNOWN_AT)
        self._run(
            f"COPY (SELECT {joined(values)} FROM ({rows}))"
            f" TO {text_sql(str(path))} (FORMAT parquet, COMPRESSION lz4)"
        )

    def _gather_faults(self) -> Path | None:
        """Write all faults into one file, each only once."""
        every = self._all_faults()
        if every is None:
            return None
        path = self._folder / "faults.parquet"
        names = joined(f'"{name}"' for name in FAULTS.names)
        self._run(
            f"""
            COPY (
                SELECT {names} FROM read_parquet({text_sql(str(every))})
                QUALIFY row_number() OVER
                    (PARTITION BY quarantine_id ORDER BY waiting DESC, row) = 1
            ) TO {text_sql(str(path))} (FORMAT parquet, COMPRESSION lz4)
            """
        )
        return path

    def _all_faults(self) -> Path | None:
        folder = self._folder / "faults"
        return folder / "*.parquet" if any(folder.iterdir()) else None

    def _count_rows(self, faults: Path | None) -> int:
        """Return how many rows of files have a fault."""
        if faults is None:
            return 0
        (rows,) = self._con.execute(
            "SELECT count(DISTINCT row) FROM"
            f" read_parquet({text_sql(str(faults))}) WHERE NOT waiting"
        ).fetchall()[0]
        return int(rows)

    def _kind(self, name: str) -> Kind:
        return (
            self._spec.by_name[name].kind if name in self._spec.by_name else Kind.TEXT
        )

    def _count(self, table: str, condition: str) -> int:
        (rows,) = self._con.execute(
            f"SELECT count(*) FROM {table} WHERE {condition}"
        ).fetchall()[0]
        return int(rows)

    def _run(self, sql: str) -> None:
        self._con.execute(sql)
