"""What the lake holds at one version: immutable values that name every file."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from banso.kernel.digests import digest_of_value
from banso.tables.spec import Kind
from banso.warehouse.columns import Columns

JSON = (
    str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]
)  # what a release may note

HISTORY = "history"  # `made_from` of a part that only time travel reads
UNDATED = "undated"  # the slice of rows without a date
SMALL = "all"  # that of all dated rows, where a table is too small for months
_SUM = 1 << 64


@dataclass(frozen=True)
class Part:
    """One immutable Parquet file, and the rows of it that no longer count."""

    path: str  # relative to the lake's folder
    slice: str  # "2026-11", "undated", or what a run calls it
    rows: int  # in the file, deleted ones too
    bytes: int
    sha256: str
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    known_at_given: bool = False  # any row came with `known_at`
    deletes: str | None = None  # a Parquet file of the rows that do not count
    deleted_rows: int = 0
    made_from: str = ""  # digest of what a derived part was computed from
    columns: Columns = ()  # of the file; empty for derived parts
    content: str = ""  # hex of a sum over its rows; knows nothing of loading times

    @property
    def live_rows(self) -> int:
        """How many rows count."""
        return self.rows - self.deleted_rows


@dataclass(frozen=True)
class TableVersion:
    """The rows of one table of facts."""

    name: str
    columns: Mapping[str, Kind]  # contract columns seen, then attributes
    parts: tuple[Part, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows count."""
        return sum(part.live_rows for part in self.parts)

    @property
    def digest(self) -> str:
        """The hash of columns and rows, whatever way they came in.

        The order of loads, the layout of the parts and the time of loading do not
        count; superseded rows count as far as time travel can still see them.
        """
        columns = {name: str(kind) for name, kind in self.columns.items()}
        return digest_of_value([columns, content_digest(self.parts)])


@dataclass(frozen=True)
class DefinitionsVersion:
    """One published set of definition files."""

    digest: str  # of the meaning; a comment changes the files but not this
    files: Mapping[str, str]  # name -> SHA-256 of its bytes
    published_at: dt.datetime
    published_by: str
    why: str


@dataclass(frozen=True)
class Release:
    """All results of one run."""

    release_id: str
    as_of: dt.date
    made_at: dt.datetime
    definitions_digest: str
    facts_digest: str
    seed: int
    tables: Mapping[str, tuple[Part, ...]]
    facts: Mapping[str, TableVersion]  # what it was made from
    notes: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True)
class Manifest:
    """Everything that the lake holds at one version."""

    version: int
    parent: str | None  # name of the manifest before
    written_at: dt.datetime
    facts: Mapping[str, TableVersion] = field(default_factory=dict)
    quarantine: tuple[Part, ...] = ()
    definitions: tuple[DefinitionsVersion, ...] = ()  # newest last
    releases: tuple[Release, ...] = ()  # newest last
    identities: Mapping[str, str] = field(default_factory=dict)  # gone -> stays
    # how far each table of a source was read into these facts; no fact itself
    marks: Mapping[str, JSON] = field(default_factory=dict)
    erased: int = 0  # how often persons were erased from it

    @property
    def release(self) -> Release | None:
        """The newest release."""
        return self.releases[-1] if self.releases else None

    @property
    def facts_digest(self) -> str:
        """The hash of all facts; equal facts have equal digests in every lake."""
        return digest_of_value(
            {name: table.digest for name, table in self.facts.items() if table.parts}
        )

    def list_parts(self) -> Iterator[Part]:
        """Yield every part that this version can read, some more than once."""
        yield from self.quarantine
        for table in self.facts.values():
            yield from table.parts
        for release in self.releases:
            for parts in release.tables.values():
                yield from parts
            for table in release.facts.values():
                yield from table.parts


def content_digest(parts: Iterable[Part]) -> str:
    """Return the hash of the rows in `parts` of facts.

    It depends neither on how the rows are spread over the parts nor on when they were
    loaded, as the hashes of the files do. A part that lost rows has another one.
    """
    listed = tuple(parts)
    total = sum(int(part.content or "0", 16) for part in listed) % _SUM
    return digest_of_value([sum(part.live_rows for part in listed), f"{total:016x}"])


EMPTY = Manifest(
    version=0, parent=None, written_at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
)
