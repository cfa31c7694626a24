"""The first step of a run: from facts to dated roll-ups, month by month."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import ibis.expr.types as ir

from banso.analytics.measures import Measure, measures_for
from banso.analytics.metric_grid import Rollups
from banso.analytics.presence import contract_presence, traced_presence
from banso.analytics.rollups import (
    chosen_contacts,
    contact_days,
    days_of_chosen,
    ended_days,
    last_values,
    running_steps,
)
from banso.definitions.metrics import Metric
from banso.kernel.progress import Progress
from banso.kernel.zones import OffsetSpan, utc_offsets
from banso.runs.derived import History, Kitchen, Order, Recipe
from banso.tables.registry import TABLES
from banso.tables.spec import TableSpec
from banso.warehouse.manifest import Part, TableVersion, content_digest
from banso.warehouse.queries import Query

# A larger table is rolled up month by month, so that a day's rows cost one month.
WHOLE_TABLE_ROWS = 1_000_000
VERSION = 1  # of the code below: a change of what it computes raises it

_ALWAYS = ("events",)  # rolled up even when no metric asks: the last activity


@dataclass
class Rolled:
    """The roll-ups of all tables, and what they say of each day."""

    rollups: Rollups
    parts: dict[str, tuple[Part, ...]]  # by name of the roll-up
    histories: dict[str, History]  # by name of the roll-up
    days_of: dict[str, History] = field(default_factory=dict)  # by table: contact days

    def digest_up_to(self, last: dt.date) -> Sequence[object]:
        """Return what a number as of `last` depends on."""
        return [
            [name, history.up_to(last)]
            for name, history in sorted(self.histories.items())
        ]


def roll_up(
    kitchen: Kitchen,
    metrics: Sequence[Metric],
    *,
    zone: str,
    progress: Progress,
) -> Rolled:
    """Return the roll-ups that `metrics` need, made or found.

    Parameters
    ----------
    kitchen
        Of a session over the facts.
    metrics
        The metrics that are switched on.
    zone
        The company's time zone.
    progress
        Told after every file, as step ``roll_up``.

    """
    jobs = list(_jobs(kitchen, metrics, zone=zone))
    parts: dict[str, list[Part]] = {}
    day_columns = {job.order.recipe.name: job.day_column for job in jobs}
    made = kitchen.parts([job.order for job in jobs])
    for done, job in enumerate(jobs):
        progress("roll_up", done, len(jobs))
        parts.setdefault(job.order.recipe.name, []).append(next(made))
    progress("roll_up", len(jobs), len(jobs))
    histories = {
        name: History.of(kitchen.daily_digests(several, day_columns[name]))
        for name, several in parts.items()
    }
    files = {name: tuple(several) for name, several in parts.items()}
    days_of = {
        name.removeprefix(_DAYS): history
        for name, history in histories.items()
        if name.startswith(_DAYS) and not name.endswith(_ENDED)
    }
    rollups = _rollups(kitchen, files, histories)
    chosen = _by_measure(kitchen, files, _CHOSEN)
    return Rolled(
        rollups=_with_chosen(kitchen, rollups, metrics, chosen),
        parts=files,
        histories=histories,
        days_of=days_of,
    )


# -- what has to be made ------------------------------------------------------------

_DAYS = "contact_days."
_LAST = "last_values."
_STEPS = "running_steps."
_PRESENCE = "presence"
_CHOSEN = "chosen_contacts."
_ENDED = ".ended"  # follows the table, as in `Measure.source`


@dataclass(frozen=True)
class _Job:
    order: Order
    day_column: str


def _jobs(kitchen: Kitchen, metrics: Sequence[Metric], *, zone: str) -> Iterator[_Job]:
    facts = kitchen.session.manifest.facts
    contracts = facts.get("subscriptions")
    has_contracts = contracts is not None and contracts.rows > 0
    for spec in TABLES.values():
        version = facts.get(spec.name)
        if version is None or not version.rows or not _has_dated_customers(spec):
            continue
        offsets = offsets_of(version, zone)
        measures = measures_for(metrics, table=spec.name)
        counted = [m for m in measures if m.aggregate in {"count", "sum"}]
        ended = [m for m in counted if m.at_end]
        # Whose rows count is asked of the roll-up, which is kept by contact: so a new
        # contact makes no month of rows anew.
        summed = sorted(
            {m.of_everybody for m in counted if not m.at_end}, key=lambda m: m.column
        )
        # Without contracts, any trace tells that a customer is there.
        if summed or spec.name in _ALWAYS or not has_contracts:
            yield from _contact_day_jobs(kitchen, spec, summed, offsets=offsets)
        if ended:
            yield _ended_job(kitchen, spec, ended, offsets=offsets)
        for measure in measures:
            if measure.aggregate in {"last", "running"}:
                yield _measure_job(kitchen, spec, measure, offsets=offsets)
    yield from _chosen_jobs(kitchen, metrics, zone=zone)
    if contracts is not None and has_contracts:
        yield _presence_job(kitchen, offsets_of(contracts, zone))


def _has_dated_customers(spec: TableSpec) -> bool:
    return spec.time is not None and spec.has_customer


def offsets_of(version: TableVersion, zone: str) -> Sequence[OffsetSpan]:
    """Return the clock of a zone over the days of a table."""
    first = min((p.first_day for p in version.parts if p.first_day), default=None)
    last = max((p.last_day for p in version.parts if p.last_day), default=None)
    day = dt.date(2000, 1, 1)
    return utc_offsets(zone, first or day, last or day)


def _contact_day_jobs(
    kitchen: Kitchen,
    spec: TableSpec,
    measures: Sequence[Measure],
    *,
    offsets: Sequence[OffsetSpan],
) -> Iterator[_Job]:
    version = kitchen.session.manifest.facts[spec.name]
    by_slice: dict[str, list[Part]] = {}
    for part in version.parts:
        place = part.slice if version.rows > WHOLE_TABLE_ROWS else "all"
        by_slice.setdefault(place, []).append(part)

    @cache
    def rows() -> Query:
        session = kitchen.session
        facts = session.facts_given(spec.name)
        return session.query(_day_rows, facts, spec.name, measures, offsets)

    for place, parts in sorted(by_slice.items()):
        recipe = Recipe(
            name=_DAYS + spec.name,
            slice=place,
            inputs=_inputs(parts, [m.column for m in measures], offsets),
            order_by=("customer_id", "day", "contact_id", "known_day"),
        )
        yield _Job(Order(recipe, rows, given={spec.name: parts}), "known_day")


def _day_rows(
    facts: ir.Table,
    table: str,
    measures: Sequence[Measure],
    offsets: Sequence[OffsetSpan],
) -> ir.Table:
    return contact_days(facts, TABLES[table], measures, offsets=offsets)


def _measure_job(
    kitchen: Kitchen,
    spec: TableSpec,
    measure: Measure,
    *,
    offsets: Sequence[OffsetSpan],
) -> _Job:
    version = kitchen.session.manifest.facts[spec.name]
    is_last = measure.aggregate == "last"
    recipe = Recipe(
        name=(_LAST if is_last else _STEPS) + measure.column,
        slice="all",
        inputs=_inputs(version.parts, [measure.column], offsets),
        order_by=("customer_id", "day", "known_day")
        if is_last
        else ("customer_id", "day"),
    )
    shape = last_values if is_last else running_steps

    def rows() -> ir.Table:
        return shape(kitchen.session.facts(spec.name), spec, measure, offsets=offsets)

    return _Job(Order(recipe, rows), "known_day" if is_last else "day")


def _ended_job(
    kitchen: Kitchen,
    spec: TableSpec,
    measures: Sequence[Measure],
    *,
    offsets: Sequence[OffsetSpan],
) -> _Job:
    version = kitchen.session.manifest.facts[spec.name]
    recipe = Recipe(
        name=_DAYS + spec.name + _ENDED,
        slice="all",
        inputs=_inputs(version.parts, [m.column for m in measures], offsets),
        order_by=("customer_id", "day", "known_day"),
    )

    def rows() -> ir.Table:
        facts = kitchen.session.facts(spec.name)
        return ended_days(facts, spec, measures, offsets=offsets)

    return _Job(Order(recipe, rows), "known_day")


def _chosen_jobs(
    kitchen: Kitchen, metrics: Sequence[Metric], *, zone: str
) -> Iterator[_Job]:
    """Yield a roll-up for each condition by which metrics choose contacts."""
    version = kitchen.session.manifest.facts.get("contacts")
    if version is None:
        return
    offsets = offsets_of(version, zone)
    chosen = {where: name for name, where, _ in _chosen_sources(metrics)}
    for where in sorted(chosen):

        def rows(where: str = where) -> ir.Table:
            contacts = kitchen.session.facts("contacts")
            return chosen_contacts(contacts, where, offsets=offsets)

        recipe = Recipe(
            name=_CHOSEN + _suffix(chosen[where]),
            slice="all",
            inputs=_inputs(version.parts, [where], offsets),
            order_by=("known_day", "contact_id"),
        )
        yield _Job(Order(recipe, rows), "known_day")


def _chosen_sources(
    metrics: Sequence[Metric],
) -> Iterator[tuple[str, str, Sequence[Measure]]]:
    """Yield each part of a table that belongs to some contacts: name, condition."""
    by_source: dict[str, list[Measure]] = {}
    for table in TABLES:
        for measure in measures_for(metrics, table=table):
            if measure.contacts is not None:
                by_source.setdefault(measure.source, []).append(measure)
    for name, measures in sorted(by_source.items()):
        where = measures[0].contacts
        assert where is not None
        yield name, where, measures


def _suffix(source: str) -> str:
    """Return the end of a source's name: the same for one condition on any table."""
    return source.rpartition(".")[2]


def _presence_job(kitchen: Kitchen, offsets: Sequence[OffsetSpan]) -> _Job:
    version = kitchen.session.manifest.facts["subscriptions"]
    recipe = Recipe(
        name=_PRESENCE,
        slice="all",
        inputs=_inputs(version.parts, [], offsets),
        order_by=("customer_id", "day"),
    )

    def rows() -> ir.Table:
        return contract_presence(
            kitchen.session.facts("subscriptions"), offsets=offsets
        )

    return _Job(Order(recipe, rows), "day")


def _inputs(
    parts: Sequence[Part], columns: Sequence[str], offsets: Sequence[OffsetSpan]
) -> object:
    """Return everything that a roll-up depends on.

    The content of the rows counts, not the files that they lie in, nor when they were
    loaded: so compaction makes nothing new.
    """
    return {
        "version": VERSION,
        "content": content_digest(parts),
        "columns": list(columns),
        "offsets": [[o.since.isoformat(), o.seconds] for o in offsets],
    }


# -- as tables ------------------------------------------------------------------------


def _rollups(
    kitchen: Kitchen,
    files: Mapping[str, Sequence[Part]],
    histories: Mapping[str, History],
) -> Rollups:
    session = kitchen.session
    days = {
        name.removeprefix(_DAYS): kitchen.session.named_parts(f"rollup.{name}", parts)
        for name, parts in files.items()
        if name.startswith(_DAYS)
    }
    # Customers alone can be loaded: then they are their own first trace.
    presence = (
        session.named_parts("rollup.presence", files[_PRESENCE])
        if _PRESENCE in files
        else session.named(
            "rollup.presence",
            traced_presence([d for n, d in days.items() if not n.endswith(_ENDED)]),
        )
    )
    return Rollups(
        contact_days=days,
        last_values=_by_measure(kitchen, files, _LAST),
        running_steps=_by_measure(kitchen, files, _STEPS),
        presence=presence,
        customers=session.facts("customers"),
        late=frozenset(
            late
            for name, version in session.manifest.facts.items()
            if any(part.known_at_given for part in version.parts)
            for late in (name, name + _ENDED)
        ),
        known_from={
            name.removeprefix(_DAYS): min(history.digests)
            for name, history in histories.items()
            if name.startswith(_DAYS) and history.digests
        },
    )


def _with_chosen(
    kitchen: Kitchen,
    rollups: Rollups,
    metrics: Sequence[Metric],
    chosen: Mapping[str, ir.Table],
) -> Rollups:
    """Return the roll-ups with the parts that belong to some contacts.

    A row and its contact can become known on different days: so these parts count as
    late.
    """
    session = kitchen.session
    parts = {
        name: session.named(
            f"rollup.{_DAYS}{name}",
            days_of_chosen(
                rollups.contact_days[measures[0].table],
                chosen[_suffix(name)],
                measures,
            ),
        )
        for name, _where, measures in _chosen_sources(metrics)
    }
    return replace(
        rollups,
        contact_days={**rollups.contact_days, **parts},
        late=rollups.late | frozenset(parts),
    )


def _by_measure(
    kitchen: Kitchen, files: Mapping[str, Sequence[Part]], prefix: str
) -> dict[str, ir.Table]:
    return {
        name.removeprefix(prefix): kitchen.session.named_parts(f"rollup.{name}", parts)
        for name, parts in files.items()
        if name.startswith(prefix)
    }
