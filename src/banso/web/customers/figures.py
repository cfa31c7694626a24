"""Sums over the customers of an owner: what the overview shows, counted once a run."""

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import ibis
import ibis.expr.types as ir
from ibis import _

from banso.analytics.contracts import contract_state
from banso.warehouse.manifest import Release
from banso.warehouse.session import Session
from banso.web.customers.release_rows import (
    before_of,
    chances,
    dates_of,
    normalized_owner,
)

EVERYBODY: Final = "*"
BANDS: Final = ("healthy", "watch", "at_risk", "unknown")
WITHIN: Final = (30, 60, 90, 180)  # days to a renewal, each from the one before
CHANCES: Final = (0, 5, 10, 20, 50, 100)  # percent: from one to the next


@dataclass(frozen=True)
class Cell:
    """How many customers, and how much they pay a month.

    `part` and `of` say what is counted: ``now`` and ``before`` (all active customers,
    by band), ``renewal_month`` of a month (2026-12), ``renewal_within`` of `WITHIN`,
    ``notice`` (active customers who gave notice), ``chance`` (active customers with a
    chance to leave within 90 days, of a range of `CHANCES`: 20-50), ``expected`` (the
    same customers by what the chance is from, with the MRR that is expected to go).
    """

    part: str
    of: str
    band: str  # as of the date that the cell is about
    currency: str  # empty: none, or several
    customers: int
    mrr: Decimal | None  # None: not known of any of them


@dataclass(frozen=True)
class Figures:
    """The figures of one owner, or of several together."""

    cells: tuple[Cell, ...] = ()
    history: Mapping[str, Sequence[int]] | None = None  # band: customers by as-of date

    def as_json(self) -> dict[str, object]:
        """Return the figures as the database keeps them."""
        cells = [
            [c.part, c.of, c.band, c.currency, c.customers,
             None if c.mrr is None else str(c.mrr)]
            for c in self.cells
        ]  # fmt: skip
        return {"cells": cells, "history": dict(self.history or {})}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Figures":
        """Return the figures that `as_json` made."""
        cells, history = kept["cells"], kept["history"]
        assert isinstance(cells, list)
        assert isinstance(history, dict)
        return cls(
            cells=tuple(
                Cell(part, of, band, currency, customers, mrr and Decimal(mrr))
                for part, of, band, currency, customers, mrr in cells
            ),
            history=history,
        )

    def of_part(self, part: str) -> list[Cell]:
        """Return the cells of one part."""
        return [cell for cell in self.cells if cell.part == part]


def added(several: Iterable[Figures]) -> Figures:
    """Return the figures of several owners together."""
    customers: Counter[tuple[str, str, str, str]] = Counter()
    money: dict[tuple[str, str, str, str], Decimal] = {}
    history: dict[str, list[int]] = {}
    for figures in several:
        for cell in figures.cells:
            key = (cell.part, cell.of, cell.band, cell.currency)
            customers[key] += cell.customers
            if cell.mrr is not None:
                money[key] = money.get(key, Decimal(0)) + cell.mrr
        for band, counts in (figures.history or {}).items():
            before = history.get(band)
            history[band] = (
                [a + b for a, b in zip(before, counts, strict=True)]
                if before
                else list(counts)
            )
    cells = (Cell(*key, count, money.get(key)) for key, count in customers.items())
    return Figures(tuple(sorted(cells, key=_place)), history)


def figures_by_owner(session: Session, release: Release) -> dict[str, Figures]:
    """Return the figures of each owner of a release, and of ``EVERYBODY``."""
    cells: dict[str, list[Cell]] = defaultdict(list)
    for row in session.to_arrow(_cells(session, release)).to_pylist():
        owner = row.pop("owner")
        cells[owner].append(Cell(**row))
    history = _history(session, release)
    by_owner = {
        owner: Figures(tuple(sorted(cells[owner], key=_place)), history.get(owner))
        for owner in sorted({*cells, *history})
    }
    return {**by_owner, EVERYBODY: added(by_owner.values())}


def _place(cell: Cell) -> tuple[str, str, str, str]:
    return (cell.part, cell.of, cell.band, cell.currency)


def _cells(session: Session, release: Release) -> ir.Table:
    rows = session.result("customer_now", release)
    rows = rows.mutate(owner=normalized_owner(rows.owner))
    active = rows.filter(rows.status == "active")
    days = active.renews_on.delta(ibis.literal(release.as_of), unit="day")
    within = ibis.cases(*[(days <= n, str(n)) for n in WITHIN], else_=None)
    ahead = active.filter(days >= 0, days <= WITHIN[-1])
    return ibis.union(
        _counted(active, "now", ibis.literal("")),
        _counted(_before(session, release, rows), "before", ibis.literal("")),
        _counted(ahead, "renewal_month", ahead.renews_on.strftime("%Y-%m")),
        _counted(ahead.mutate(within=within), "renewal_within", _.within),
        _counted(active.filter(active.notice_on.notnull()), "notice", ibis.literal("")),
        *_chances(session, release, active),
    )


def _chances(
    session: Session, release: Release, active: ir.Table
) -> tuple[ir.Table, ir.Table]:
    """Return the customers by their chance to leave, and what is expected to go."""
    known = active.inner_join(chances(session, release), "customer_id")
    known = known.filter(known.p_churn.notnull())
    edges = list(itertools.pairwise(CHANCES))
    range_ = ibis.cases(
        *[(known.p_churn * 100 < high, f"{low}-{high}") for low, high in edges],
        else_="{}-{}".format(*edges[-1]),
    )
    expected = known.mutate(mrr=known.mrr_at_risk.cast("decimal(18, 4)"))
    return (
        _counted(known, "chance", range_),
        _counted(expected, "expected", expected.p_churn_basis),
    )


def _counted(rows: ir.Table, part: str, of: ir.Value) -> ir.Table:
    counted = rows.group_by(
        "owner", of=of, band=rows.band.fill_null("unknown"),
        currency=rows.currency.fill_null(""),
    )  # fmt: skip
    return counted.aggregate(
        customers=_.customer_id.count(), mrr=_.mrr.sum().cast("decimal(38, 4)")
    ).mutate(part=ibis.literal(part))


def _before(session: Session, release: Release, rows: ir.Table) -> ir.Table:
    """Return the customers that were active on the date before, as they were then."""
    then = before_of(release) or dt.date.min
    health = session.result("health", release)
    active = health.filter(health.as_of == ibis.literal(then))
    active = active.select("customer_id", "band")
    known = active.join(rows.select("customer_id", "owner"), "customer_id")
    facts = release.facts.get("subscriptions")
    if facts is None or not facts.rows:
        return known.mutate(
            mrr=ibis.null("decimal(18, 4)"), currency=ibis.null("string")
        )
    contracts = contract_state(
        session.facts("subscriptions", parts=facts.parts), as_of=then
    )
    paid = contracts.select("customer_id", "mrr", "currency")
    return known.left_join(paid, "customer_id").drop("customer_id_right")


def _history(session: Session, release: Release) -> dict[str, dict[str, list[int]]]:
    """Return how many customers of each owner were in each band, by as-of date.

    The owner is the one of today: who looks at a list of customers sees the history of
    these customers.
    """
    dates = [date.isoformat() for date in dates_of(release)]
    place = {date: index for index, date in enumerate(dates)}
    owners = session.result("customer_now", release)
    owners = owners.select("customer_id", owner=normalized_owner(owners.owner))
    health = session.result("health", release)
    counted = (
        health.join(owners, "customer_id")
        .group_by("owner", "as_of", band=_.band.fill_null("unknown"))
        .aggregate(customers=_.customer_id.count())
    )
    history: dict[str, dict[str, list[int]]] = {}
    for row in session.to_arrow(counted).to_pylist():
        of_owner = history.setdefault(
            row["owner"], {band: [0] * len(dates) for band in BANDS}
        )
        of_owner[row["band"]][place[row["as_of"].isoformat()]] = row["customers"]
    return history
