"""Looking whether sources can be read as they are defined, without reading them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from banso.connectors.headers import normal_name
from banso.connectors.opening import open_source, tables_of
from banso.connectors.proposals import propose_mapping
from banso.connectors.sources import DataSource, SourceTable
from banso.kernel.errors import BansoError
from banso.runs.project import Project
from banso.runs.source_reading import (
    SourceColumnsMissing,
    check_columns,
    columns_wanted,
)
from banso.tables.registry import TABLES


@dataclass(frozen=True)
class Checked:
    """What one table of a source has, and what is wrong with that."""

    name: str  # theirs
    table: str  # ours
    columns: Mapping[str, str] = field(default_factory=dict)  # theirs, with types
    attributes: tuple[str, ...] = ()  # theirs that become columns of one's own
    proposed: Mapping[str, str] = field(default_factory=dict)  # ours: theirs
    failure: BansoError | None = None


def check_source(project: Project, source: DataSource) -> tuple[Checked, ...]:
    """Return what each table of a source has, and what is wrong with that.

    Raises
    ------
    SecretMissing, DriverMissing, SourceUnreachable
        The source could not be opened.

    """
    with open_source(source, project.folder) as reader:
        found = []
        for table in tables_of(source):
            known: Mapping[str, str] = {}
            try:
                known = reader.columns(table)
                check_columns(source, table, known)
            except SourceColumnsMissing as error:
                found.append(_failed(table, known, error, _proposed(table, known)))
            except BansoError as error:
                found.append(_failed(table, known, error, {}))
            else:
                found.append(_sound(table, known))
    return tuple(found)


def _sound(table: SourceTable, known: Mapping[str, str]) -> Checked:
    wanted = columns_wanted(table, known)
    mapping = table.mapping(table.from_)
    taken = {*map(normal_name, mapping.columns.values())}
    hidden = {*map(normal_name, mapping.ignore), *TABLES[table.table].by_name}
    own = [n for n in wanted if normal_name(n) not in taken | hidden]
    return Checked(table.from_, table.table, known, tuple(own))


def _failed(
    table: SourceTable,
    known: Mapping[str, str],
    failure: BansoError,
    proposed: Mapping[str, str],
) -> Checked:
    return Checked(table.from_, table.table, known, proposed=proposed, failure=failure)


def _proposed(table: SourceTable, known: Mapping[str, str]) -> dict[str, str]:
    found = propose_mapping(tuple(known), table.table)
    named = dict(found[0].columns) if found else {}
    return {**named, **table.columns}
