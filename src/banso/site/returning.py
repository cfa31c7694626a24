"""What people did in the app, back into the lake as facts: the loop of the product."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import chain

from banso.runs.project import Project
from banso.runs.recording import Recorded, take_records
from banso.site.serving import migrate
from banso.tables.registry import TABLES


def return_facts(project: Project, *, at: dt.datetime) -> Recorded:
    """Let the lake hold exactly what the features of the app recorded.

    To be called before each run. A project without an app database gets one.

    Parameters
    ----------
    project
        Whose app database and lake.
    at
        The present, aware.

    Raises
    ------
    LakeBusy
        Another process is writing to the lake.
    DatabaseUnreachable
        The app database does not answer.

    """
    migrate(project)
    # after the settings
    from banso.webkit.features import FactSource, installed_features  # noqa: PLC0415

    sources: dict[str, list[FactSource]] = defaultdict(list)
    for feature in sorted(installed_features(), key=lambda feature: feature.label):
        for source in feature.facts:
            sources[source.table].append(source)

    def rows(table: str) -> Iterator[Mapping[str, object]]:
        return chain.from_iterable(source.rows() for source in sources[table])

    # No transaction holds these together: on SQLite it would make those wait who work.
    records = {table: rows(table) for table in TABLES if table in sources}
    return take_records(project, records, at=at)
