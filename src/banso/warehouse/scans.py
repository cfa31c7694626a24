"""SQL that reads the rows of parts: those that count, and those superseded."""

# ruff: noqa: S608 - every name and text in the SQL is quoted by columns.py.
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from banso.tables.spec import Kind
from banso.warehouse.columns import KNOWN_AT, Columns, as_kind, name_sql, text_sql
from banso.warehouse.manifest import Part

# What a row of a file gives: SQL over the alias `p` (and `d` for superseded rows),
# for files with these columns; `numbers` are the places of the files in the list.
Select = Callable[[Columns, Sequence[int]], str]

# A superseded row that time travel can still meet: it was known before its successor.
STILL_SEEN = (
    "d.superseded_known_at IS NOT NULL AND"
    " (p.known_at IS NULL OR p.known_at < d.superseded_known_at)"
)


def files_sql(root: Path, paths: Sequence[str]) -> str:
    """Return a call of ``read_parquet`` for files of the lake."""
    names = ", ".join(text_sql(str(root / path)) for path in paths)
    return f"read_parquet([{names}], hive_partitioning = false)"


def columns_of(kinds: Mapping[str, Kind]) -> Select:
    """Return what gives exactly `kinds`, then ``known_at``, from files old and new."""

    def select(columns: Columns, _numbers: Sequence[int]) -> str:
        stored = {name.lower(): (name, kind) for name, kind in columns}
        expressions = []
        for name, kind in kinds.items():
            found, was = stored.get(name.lower(), (name, None))
            value = as_kind(f"p.{name_sql(found)}", was, kind)
            expressions.append(f"{value} AS {name_sql(name)}")
        return ", ".join([*expressions, f"p.{KNOWN_AT}"])

    return select


def place(numbers: Sequence[int]) -> str:
    """Return SQL for where a row lies: ``part_no`` in the list and ``row_no``."""
    listed = ", ".join(str(number) for number in numbers)
    part_no = f"[{listed}][CAST(p.file_index AS BIGINT) + 1]"
    return f"{part_no} AS part_no, p.file_row_number AS row_no"


def live_sql(root: Path, parts: Sequence[Part], select: Select) -> str:
    """Return a query of the rows that count; empty text when no part has any.

    Parts without deletes are scanned straight; a file whose columns differ from the
    others' is scanned beside them.
    """
    branches = []
    for numbers in _alike(parts, lambda part: part.live_rows > 0):
        group = [parts[number] for number in numbers]
        scan = f"{files_sql(root, [part.path for part in group])} AS p"
        if group[0].deletes:
            scan += f" ANTI JOIN {_deletes_sql(root, group)}"
        branches.append(f"SELECT {select(group[0].columns, numbers)} FROM {scan}")
    return " UNION ALL ".join(branches)


def superseded_sql(root: Path, parts: Sequence[Part], select: Select) -> str:
    """Return a query of the rows that time travel may still meet, or empty text."""
    branches = []
    for numbers in _alike(parts, lambda part: part.deletes is not None):
        group = [parts[number] for number in numbers]
        scan = f"{files_sql(root, [part.path for part in group])} AS p"
        scan += f" JOIN {_deletes_sql(root, group)} WHERE {STILL_SEEN}"
        branches.append(f"SELECT {select(group[0].columns, numbers)} FROM {scan}")
    return " UNION ALL ".join(branches)


def _alike(
    parts: Sequence[Part], wanted: Callable[[Part], bool]
) -> Iterator[tuple[int, ...]]:
    """Yield the places of parts that one scan can read together."""
    groups: dict[tuple[Columns, bool], list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        if wanted(part):
            groups[part.columns, part.deletes is not None].append(number)
    yield from map(tuple, groups.values())


def _deletes_sql(root: Path, parts: Sequence[Part]) -> str:
    # Both lists have the same order, so the same index means the same part.
    paths = [part.deletes for part in parts if part.deletes]
    return (
        f"{files_sql(root, paths)} AS d ON p.file_index = d.file_index"
        " AND p.file_row_number = d.row_no"
    )
