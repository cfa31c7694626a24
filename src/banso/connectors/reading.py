"""Reading a file of any kind that can be loaded."""

from collections.abc import Iterator
from pathlib import Path

from banso.connectors.chunks import Chunk
from banso.connectors.delimited import csv_chunks, csv_headers
from banso.connectors.encodings import check_encoding, encoding_of
from banso.connectors.files import suffix_of
from banso.connectors.json_lines import json_chunks, json_headers
from banso.connectors.parquet import parquet_chunks, parquet_headers


class TableFile:
    """A file with rows.

    Parameters
    ----------
    path
        Its name ends in one of `SUFFIXES`.
    encoding
        What a mapping file says about a text file; found out when not given.

    Raises
    ------
    FileUnreadable
        It cannot be opened or unpacked.
    WrongEncoding
        It is a text in an encoding that cannot be told.

    """

    def __init__(self, path: Path, *, encoding: str | None = None) -> None:
        self.path = path
        suffix = suffix_of(path)
        assert suffix is not None, path
        self.is_typed = suffix == ".parquet"
        self._is_csv = suffix.startswith(".csv")
        self._encoding = ""
        if not self.is_typed:
            if encoding is not None:
                check_encoding(path, encoding)
            self._encoding = encoding or encoding_of(path)

    def headers(self) -> tuple[str, ...]:
        """Return the names of the columns; empty when the file holds nothing."""
        if self.is_typed:
            return parquet_headers(self.path)
        read = csv_headers if self._is_csv else json_headers
        return read(self.path, self._encoding)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, in pieces that fit into memory."""
        if self.is_typed:
            return parquet_chunks(self.path)
        read = csv_chunks if self._is_csv else json_chunks
        return read(self.path, self._encoding)
