"""Queries that are built once: their SQL is kept for whoever asks the same again."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datashape as ds
import ibis.expr.datatypes as idt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler
from ibis.backends.sql.datatypes import DuckDBType
from pydantic import BaseModel
from sqlglot._version import __version__ as sqlglot_version

import banso
from banso.kernel.digests import digest_of_bytes, digest_of_value
from banso.warehouse.columns import names_sql, text_sql
from banso.warehouse.durable import write_durably

FOLDER = Path("derived") / "queries"
# What the SQL of a query can depend on: the layers that build and compile it.
_LAYERS = ("kernel", "tables", "definitions", "analytics", "warehouse", "runs")

Build = Callable[..., ir.Table]

# What this process built or read, by key: that says everything a query depends on, so
# it serves other lakes as well. The oldest goes first.
REMEMBERED: dict[str, "Query"] = {}
_MOST_REMEMBERED = 500


@dataclass(frozen=True)
class Query:
    """The SQL of a query, and the DuckDB type of each column as Ibis says it."""

    sql: str
    types: Mapping[str, str]


class Given(ops.Value):  # type: ignore[misc]  # Ibis has no types
    """A number, date or text that the SQL knows by its name; see `Session.scalar`."""

    name: str
    dtype: idt.DataType
    shape = ds.scalar


class Compiler(DuckDBCompiler):  # type: ignore[misc]  # likewise
    """Ibis's own, which also knows scalars by name: a macro without parameters."""

    def visit_Given(  # noqa: N802 - Ibis finds it by the name of the operation
        self,
        op: Given,  # noqa: ARG002 - given by Ibis
        *,
        name: str,
        dtype: idt.DataType,  # noqa: ARG002 - likewise
    ) -> sge.Expression:
        """Return the call of the macro, which DuckDB replaces by its value."""
        return sge.Anonymous(this=sg.to_identifier(name, quoted=True), expressions=[])


# The one home of all tables that have a name in a session's database: expressions over
# equal names and columns are equal in all sessions, and hold no connection.
# DuckDB merges selects by itself and no slower. That Ibis did it first took a fifth of
# the seconds of a small company's first run.
ibis.options.sql.fuse_selects = False
_NOWHERE = Backend()
_NOWHERE.compiler = Compiler()


def named_table(name: str, schema: ibis.Schema) -> ir.Table:
    """Return the table that a session's database knows by a name."""
    return ops.DatabaseTable(name, schema, _NOWHERE, ops.Namespace()).to_expr()


def sql_of(table: ir.Table) -> str:
    """Return the SQL of an expression; what this process compiled lately is reused."""
    operation = table.op()
    if operation.find(ops.InMemoryTable):
        return str(_NOWHERE.compile(table))  # its rows are not to be kept
    return _compiled(operation)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _compiled(operation: ops.Node) -> str:
    return str(_NOWHERE.compile(operation.to_expr()))


def key_of(build: Build, arguments: Sequence[object]) -> str:
    """Return the digest of all that the SQL of ``build(*arguments)`` depends on.

    Parameters
    ----------
    build
        A function of a module, so that it knows nothing but its arguments.
    arguments
        Values, definitions, dataclasses of these, tables and scalars that have a name
        in the database. Of a table its name and columns count: not its rows.

    """
    assert "<" not in build.__qualname__, "a function of a module"
    return digest_of_value(
        [
            _program(),
            build.__module__,
            build.__qualname__,
            [_described(argument) for argument in arguments],
        ]
    )


def find_query(lake: Path, key: str) -> Query | None:
    """Return the query that is kept in a lake; None when it is not, or was changed."""
    try:
        content = (lake / FOLDER / f"{key}.json").read_bytes()
    except FileNotFoundError:
        return None
    digest, _, kept = content.partition(b"\n")
    if digest_of_bytes(kept) != digest.decode(errors="replace"):
        return None
    return Query(**json.loads(kept))


def keep_query(lake: Path, key: str, query: Query) -> None:
    """Keep a query; the file may be deleted at any time."""
    kept = json.dumps({"sql": query.sql, "types": dict(query.types)}).encode()
    content = digest_of_bytes(kept).encode() + b"\n" + kept
    write_durably(lake / FOLDER / f"{key}.json", content)


def known_query(lake: Path, key: str) -> Query | None:
    """Return the query that this process or a lake knows; the lake then keeps it."""
    query = REMEMBERED.get(key)
    if query is None:
        return find_query(lake, key)
    if not (lake / FOLDER / f"{key}.json").exists():
        keep_query(lake, key, query)
    return query


def remember_query(key: str, query: Query) -> Query:
    """Return a query that this process will not have to read or build again."""
    while len(REMEMBERED) >= _MOST_REMEMBERED:
        REMEMBERED.pop(next(iter(REMEMBERED)), None)
    REMEMBERED[key] = query
    return query


def types_of(rows: ir.Table) -> Mapping[str, str]:
    """Return the DuckDB type of each column, as Ibis says it."""
    return {name: DuckDBType.to_string(dtype) for name, dtype in rows.schema().items()}


def rows_sql(rows: Sequence[Sequence[object]], types: Mapping[str, str]) -> str:
    """Return SQL that gives a few rows, at least one, with types as Ibis calls them."""
    values = ", ".join(
        "("
        + ", ".join(
            value_sql(value, dtype)
            for value, dtype in zip(row, types.values(), strict=True)
        )
        + ")"
        for row in rows
    )
    return f"SELECT * FROM (VALUES {values}) AS t ({names_sql(list(types))})"


def value_sql(value: object, dtype: str) -> str:
    """Return a whole number, a date, a text or null as SQL of that type."""
    text = "NULL" if value is None else text_sql(str(value))
    return f"CAST({text} AS {DuckDBType.to_string(ibis.dtype(dtype))})"


@cache
def _program() -> str:
    """Return a digest of the code and the libraries that make SQL."""
    (root,) = banso.__path__
    sources = sorted(
        path for layer in _LAYERS for path in (Path(root) / layer).rglob("*.py")
    )
    code = [
        [path.relative_to(root).as_posix(), digest_of_bytes(path.read_bytes())]
        for path in sources
    ]
    return digest_of_value(
        [code, ibis.__version__, sqlglot_version, duckdb.__version__]
    )


def _described(value: object) -> object:
    """Return an argument as JSON: what makes other SQL is described otherwise."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case dt.date():
            return ["date", value.isoformat()]
        case BaseModel():
            return [type(value).__qualname__, value.model_dump_json()]
        case ir.Expr():
            return _named(value)
        case Mapping():
            return ["map", [[k, _described(each)] for k, each in value.items()]]
        case Set():
            return ["set", sorted(json.dumps(_described(each)) for each in value)]
        case Sequence():
            return [_described(each) for each in value]
    return _of_dataclass(value)


def _of_dataclass(value: object) -> object:
    if not is_dataclass(value):
        raise TypeError(f"A query cannot be asked by {type(value).__name__}.")
    parts = {each.name: _described(getattr(value, each.name)) for each in fields(value)}
    return [type(value).__qualname__, parts]


def _named(value: ir.Expr) -> object:
    op: Any = value.op()
    match op:
        case ops.DatabaseTable():
            columns = [[name, str(dtype)] for name, dtype in op.schema.items()]
            return ["table", op.name, columns]
        case Given():
            return ["scalar", op.name, str(op.dtype)]
    raise TypeError("A query that is kept is asked of tables and scalars with a name.")
