"""One SELECT over the lake's tables, from somebody who may only look."""

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean
from banso.warehouse.columns import name_sql, text_sql
from banso.warehouse.engine import connect

# Everything that is not listed here is refused, so that a new version of DuckDB
# cannot open a door that nobody thought of.
_QUERIES = {
    "SELECT_NODE",
    "SET_OPERATION_NODE",
    "RECURSIVE_CTE_NODE",
    "CTE_NODE",
}
_SOURCES = {
    "BASE_TABLE",
    "COLUMN_DATA",
    "CTE",
    "DELIM_GET",
    "EMPTY",
    "EMPTY_FROM",
    "EXPRESSION_LIST",
    "JOIN",
    "PIVOT",
    "SHOW_REF",
    "SUBQUERY",
    "TABLE_FUNCTION",
}
_TABLE_FUNCTIONS = {"range", "generate_series", "unnest"}
_SHOWN = {'"tables"', "__show_tables_expanded"}
_REFUSED_FUNCTIONS = {
    "current_setting",
    "current_query",
    "getenv",
    "getvariable",
    "nextval",
    "pg_sleep",
    "setseed",
    "setval",
    "sleep_ms",
    "write_log",
}

Node = dict[str, Any]  # one object of DuckDB's syntax tree; never leaves this module


class ReadOnlyRefused(BansoError):
    """Refuse SQL that is not one query over the lake's tables."""

    code = "read_only_refused"


class BadQuery(BansoError):
    """Refuse a query that DuckDB cannot understand or carry out."""

    code = "bad_query"


class QueryTooLong(BansoError):
    """Refuse to work on a query any longer."""

    code = "query_too_long"


def closed_database(
    views: Mapping[str, str], *, files: Sequence[str], spill: Path, memory: str
) -> duckdb.DuckDBPyConnection:
    """Open a database that has `views` and can reach nothing but `files`.

    Parameters
    ----------
    views
        SQL by name, each after those that it uses.
    files
        The files that the views read, as they name them.
    spill, memory
        Where intermediate results go, and from which size on.

    """
    con = connect(spill=spill, memory=memory)
    for name, sql in views.items():
        con.execute(f"CREATE VIEW {name_sql(name)} AS {sql}")
    listed = ", ".join(text_sql(path) for path in files)
    con.execute(f"SET allowed_paths = [{listed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")
    return con


def refuse_all_but_reading(
    con: duckdb.DuckDBPyConnection, sql: str, *, tables: Collection[str]
) -> None:
    """Return when `sql` is one query over `tables`.

    Raises
    ------
    BadQuery
        It cannot be parsed.
    ReadOnlyRefused
        It is several statements, changes something, or names another source.

    """
    try:
        statements = con.extract_statements(sql)
    except duckdb.Error as error:
        raise bad_query(error) from error
    if len(statements) != 1:
        raise _refused(f"One query is allowed, not {len(statements)} statements.")
    (text,) = con.execute("SELECT json_serialize_sql(?)", [sql]).fetchall()[0]
    tree: Node = json.loads(text)
    if tree["error"] or statements[0].type is not duckdb.StatementType.SELECT:
        raise _refused("Only SELECT, WITH, DESCRIBE and SHOW TABLES are allowed.")
    nodes = list(_walk(tree))
    known = {name.lower() for name in tables} | set(_names_of_ctes(nodes))
    for node in nodes:
        _check_query(node)
        _check_source(node, known)


def rows_within(
    con: duckdb.DuckDBPyConnection, sql: str, *, seconds: float
) -> pa.RecordBatchReader:
    """Return the rows of a query that has some seconds from now, reading included.

    Raises
    ------
    QueryTooLong
        The time is up; also while the rows are read.

    """
    cursor = con.cursor()
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        cursor.interrupt()

    timer = threading.Timer(seconds, end)
    timer.daemon = True  # nobody waits for a limit that is not reached
    timer.start()
    try:
        reader = cursor.sql(sql).to_arrow_reader()
    except duckdb.Error as error:
        timer.cancel()
        if is_over.is_set():
            raise _too_long(seconds) from error
        raise

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from reader
        except OSError as error:  # pyarrow's word for whatever DuckDB raises
            if is_over.is_set():
                raise _too_long(seconds) from error
            raise
        finally:
            timer.cancel()

    return pa.RecordBatchReader.from_batches(reader.schema, batches())


def _too_long(seconds: float) -> QueryTooLong:
    return QueryTooLong(
        f"The query was stopped after {seconds:g} seconds.",
        hint="Ask for less, or allow more time.",
        seconds=seconds,
    )


def bad_query(error: duckdb.Error) -> BadQuery:
    """Return the refusal that says what DuckDB did not understand."""
    return BadQuery(str(error).strip(), reason=str(error).strip())


def _refused(message: str) -> ReadOnlyRefused:
    return ReadOnlyRefused(
        message, hint="Query the tables that SHOW TABLES lists.", reason=message
    )


def _walk(value: object) -> Iterator[Node]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner)


def _names_of_ctes(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        for entry in (node.get("cte_map") or {}).get("map", ()):
            yield entry["key"].lower()


def _check_query(node: Node) -> None:
    kind = str(node.get("type", ""))
    if kind.endswith("_NODE") and kind not in _QUERIES:
        raise _refused("Only reading is allowed.")
    if node.get("class") == "FUNCTION":
        name = str(node["function_name"]).lower()
        if name in _REFUSED_FUNCTIONS:
            raise _refused(f"The function {name} is not allowed.")


def _check_source(node: Node, known: Collection[str]) -> None:
    kind = node.get("type")
    if "sample" not in node or "select_list" in node:  # only sources have one
        return
    if kind not in _SOURCES:
        raise _refused("This kind of source is not allowed.")
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in _TABLE_FUNCTIONS:
            raise _refused(f"The table function {name} is not allowed.")
    if kind == "BASE_TABLE" or (kind == "SHOW_REF" and not node.get("query")):
        _check_name(node, known)


def _check_name(node: Node, known: Collection[str]) -> None:
    name = str(node["table_name"])
    if node["type"] == "SHOW_REF" and name in _SHOWN:
        return
    path = node["qualified_name"]["path"]
    if name.lower() not in known or path not in ([name], ["main", name]):
        shown = ".".join(path)
        raise _refused(f"There is no table '{shown}'. {did_you_mean(name, known)}")
