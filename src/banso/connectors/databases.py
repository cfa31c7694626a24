"""Databases as sources, through Ibis: one way for all that it speaks to."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.sql import SQLBackend

from banso.connectors.chunks import ROWS
from banso.connectors.readers import (
    CursorUnusable,
    DriverMissing,
    SourceFailed,
    SourceTableMissing,
    SourceUnreachable,
    Wanted,
)
from banso.connectors.secrets import Secret, without_secrets
from banso.connectors.sources import DATABASES, DataSource, SourceTable

_SCHEMES = {"postgres": ("postgres", "postgresql")}
_ANSWER_SECONDS = 15
_DECIMAL = "decimal(38, 9)"  # for numbers whose width the server does not tell
_SAID = 300  # characters of a driver's error


@contextmanager
def database(source: DataSource, folder: Path) -> Iterator["Database"]:
    """Open a database that is only read.

    Parameters
    ----------
    source
        Its kind is one of `DATABASES`.
    folder
        Of the project, where the files of secrets are.

    Raises
    ------
    SecretMissing, DriverMissing, SourceUnreachable
        As their names say; no secret is in what they say.

    """
    secrets = _secrets_of(source, folder)
    backend = _connected(source, secrets)
    try:
        _only_read(source, backend)
        yield Database(source, backend, tuple(secrets.values()))
    finally:
        with suppress(Exception):  # it is closed, or was already
            backend.disconnect()


class Database:
    """An open database."""

    def __init__(
        self, source: DataSource, backend: SQLBackend, secrets: tuple[str, ...]
    ) -> None:
        self._source = source
        self._backend = backend
        self._secrets = secrets

    def is_ordered(self, table: SourceTable) -> bool:
        """Return whether rows come in the order of the cursor: each table's do."""
        del table
        return True

    def columns(self, table: SourceTable) -> Mapping[str, str]:
        """Return their columns and types."""
        schema = self._table(table).schema()
        return {name: str(kind) for name, kind in schema.items()}

    def rows(self, wanted: Wanted) -> Iterator[pa.Table]:
        """Yield the rows in pieces, while the server keeps the rest."""
        rows = self._asked(wanted)
        schema = rows.schema().to_pyarrow()
        try:
            for batch in self._backend.to_pyarrow_batches(rows, chunk_size=ROWS):
                if batch.num_rows:
                    yield pa.Table.from_batches([batch], schema)
        except Exception as error:  # noqa: BLE001  each driver has errors of its own
            raise self._failed(error, wanted.table) from None

    def _asked(self, wanted: Wanted) -> ir.Table:
        rows = self._table(wanted.table)
        name = wanted.table.cursor
        chosen = {column: _plain(rows[column]) for column in wanted.columns}
        if name is None:
            return rows.select(**chosen)
        cursor = rows[name]
        if not (cursor.type().is_integer() or cursor.type().is_temporal()):
            raise CursorUnusable(
                f"{self._source.name}: the cursor '{name}' of {wanted.table.from_} is"
                f" {cursor.type()}. It has to be a time, a date or a whole number.",
                hint="Name a column such as updated_at, or leave 'cursor' out.",
                source=self._source.name,
                table=wanted.table.from_,
                column=name,
                kind=str(cursor.type()),
            )
        if wanted.since is not None:
            since = ibis.literal(wanted.since, type=cursor.type())
            rows = rows.filter((cursor >= since) | cursor.isnull())
        return rows.order_by(ibis.asc(cursor, nulls_first=True)).select(**chosen)

    def _table(self, table: SourceTable) -> ir.Table:
        *within, name = table.from_.split(".")
        try:
            return self._backend.table(name, database=tuple(within) or None)
        except Exception as error:  # noqa: BLE001  each driver has errors of its own
            said = _first_line(error, self._secrets)
            raise SourceTableMissing(
                f"{self._source.name} has no table {table.from_} that its user may"
                f" read: {said}",
                hint="Write it as SCHEMA.NAME, and let the user read it.",
                source=self._source.name,
                table=table.from_,
                cause=said,
            ) from None

    def _failed(self, error: Exception, table: SourceTable) -> SourceFailed:
        said = _first_line(error, self._secrets)
        return SourceFailed(
            f"{self._source.name} broke off while {table.from_} was read: {said}",
            hint="Read again: it goes on from what was taken in.",
            source=self._source.name,
            table=table.from_,
            cause=said,
        )


def _secrets_of(source: DataSource, folder: Path) -> dict[str, str]:
    named: dict[str, Secret] = {
        key: value
        for key, value in source.connection.items()
        if isinstance(value, Secret)
    }
    if source.url is not None:
        named["url"] = source.url
    return {key: secret.read(folder) for key, secret in named.items()}


def _connected(source: DataSource, secrets: Mapping[str, str]) -> SQLBackend:
    settings = {**source.connection, **secrets}
    url = settings.pop("url", None)
    patience = {"connect_timeout": _ANSWER_SECONDS} if source.kind == "postgres" else {}
    try:
        if url is not None:
            scheme = str(url).partition("://")[0]
            if scheme not in _SCHEMES.get(source.kind, (source.kind,)):
                message = f"the URL begins with another scheme than {source.kind}"
                raise ValueError(message)
            return ibis.connect(str(url), **patience)
        backend = getattr(ibis, source.kind)
        return backend.connect(**{**patience, **settings})
    except ImportError as error:
        extra = f"banso[{DATABASES[source.kind]}]"
        raise DriverMissing(
            f"The driver for {source.kind} is not installed: {error}",
            hint=f"pip install '{extra}'",
            kind=source.kind,
            extra=extra,
        ) from None
    except Exception as error:  # noqa: BLE001  each driver has errors of its own
        said = _first_line(error, secrets.values())
        raise SourceUnreachable(
            f"{source.name} does not answer: {said}",
            hint="Check its address, its user and its secret.",
            source=source.name,
            cause=said,
        ) from None


def _only_read(source: DataSource, backend: SQLBackend) -> None:
    if source.kind == "postgres":  # others: give a user that may only read
        backend.raw_sql("SET default_transaction_read_only = on").close()


def _plain(column: ir.Column) -> ir.Column:
    """Return a column of a type that Arrow has; others as the text of the server."""
    kind = column.type()
    if kind.is_decimal():
        return column if kind.scale is not None else column.cast(_DECIMAL)
    is_plain = (
        kind.is_boolean()
        or kind.is_integer()
        or kind.is_floating()
        or kind.is_date()
        or kind.is_timestamp()
        or kind.is_string()
    )
    return column if is_plain else column.cast("string")


def _first_line(error: Exception, secrets: Iterable[str]) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    return without_secrets(said, secrets)[:_SAID].rstrip(".")
