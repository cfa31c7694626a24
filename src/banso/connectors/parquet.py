"""Reading Parquet: typed columns, in batches."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from banso.connectors.chunks import ROWS, Chunk
from banso.connectors.files import FileNotWhole, not_whole, unreadable
from banso.connectors.headers import normal_names

_ROWS = 2 * ROWS  # typed columns take less room than texts
# What pyarrow raises of bytes that are no Parquet, or of names that are no UTF-8.
_DAMAGE = (pa.ArrowException, UnicodeDecodeError)


def parquet_headers(path: Path) -> tuple[str, ...]:
    """Return the names of the columns."""
    with _opened(path) as file:
        return tuple(file.schema_arrow.names)


def parquet_chunks(path: Path) -> Iterator[Chunk]:
    """Yield the rows in chunks; the line of a row is its number, from 1."""
    with _opened(path) as file:
        names = normal_names(file.schema_arrow.names)
        done = 0
        total = max(file.metadata.num_rows, 1)
        size = path.stat().st_size
        try:
            for batch in file.iter_batches(batch_size=_ROWS):
                table = pa.Table.from_batches([batch]).rename_columns(names)
                lines = pa.array(np.arange(done + 1, done + batch.num_rows + 1))
                done += batch.num_rows
                yield Chunk(table, lines, size * done // total)
        except (*_DAMAGE, OSError) as error:
            raise _damaged(path, error) from error


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    except OSError as error:
        if error.errno:
            raise unreadable(path, error) from error
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> FileNotWhole:
    first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
    return not_whole(path, "Parquet", first_line.rstrip("."))
