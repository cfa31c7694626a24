"""What people at customers let us use their data for, as the facts know it."""

import datetime as dt
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import ibis
import ibis.expr.types as ir

from banso.analytics.consents import latest_decisions
from banso.kernel.consent import Decision, Gate, Purpose
from banso.runs.project import Project
from banso.runs.results import lake_of
from banso.warehouse.manifest import Manifest
from banso.warehouse.session import Session

TABLE = "consents"
_MEMORY = "512MB"
_SOME = 4  # projects whose decisions are held

Latest = Mapping[tuple[str, Purpose], Decision]


@dataclass(frozen=True)
class _Held:
    """The decisions of one state of the table, for moments up to the next of them."""

    parts: object
    since: dt.datetime
    until: dt.datetime | None  # from then on a later decision counts; None: for good
    latest: Latest = field(repr=False)

    def holds(self, at: dt.datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


_held: dict[Path, _Held] = {}
_lock = threading.Lock()


def gate_of(
    project: Project, *, at: dt.datetime, manifest: Manifest | None = None
) -> Gate:
    """Return who may be used for what, at a moment.

    Whatever release a page shows, and for whatever day a run computes: the newest
    decisions that the lake knows of count. Who withdrew must not be found by asking
    about a day before.

    Parameters
    ----------
    project
        Whose facts and defaults.
    at
        The moment, aware; decisions of later do not count yet.
    manifest
        The version of the lake; the current one when not given.

    """
    lake = lake_of(project)
    manifest = manifest or lake.current()
    version = manifest.facts.get(TABLE)
    if version is None or not version.rows:
        return Gate(project.consent)
    state = tuple((part.path, part.deletes) for part in version.parts)
    with _lock:
        held = _held.get(project.lake_folder)
        if held is None or held.parts != state or not held.holds(at):
            with Session(lake, manifest, memory=_MEMORY, threads=1) as session:
                held = _read(session, state, at)
            if len(_held) >= _SOME:
                _held.clear()
            _held[project.lake_folder] = held
    return Gate(project.consent, held.latest)


def _read(session: Session, state: object, at: dt.datetime) -> _Held:
    rows = session.facts(TABLE)
    moment = at.astimezone(dt.UTC).replace(tzinfo=None)
    until = ibis.literal(moment, type="timestamp")
    latest = _latest(session, latest_decisions(rows, until=until))
    later = rows.filter(rows.decided_at > until)
    following = later.aggregate(first=later.decided_at.min())
    (first,) = session.to_arrow(following)["first"].to_pylist()
    next_one = None if first is None else first.replace(tzinfo=dt.UTC)
    return _Held(state, at, next_one, latest)


def _latest(session: Session, decisions: ir.Table) -> Latest:
    found: dict[tuple[str, Purpose], Decision] = {}
    for row in session.to_arrow(decisions).to_pylist():
        purpose = Purpose(row["purpose"])
        decided_at = row["decided_at"].replace(tzinfo=dt.UTC)
        key = (row["contact_id"], purpose)
        found[key] = Decision(row["contact_id"], purpose, decided_at, row["granted"])
    return found


def rows_of(project: Project, contact_id: str) -> list[Mapping[str, object]]:
    """Return every decision that the facts know of a contact; moments are aware."""
    lake = lake_of(project)
    manifest = lake.current()
    version = manifest.facts.get(TABLE)
    if version is None or not version.rows:
        return []
    with Session(lake, manifest, memory=_MEMORY, threads=1) as session:
        rows = session.facts(TABLE)
        mine = rows.filter(rows.contact_id == contact_id).order_by("decided_at")
        found = session.to_arrow(mine).to_pylist()
    return [
        {**row, "decided_at": row["decided_at"].replace(tzinfo=dt.UTC)} for row in found
    ]
