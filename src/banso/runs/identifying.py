"""Customers that people said are one, as one in the lake; taken back the same way."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from banso.runs.loading import LAKE_MEMORY, MEMORY
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.columns import MERGED_INTO
from banso.warehouse.draft import Draft
from banso.warehouse.session import Session
from banso.warehouse.staging import workspace


def resolved(decided: Mapping[str, str]) -> dict[str, str]:
    """Return for each customer that goes the one that stays in the end.

    A chain (a into b, b into c) leads to its end; a ring has none and is refused.
    """
    ends: dict[str, str] = {}
    for gone in decided:
        kept, steps = decided[gone], 0
        while kept in decided:
            kept, steps = decided[kept], steps + 1
            assert steps <= len(decided), "customers that were merged in a ring"
        ends[gone] = kept
    return ends


def take_identities(
    project: Project, decided: Mapping[str, str], *, at: dt.datetime
) -> int:
    """Let each customer that goes stand under the one that stays, and no others.

    Every row keeps the id that its source gave it. It gets a note beside it whose
    customer that is now, and readers of facts follow that. So what was merged by
    mistake is as it was once it is no longer decided, and rows that come in later go
    the same way.

    Parameters
    ----------
    project
        Whose lake.
    decided
        The customer that stays, by the one that goes into it.
    at
        The present, aware.

    Returns
    -------
    int
        How many rows stand under another customer than before.

    Raises
    ------
    LakeBusy
        Another process is writing.

    """
    lake = lake_of(project)
    wanted = resolved(decided)
    before = lake.current().identities
    if wanted == dict(before):
        return 0
    changed = {
        gone for gone in {*wanted, *before} if wanted.get(gone) != before.get(gone)
    }
    with (
        lake.writing(at=at, memory=LAKE_MEMORY) as draft,
        workspace(lake.folder) as folder,
        Session(lake, draft.base, memory=MEMORY) as session,
    ):
        rows = sum(
            _change(draft, session, spec, changed, wanted, folder)
            for spec in TABLES.values()
            if spec.has_customer and session.has(spec.name)
        )
        draft.set_identities(wanted)
        draft.commit()
    return rows


def _change(
    draft: Draft,
    session: Session,
    spec: TableSpec,
    changed: set[str],
    wanted: Mapping[str, str],
    folder: Path,
) -> int:
    rows = session.facts_as_given(spec.name)
    version = session.manifest.facts[spec.name]
    found = rows.filter(rows.customer_id.isin(sorted(changed)))
    names = [name for name in version.columns if name != MERGED_INTO]
    if any(part.known_at_given for part in version.parts):
        names.append("known_at")
    made = session.to_arrow(found.select(*names))
    if not made.num_rows:
        return 0
    into = [wanted.get(key) for key in made.column("customer_id").to_pylist()]
    made = made.append_column(MERGED_INTO, pa.array(into, pa.string()))
    path = folder / f"{spec.name}.parquet"
    pq.write_table(made, path)
    counts = draft.upsert(spec, path)
    return counts.changed + counts.new
