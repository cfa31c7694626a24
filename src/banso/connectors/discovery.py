"""Finding out which file holds which table, by its name or by a mapping."""

from dataclasses import dataclass
from pathlib import Path

from banso.connectors.files import SUFFIXES, suffix_of, unreadable
from banso.connectors.mapping import FileMapping, LoadMapping
from banso.kernel.errors import BansoError
from banso.kernel.nearness import did_you_mean, nearest
from banso.kernel.remarks import Remark
from banso.tables.registry import TABLES

MAPPING_FILES = ("mapping.yaml", "mapping.yml")

_SEPARATORS = "-_. ("
_HINTS = {
    ".xlsx": "Save each sheet as 'CSV UTF-8' and load that.",
    ".xls": "Save each sheet as 'CSV UTF-8' and load that.",
    ".json": "Write one object per line and name the file .jsonl.",
    ".tsv": "Name it .csv: tabs between fields are understood.",
    ".zip": "Unpack it first.",
}


class PathMissing(BansoError):
    """Refuse a path at which there is nothing."""

    code = "path_missing"


class NotATableFile(BansoError):
    """Refuse a single file that cannot hold a table, or does not say which."""

    code = "not_a_table_file"


class NoSingleFile(BansoError):
    """Refuse to take a whole folder for one table."""

    code = "no_single_file"


class UnknownTable(BansoError):
    """Refuse a name that is no canonical table."""

    code = "unknown_table"


@dataclass(frozen=True)
class Source:
    """A file and the table that it fills."""

    path: Path
    table: str
    mapping: FileMapping | None = None


@dataclass(frozen=True)
class Discovery:
    """What lies at a path."""

    sources: tuple[Source, ...]  # in the order of the tables, then of the names
    unplaced: tuple[Path, ...] = ()  # could be tables, but which?
    notes: tuple[Remark, ...] = ()  # about everything that is no source


def discover(
    path: Path, *, table: str | None = None, mapping: LoadMapping | None = None
) -> Discovery:
    """Return the table files at `path`, a folder or one file.

    A mapping decides first, then the name: ``events.csv``, ``events-2024.parquet``
    and ``events_2024-01.jsonl.gz`` all hold events. Hidden files are left alone.

    Parameters
    ----------
    path
        What was named for loading.
    table
        The table that the one file holds, whatever its name.
    mapping
        What a mapping file says.

    Raises
    ------
    PathMissing, NotATableFile, UnknownTable, FileUnreadable
        As their names say, each with what to do instead.

    """
    if table is not None and table not in TABLES:
        raise UnknownTable(
            f"There is no table '{table}'.",
            hint=did_you_mean(table, TABLES) or _known_tables(),
            table=table,
            near=nearest(table, TABLES),
            known=list(TABLES),
        )
    if not path.exists():
        raise _missing(path)
    if path.is_dir():
        if table is not None:
            raise NoSingleFile(
                f"{path} is a folder; --table says what one file holds.",
                hint="Name the file, or leave --table out.",
                path=str(path),
            )
        return _in_folder(path, mapping)
    return _one_file(path, table, mapping)


def table_of(name: str) -> str | None:
    """Return the table that a file's name begins with, or None."""
    lower = name.lower()
    return next(
        (
            table
            for table in sorted(TABLES, key=len, reverse=True)
            if lower.startswith(table)
            and lower[len(table) : len(table) + 1] in _SEPARATORS
        ),
        None,
    )


def _in_folder(folder: Path, mapping: LoadMapping | None) -> Discovery:
    sources: list[Source] = []
    unplaced: list[Path] = []
    notes: list[Remark] = []
    try:
        paths = sorted(path for path in folder.iterdir() if path.name[:1] != ".")
    except OSError as error:
        raise unreadable(folder, error) from error
    for path in paths:
        if path.is_dir():
            notes.append(_folder_inside(path))
        elif suffix_of(path) is None:
            if path.name not in MAPPING_FILES:
                notes.append(_no_table_file(path))
        elif found := _sources(path, mapping):
            sources += found
        else:
            unplaced.append(path)
            notes.append(_unplaced(path))
    order = list(TABLES)
    sources.sort(key=lambda source: (order.index(source.table), source.path.name))
    return Discovery(tuple(sources), tuple(unplaced), tuple(notes))


def _one_file(path: Path, table: str | None, mapping: LoadMapping | None) -> Discovery:
    if suffix_of(path) is None:
        raise NotATableFile(
            f"{path} is not a file of rows.",
            hint=_hint(path),
            path=str(path),
            ending=path.suffix.lower(),
        )
    if table is not None:
        entries = mapping.for_file(path.name) if mapping else ()
        entry = next((entry for entry in entries if entry.table == table), None)
        return Discovery((Source(path, table, entry),))
    if found := _sources(path, mapping):
        return Discovery(found)
    return Discovery((), (path,), (_unplaced(path),))


def _sources(path: Path, mapping: LoadMapping | None) -> tuple[Source, ...]:
    entries = mapping.for_file(path.name) if mapping else ()
    if entries:
        return tuple(Source(path, entry.table, entry) for entry in entries)
    table = table_of(path.name)
    return (Source(path, table),) if table else ()


def _folder_inside(path: Path) -> Remark:
    text = f"{path.name}/ was not read: folders inside are left alone."
    return Remark("folder_inside", text, {"name": path.name})


def _unplaced(path: Path) -> Remark:
    stem = path.name.lower().split(".")[0]
    meant = nearest(stem, TABLES)
    hint = f" Did you mean '{meant}'?" if meant else ""
    return Remark(
        "name_of_no_table",
        f"{path.name} was not loaded: its name is that of no table.{hint}",
        {"name": path.name, "near": meant},
    )


def _no_table_file(path: Path) -> Remark:
    return Remark(
        "not_a_table_file",
        f"{path.name} was not loaded: it is not a file of rows. {_hint(path)}",
        {"name": path.name, "ending": path.suffix.lower()},
    )


def _hint(path: Path) -> str:
    return _HINTS.get(
        path.suffix.lower(), f"Files of rows end in {', '.join(SUFFIXES)}."
    )


def _missing(path: Path) -> PathMissing:
    beside = path.absolute().parent
    names = [each.name for each in beside.iterdir()] if beside.is_dir() else []
    hint = did_you_mean(path.name, names) or "Name a folder with files, or one file."
    return PathMissing(
        f"There is nothing at {path}.",
        hint=hint,
        path=str(path),
        near=nearest(path.name, names),
    )


def _known_tables() -> str:
    return f"Tables: {', '.join(TABLES)}."
