"""Taking rows out of a table: those that whoever keeps them no longer has."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
from dataclasses import replace
from pathlib import Path

from banso.tables.spec import TableSpec
from banso.warehouse.bench import Bench
from banso.warehouse.columns import KNOWN_AT, name_sql, text_sql
from banso.warehouse.engine import one_row
from banso.warehouse.manifest import TableVersion
from banso.warehouse.scans import columns_of, files_sql, live_sql, place
from banso.warehouse.upsert import supersede

_LAST = "\U0010ffff"  # no character sorts after it


def withdraw(
    bench: Bench,
    table: TableVersion,
    *,
    spec: TableSpec,
    prefix: str,
    kept: Path,
    loaded_at: str,
) -> tuple[TableVersion, int]:
    """Return `table` without the rows of a prefix that are not in the file `kept`.

    Parameters
    ----------
    bench, loaded_at
        Of the writer.
    table, spec
        The table and its declaration.
    prefix
        What the first part of the key begins with.
    kept
        A Parquet file with the key columns of the rows that stay.

    Returns
    -------
    TableVersion, int
        The table itself when nothing goes, and how many rows go. Time travel does not
        meet a row that was withdrawn.

    """
    first = name_sql(spec.key[0])
    within = f"{first} >= {text_sql(prefix)} AND {first} < {text_sql(prefix + _LAST)}"
    return _withdraw(
        bench, table, spec, f"WHERE {within}", "ANTI", kept, loaded_at=loaded_at
    )


def withdraw_rows(
    bench: Bench, table: TableVersion, *, spec: TableSpec, gone: Path, loaded_at: str
) -> tuple[TableVersion, int]:
    """Return `table` without the rows whose keys the Parquet file `gone` lists.

    As `withdraw` otherwise.
    """
    return _withdraw(bench, table, spec, "", "SEMI", gone, loaded_at=loaded_at)


def _withdraw(  # noqa: PLR0913  both kinds of withdrawing share it
    bench: Bench,
    table: TableVersion,
    spec: TableSpec,
    where: str,
    join: str,
    listed: Path,
    *,
    loaded_at: str,
) -> tuple[TableVersion, int]:
    keys = {name: spec.by_name[name].kind for name in spec.key}
    key_columns = columns_of(keys)
    live = live_sql(
        bench.root,
        table.parts,
        lambda columns, numbers: f"{key_columns(columns, numbers)}, {place(numbers)}",
    )
    if not live:
        return table, 0
    same = " AND ".join(f"l.{name_sql(key)} = k.{name_sql(key)}" for key in keys)
    bench.con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE superseded AS
        SELECT part_no, row_no, CAST(NULL AS TIMESTAMP) AS {KNOWN_AT}
        FROM (SELECT * FROM ({live}) {where}) AS l
        {join} JOIN {files_sql(listed.parent, [listed.name])} AS k ON {same}
        """
    )
    (rows,) = one_row(bench.con, "SELECT count(*) FROM superseded")
    assert isinstance(rows, int)
    if not rows:
        return table, 0
    parts = supersede(bench, table, spec=spec, loaded_at=loaded_at)
    return replace(table, parts=parts), rows
