"""Many rows as an answer, sent while they are read: NDJSON, CSV or Parquet."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq
from django.http import StreamingHttpResponse
from pyarrow import csv

from banso.warehouse.plain_rows import (
    flat_schema,
    flattened,
    harmless,
    in_json,
    jsonable,
)

StreamFormat = Literal["ndjson", "csv", "parquet"]
MEDIA_TYPES: Final[Mapping[StreamFormat, str]] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
Batches = Iterable[pa.RecordBatch]


def streamed(
    batches: Batches, schema: pa.Schema, form: StreamFormat, *, name: str
) -> StreamingHttpResponse:
    """Return rows as a download.

    Parameters
    ----------
    batches, schema
        The rows, some at a time.
    form
        Moments are in UTC. In NDJSON money is a decimal in a string and NaN is null;
        in CSV a text that a spreadsheet would run begins with an apostrophe.
    name
        Of the file, without its ending.

    """
    writers: Mapping[StreamFormat, Callable[..., Iterator[bytes]]] = {
        "ndjson": _ndjson,
        "csv": _csv,
        "parquet": _parquet,
    }
    content = writers[form](batches, schema)
    response = StreamingHttpResponse(content, content_type=MEDIA_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _ndjson(batches: Batches, _schema: pa.Schema) -> Iterator[bytes]:
    for batch in batches:
        lines = (
            in_json(jsonable(row, money_as_text=True)) for row in batch.to_pylist()
        )
        yield "".join(f"{line}\n" for line in lines).encode()


def _csv(batches: Batches, schema: pa.Schema) -> Iterator[bytes]:
    flat = flat_schema(schema)
    file = io.BytesIO()
    with csv.CSVWriter(file, flat) as writer:
        yield _taken(file)
        for batch in batches:
            writer.write_batch(harmless(flattened(batch, flat)))
            yield _taken(file)
    yield _taken(file)


def _parquet(batches: Batches, schema: pa.Schema) -> Iterator[bytes]:
    file = _Growing()
    with pq.ParquetWriter(file, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            yield file.taken()
    yield file.taken()


def _taken(file: io.BytesIO) -> bytes:
    content = file.getvalue()
    file.seek(0)
    file.truncate()
    return content


class _Growing(io.RawIOBase):
    """A file that is only written to its end, and forgets what was taken of it."""

    def __init__(self) -> None:
        super().__init__()
        self._kept = bytearray()
        self._length = 0

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        data = bytes(memoryview(content))  # type: ignore[arg-type] # bytes of Arrow
        self._kept += data
        self._length += len(data)
        return len(data)

    def tell(self) -> int:
        return self._length

    def taken(self) -> bytes:
        content = bytes(self._kept)
        self._kept.clear()
        return content
