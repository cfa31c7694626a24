"""The SQL behind the tables that a session shows."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from banso.tables.registry import TABLES
from banso.tables.spec import Kind, TableSpec
from banso.warehouse.columns import (
    KEY_HASH,
    KNOWN_AT,
    LOADED_AT,
    MERGED_INTO,
    STORED,
    name_sql,
    names_sql,
    text_sql,
)
from banso.warehouse.manifest import Part, TableVersion
from banso.warehouse.scans import columns_of, files_sql, live_sql, superseded_sql

QUARANTINE: Mapping[str, str] = {
    "quarantine_id": "VARCHAR",
    "table": "VARCHAR",
    "source": "VARCHAR",
    "line": "BIGINT",
    "column": "VARCHAR",
    "value": "VARCHAR",
    "reason": "VARCHAR",
    "detail": "VARCHAR",
    "waiting_for": "VARCHAR",
    "raw": "VARCHAR",
    "seen_at": "TIMESTAMP",
}


def merged_sql(sql: str, spec: TableSpec | None, kinds: Mapping[str, Kind]) -> str:
    """Return the rows of `sql`, each under the customer that it was merged into.

    A customer that went into another one is left out. Where the customer is part of the
    key, a row that the customer has who stays wins over one of the same key.
    """
    if spec is None or not spec.has_customer or MERGED_INTO not in kinds:
        return sql
    if spec.name == "customers":
        return f"SELECT * FROM ({sql}) WHERE {MERGED_INTO} IS NULL"
    whose = f"coalesce({MERGED_INTO}, customer_id)"
    shown = f"SELECT * REPLACE ({whose} AS customer_id) FROM ({sql})"
    if "customer_id" not in spec.key:
        return shown
    keys = ", ".join(
        whose if key == "customer_id" else name_sql(key) for key in spec.key
    )
    order = f"{MERGED_INTO} IS NOT NULL, customer_id"
    return (
        f"SELECT * EXCLUDE (__place) REPLACE ({whose} AS customer_id) FROM (SELECT *,"
        f" row_number() OVER (PARTITION BY {keys} ORDER BY {order}) AS __place"
        f" FROM ({sql})) WHERE __place = 1"
    )


def kinds_of(version: TableVersion) -> Mapping[str, Kind]:
    """Return the columns of a table of facts: of the contract, then attributes."""
    spec = TABLES.get(version.name)
    contract = {c.name: c.kind for c in spec.columns} if spec else {}
    return {**contract, **version.columns}


def facts_sql(
    root: Path,
    parts: Sequence[Part],
    *,
    kinds: Mapping[str, Kind],
    merged: TableSpec | None = None,
) -> str:
    """Return the rows of `parts` that count, with the columns `kinds`.

    Of the table `merged`, each under the customer that it was merged into.
    """
    rows = live_sql(root, parts, columns_of(kinds)) or _empty(
        {**{name: STORED[kind] for name, kind in kinds.items()}, KNOWN_AT: "TIMESTAMP"}
    )
    return merged_sql(rows, merged, kinds)


def known_sql(root: Path, version: TableVersion, *, on: dt.date) -> str:
    """Return the rows as known at the end of the day `on` (UTC).

    A row that counts today wins over a superseded one with its key, and of several
    superseded ones the one that was known last.
    """
    kinds = kinds_of(version)
    rows = _known_sql(root, version.parts, kinds=kinds, on=on)
    return merged_sql(rows, TABLES.get(version.name), kinds)


def _known_sql(
    root: Path, parts: Sequence[Part], *, kinds: Mapping[str, Kind], on: dt.date
) -> str:
    after = f"TIMESTAMP {text_sql(str(on + dt.timedelta(days=1)))}"
    known = f"(p.{KNOWN_AT} IS NULL OR p.{KNOWN_AT} < {after})"
    columns = columns_of(kinds)
    live = live_sql(
        root,
        parts,
        lambda stored, numbers: (
            f"{columns(stored, numbers)}, p.{KEY_HASH}, {known} AS is_known"
        ),
    )
    past = superseded_sql(
        root,
        parts,
        lambda stored, numbers: (
            f"{columns(stored, numbers)}, p.{KEY_HASH}, p.{LOADED_AT},"
            f" {known} AND d.superseded_known_at >= {after} AS is_known"
        ),
    )
    names = names_sql([*kinds, KNOWN_AT])
    if not live and not past:
        return facts_sql(root, (), kinds=kinds)
    shown = f"SELECT {names} FROM ({live}) WHERE is_known" if live else ""
    if not past:
        return shown
    last = (
        f"SELECT * FROM ({past}) WHERE is_known QUALIFY row_number() OVER (PARTITION"
        f" BY {KEY_HASH} ORDER BY {KNOWN_AT} DESC NULLS LAST, {LOADED_AT} DESC) = 1"
    )
    if not live:
        return f"SELECT {names} FROM ({last})"
    return (
        f"{shown} UNION ALL SELECT {names} FROM ({last}) AS s ANTI JOIN"
        f" (SELECT {KEY_HASH} FROM ({live}) WHERE is_known) AS l"
        f" ON s.{KEY_HASH} = l.{KEY_HASH}"
    )


def quarantine_sql(root: Path, parts: Sequence[Part]) -> str:
    """Return the rows in quarantine."""
    if not parts:
        return _empty(QUARANTINE)
    return f"SELECT * FROM {files_sql(root, [part.path for part in parts])}"


def _empty(types: Mapping[str, str]) -> str:
    columns = ", ".join(
        f"CAST(NULL AS {stored}) AS {name_sql(name)}" for name, stored in types.items()
    )
    return f"SELECT {columns} LIMIT 0"
