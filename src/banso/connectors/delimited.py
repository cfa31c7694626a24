"""Reading CSV: any of three delimiters, quoted line breaks, exact line numbers."""

import codecs
import csv
import io
import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from banso.connectors.chunks import BLOCK, Chunk, Misfit
from banso.connectors.files import QuoteNeverClosed, opened
from banso.connectors.headers import normal_names

_DELIMITERS = ",;\t"
_BREAK = r"\r\n|\r|\n"


@dataclass(frozen=True)
class _Header:
    headers: tuple[str, ...]
    delimiter: str
    lines: int  # that it takes, with blank ones before it

    @property
    def names(self) -> tuple[str, ...]:
        return normal_names(self.headers)


@dataclass(frozen=True)
class _Misplaced:
    """A row with too many or too few fields, as the parser reports it."""

    number: int  # of the row, from 1, counting all rows
    text: str


@dataclass
class _Counter:
    """Gives rows their lines: the parser counts rows, and a row can have many lines."""

    line: int  # on which the next row starts
    number: int = 1  # of the next row
    misplaced: deque[_Misplaced] = field(default_factory=deque)

    def place(self, rows: pa.Table) -> tuple[pa.Array, list[tuple[int, str]]]:
        """Return the lines of `rows`, and the misplaced rows among them with theirs."""
        among: list[_Misplaced] = []
        end = self.number + rows.num_rows
        while self.misplaced and self.misplaced[0].number <= end + len(among):
            among.append(self.misplaced.popleft())
        numbers = np.array([each.number for each in among], dtype=np.int64)
        is_good = np.ones(rows.num_rows + len(among), dtype=bool)
        is_good[numbers - self.number] = False
        heights = np.ones(len(is_good), dtype=np.int64)
        heights[is_good] += _breaks(rows)
        heights[~is_good] += np.array(
            [len(re.findall(_BREAK, each.text)) for each in among], dtype=np.int64
        )
        ends = self.line + np.cumsum(heights)
        starts = ends - heights
        self.number += len(is_good)
        self.line = int(ends[-1]) if len(ends) else self.line
        lines = [int(line) for line in starts[~is_good]]
        texts = [each.text for each in among]
        return pa.array(starts[is_good]), list(zip(lines, texts, strict=True))


def csv_headers(path: Path, encoding: str) -> tuple[str, ...]:
    """Return the headers of a CSV as they stand there; empty when it has no line."""
    with opened(path) as (content, _):
        return _header(_as_utf8(content, encoding)).headers


def csv_chunks(path: Path, encoding: str) -> Iterator[Chunk]:
    """Yield the rows of a CSV in chunks, all values as text, blank lines left out.

    Raises
    ------
    FileUnreadable
        A quotation mark is opened and never closed.

    """
    with opened(path) as (content, file):
        text = _as_utf8(content, encoding)
        header = _header(text)
        counter = _Counter(line=header.lines + 1)
        last: tuple[int, str] = (0, "")
        for rows in _batches(path, text, header, counter):
            lines, misplaced = counter.place(rows)
            if rows.num_rows:
                last = (lines[-1].as_py(), rows.column(-1)[-1].as_py())
            misfits = tuple(_misfit(header, line, text) for line, text in misplaced)
            filled = pc.invert(_is_blank(rows))
            yield Chunk(rows.filter(filled), lines.filter(filled), file.tell(), misfits)
    if re.search(_BREAK, last[1]):
        _check_closed(path, encoding, line=last[0])


def _as_utf8(content: IO[bytes], encoding: str) -> IO[bytes]:
    if encoding in {"utf-8", "utf-8-sig"}:
        return content
    return cast("IO[bytes]", codecs.EncodedFile(content, "utf-8", encoding))


def _header(content: IO[bytes]) -> _Header:
    """Read the header, which may have line breaks inside quotes."""
    lines = 0
    record = ""
    while piece := content.readline():
        lines += 1
        record += piece.decode("utf-8-sig" if lines == 1 else "utf-8")
        if record.strip() and record.count('"') % 2 == 0:
            break
        record = record if record.strip() else ""
    bare = re.sub(r'"[^"]*"', "", record)
    delimiter = max(_DELIMITERS, key=bare.count)
    rows = _fields(record, delimiter)
    return _Header(tuple(rows), delimiter, lines)


def _fields(record: str, delimiter: str) -> list[str]:
    text = io.StringIO(record, newline="")
    return next(csv.reader(text, delimiter=delimiter), [])


def _batches(
    path: Path, content: IO[bytes], header: _Header, counter: _Counter
) -> Iterator[pa.Table]:
    """Yield the rows as the parser gives them, blank lines among them."""

    def keep(row: pa.csv.InvalidRow) -> str:
        counter.misplaced.append(_Misplaced(row.number, row.text))
        return "skip"

    try:
        reader = pa.csv.open_csv(
            pa.PythonFile(content, mode="r"),
            # With threads the parser cannot say the number of a row.
            read_options=pa.csv.ReadOptions(
                use_threads=False, block_size=BLOCK, column_names=header.names
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=header.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types={name: pa.string() for name in header.names},
                check_utf8=False,  # the whole file was checked before
            ),
        )
        for batch in reader:
            yield pa.Table.from_batches([batch])
    except pa.ArrowInvalid as error:
        if "Empty CSV file" not in str(error):
            raise _never_closed(path, line=counter.line) from error
    if counter.misplaced:
        yield pa.table({name: pa.array([], pa.string()) for name in header.names})


def _breaks(rows: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return how many line breaks the values of each row have."""
    total = np.zeros(rows.num_rows, dtype=np.int64)
    for column in rows.columns:
        if any(_has_break(chunk) for chunk in column.chunks):
            total += pc.count_substring_regex(column, _BREAK).to_numpy()
    return total


def _has_break(values: pa.Array) -> bool:
    content = values.buffers()[2]
    if content is None:
        return False
    text = content.to_pybytes()
    return b"\n" in text or b"\r" in text


def _is_blank(rows: pa.Table) -> pa.Array:
    blank = pc.equal(rows.column(0), "")
    for column in rows.columns[1:]:
        if not pc.any(blank).as_py():
            break
        blank = pc.and_(blank, pc.equal(column, ""))
    return blank.combine_chunks()


def _misfit(header: _Header, line: int, text: str) -> Misfit:
    row = _fields(text, header.delimiter)
    width = len(header.names)
    raw: dict[str, str | Sequence[str]] = dict(zip(header.names, row, strict=False))
    if len(row) > width:
        raw["(more)"] = row[width:]
        reason, cause = "too_many_fields", "a delimiter inside a text needs quotes"
    else:
        reason, cause = "too_few_fields", "the row seems to be cut off"
    return Misfit(
        line=line,
        reason=reason,
        value=text,
        detail=f"The row has {len(row)} fields where the header has {width}: {cause}.",
        raw=json.dumps(raw, ensure_ascii=False, sort_keys=True),
    )


def _check_closed(path: Path, encoding: str, *, line: int) -> None:
    """Raise when the file ends inside quotes: what follows them is not one text."""
    with opened(path) as (content, _):
        tail = b"".join(deque(_as_utf8(content, encoding), maxlen=3)).rstrip()
    if not tail.endswith(b'"'):
        raise _never_closed(path, line=line)


def _never_closed(path: Path, *, line: int) -> QuoteNeverClosed:
    return QuoteNeverClosed(
        f"{path}, line {line:,} or soon after: a quotation mark opens a text that is"
        " never closed.",
        hint='Close it, or write it twice ("") where it belongs to the text.',
        path=str(path),
        line=line,
    )
