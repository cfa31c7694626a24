"""DuckDB as the lake uses it: bounded, in UTC, and without reaching out by itself."""

from pathlib import Path

import duckdb

MEMORY = "3GB"  # unless the caller says otherwise
ROW_GROUP = 122_880  # rows; small enough to skip by customer, DuckDB's own vector unit


def connect(
    *, spill: Path, memory: str = MEMORY, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """Open an empty database in memory that spills into the folder `spill`."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": False,
        "python_enable_replacements": False,
    }
    if threads is not None:
        config["threads"] = threads
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = false")
    return con


def one_row(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[object, ...]:
    """Return the only row that `sql` gives."""
    rows = con.execute(sql).fetchall()
    assert len(rows) == 1, sql
    return tuple(rows[0])
