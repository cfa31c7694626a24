"""Reading CSV: any of three delimiters, quoted line breaks, exact line numbers."""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

import pyarrow as pa

from banso.connectors.chunks import BYTES, ROWS, Chunk, Misfit
from banso.connectors.files import FileUnreadable, opened
from banso.connectors.headers import normal_names

_DELIMITERS = ",;\t"
_STEP = 2_000  # rows between two looks at how much was read
_FIELD_LIMIT = 10_000_000  # characters; more means that a quote was never closed
_BREAK = re.compile(r"\r\n|\r|\n")

Row = list[str]


class _Reader(Protocol):
    @property
    def line_num(self) -> int: ...

    def __iter__(self) -> Iterator[Row]: ...


@dataclass(frozen=True)
class _Header:
    names: tuple[str, ...]
    delimiter: str
    line: int  # the last line of the header


def csv_headers(path: Path, encoding: str) -> tuple[str, ...]:
    """Return the headers of a CSV as they stand there; empty when it has no line."""
    with opened(path) as (content, _):
        text = io.TextIOWrapper(content, encoding=encoding, newline="")
        return _headers(text)[0]


def csv_chunks(path: Path, encoding: str) -> Iterator[Chunk]:
    """Yield the rows of a CSV in chunks, all values as text, blank lines left out.

    Raises
    ------
    FileUnreadable
        A quotation mark is opened and never closed.

    """
    csv.field_size_limit(_FIELD_LIMIT)
    with opened(path) as (content, file):
        text = io.TextIOWrapper(content, encoding=encoding, newline="")
        headers, delimiter, line = _headers(text)
        header = _Header(normal_names(headers), delimiter, line)
        reader = csv.reader(text, delimiter=delimiter)
        chunk_line = line + 1  # on which the next chunk starts
        last: tuple[int, Row] | None = None
        while rows := _some_rows(path, reader, file, line=line):
            lines = _line_numbers(rows, chunk_line, line + reader.line_num)
            last = (lines[-1], rows[-1])
            yield _chunk(header, rows, lines, position=file.tell())
            chunk_line = line + reader.line_num + 1
        if last is not None and last[1] and _BREAK.search(last[1][-1]):
            _check_closed(path, encoding, line=last[0])


def _headers(text: IO[str]) -> tuple[tuple[str, ...], str, int]:
    """Return headers, delimiter and the lines that were read for them."""
    lines = 0
    record = ""
    for piece in text:
        lines += 1
        record += piece
        if record.strip() and record.count('"') % 2 == 0:
            break
        record = record if record.strip() else ""
    bare = re.sub(r'"[^"]*"', "", record)
    delimiter = max(_DELIMITERS, key=bare.count)
    rows = list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter))
    return tuple(rows[0]) if rows else (), delimiter, lines


def _some_rows(path: Path, reader: _Reader, file: IO[bytes], *, line: int) -> list[Row]:
    start = file.tell()
    rows: list[Row] = []
    while len(rows) < ROWS and file.tell() - start < BYTES:
        before = line + reader.line_num + 1
        try:
            step = list(islice(reader, _STEP))
        except csv.Error as error:
            raise _never_closed(path, line=before) from error
        rows += step
        if len(step) < _STEP:
            break
    return rows


def _line_numbers(rows: Sequence[Row], first: int, last: int) -> Sequence[int]:
    """Return the line on which each of `rows` starts; together they fill the lines."""
    if last - first + 1 == len(rows):
        return range(first, last + 1)
    lines = []
    line = first
    for row in rows:
        lines.append(line)
        line += 1 + sum(
            len(_BREAK.findall(value))
            for value in row
            if "\n" in value or "\r" in value
        )
    return lines


def _chunk(
    header: _Header, rows: list[Row], lines: Sequence[int], *, position: int
) -> Chunk:
    width = len(header.names)
    misfits: tuple[Misfit, ...] = ()
    if set(map(len, rows)) != {width}:
        rows, lines, misfits = _fitting(header, rows, lines)
    columns = zip(*rows, strict=True) if rows else ((),) * width
    table = pa.table(
        [pa.array(column, pa.string()) for column in columns], names=header.names
    )
    numbers = (
        pa.array(range(lines[0], lines[-1] + 1), pa.int64())
        if isinstance(lines, range) and lines
        else pa.array(lines, pa.int64())
    )
    return Chunk(table, numbers, position, misfits)


def _fitting(
    header: _Header, rows: list[Row], lines: Sequence[int]
) -> tuple[list[Row], Sequence[int], tuple[Misfit, ...]]:
    width = len(header.names)
    good: list[Row] = []
    good_lines: list[int] = []
    misfits: list[Misfit] = []
    for line, row in zip(lines, rows, strict=True):
        if len(row) == width:
            good.append(row)
            good_lines.append(line)
        elif any(value.strip() for value in row):
            misfits.append(_misfit(header, line, row))
    return good, good_lines, tuple(misfits)


def _misfit(header: _Header, line: int, row: Row) -> Misfit:
    width = len(header.names)
    raw: dict[str, str | list[str]] = dict(zip(header.names, row, strict=False))
    if len(row) > width:
        raw["(more)"] = row[width:]
        reason, cause = "too_many_fields", "a delimiter inside a text needs quotes"
    else:
        reason, cause = "too_few_fields", "the row seems to be cut off"
    return Misfit(
        line=line,
        reason=reason,
        value=header.delimiter.join(row),
        detail=f"The row has {len(row)} fields where the header has {width}: {cause}.",
        raw=json.dumps(raw, ensure_ascii=False, sort_keys=True),
    )


def _check_closed(path: Path, encoding: str, *, line: int) -> None:
    """Raise when the file ends inside quotes: what follows them is not one text."""
    with opened(path) as (content, _):
        text = io.TextIOWrapper(content, encoding=encoding, newline="")
        tail = "".join(deque(text, maxlen=3)).rstrip()
    if not tail.endswith('"'):
        raise _never_closed(path, line=line)


def _never_closed(path: Path, *, line: int) -> FileUnreadable:
    return FileUnreadable(
        f"{path}, line {line:,} or soon after: a quotation mark opens a text that is"
        " never closed.",
        hint='Close it, or write it twice ("") where it belongs to the text.',
        path=str(path),
        line=line,
    )
