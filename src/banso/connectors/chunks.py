"""A piece of a file: as many rows as fit well into memory at once."""

from dataclasses import dataclass

import pyarrow as pa

ROWS = 100_000  # of a chunk, at most
BYTES = 64 << 20  # of a chunk, roughly
BLOCK = 16 << 20  # of a CSV that are parsed at once; no row may be larger


@dataclass(frozen=True)
class Misfit:
    """A row that cannot be laid out in columns."""

    line: int
    reason: str
    value: str
    detail: str
    raw: str  # JSON


@dataclass(frozen=True)
class Chunk:
    """Some consecutive rows of a file, in columns with normal names."""

    rows: pa.Table  # all text for CSV and JSON Lines
    lines: pa.Array  # int64: the line on which each row starts (Parquet: its number)
    position: int  # bytes of the file that were read so far
    misfits: tuple[Misfit, ...] = ()
