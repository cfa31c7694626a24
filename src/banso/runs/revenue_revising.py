"""What a run finds changed in months that the release before had closed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import ibis.expr.types as ir

from banso.analytics.revenue.revisions import (
    FIELDS,
    revised_figures,
    revised_lines,
    revised_rows,
)
from banso.kernel.zones import day_number
from banso.runs.derived import Kitchen, Recipe
from banso.runs.revenue_basis import Basis, Moved
from banso.warehouse.manifest import JSON, Part, Release, TableVersion
from banso.warehouse.queries import Query

REVISIONS: Final = "revenue_revisions"
REVISION_ROWS: Final = "revenue_revision_rows"
VERSION: Final = 1
_READ: Final = ("mrr_changes", "revenue_periods")


@dataclass(frozen=True)
class _Before:
    """What the figures of a run are compared with."""

    tables: Mapping[str, tuple[Part, ...]]
    facts: TableVersion  # of the contract lines
    closed_until: dt.date  # months before it were over


@dataclass(frozen=True)
class Revising:
    """Compares the figures of a run with those of the release before."""

    kitchen: Kitchen
    as_of: dt.date
    basis: Basis

    @property
    def pause_days(self) -> int:
        """The days of a gap that is none."""
        return self.basis.rules.standard.pause_days

    def note(self, now: Mapping[str, tuple[Part, ...]]) -> dict[str, JSON]:
        """Return what figures rest on, and what of it differs from the release before.

        Parameters
        ----------
        now
            The result tables of revenue of this run.

        """
        basis, release = self.basis.note(), self._release_before
        moved = Moved()
        if release is not None:
            before = release.notes.get("revenue")
            noted = before if isinstance(before, dict) else {}
            if self._is_as_before(release, now) and "moved" in noted:
                moved = Moved.noted(noted["moved"])  # what was said of them still holds
            else:
                moved = Moved.between(noted.get("basis"), basis)
        return {"basis": basis, "moved": moved.note()}

    @staticmethod
    def _is_as_before(release: Release, now: Mapping[str, tuple[Part, ...]]) -> bool:
        return all(release.tables[name] == now[name] for name in _READ)

    def parts(self, now: Mapping[str, tuple[Part, ...]]) -> dict[str, tuple[Part, ...]]:
        """Return the files of `REVISIONS` and `REVISION_ROWS`.

        The first release has both too, without rows: it revises nothing.

        Parameters
        ----------
        now
            The result tables of revenue of this run.

        """
        release = self._release_before
        if release is None:
            before = _Before(now, self._facts, closed_until(self.as_of))
        else:
            if self._is_as_before(release, now):
                # The same figures as before: what was said of them still holds.
                said = {REVISIONS, REVISION_ROWS} & set(release.tables)
                if said:
                    return {name: release.tables[name] for name in sorted(said)}
            before = _Before(
                release.tables,
                release.facts["subscriptions"],
                closed_until(release.as_of),
            )
        return {
            REVISIONS: (self._figures(before, now),),
            REVISION_ROWS: (self._rows(before, now),),
        }

    @property
    def _facts(self) -> TableVersion:
        return self.kitchen.session.manifest.facts["subscriptions"]

    @property
    def _release_before(self) -> Release | None:
        """The newest release with revenue that does not lie in the future."""
        for release in reversed(self.kitchen.session.manifest.releases):
            if release.as_of <= self.as_of and set(_READ) <= set(release.tables):
                return release
        return None

    def _figures(self, before: _Before, now: Mapping[str, tuple[Part, ...]]) -> Part:
        name = "revenue_periods"
        session = self.kitchen.session

        def rows() -> Query:
            return session.query(
                figures,
                session.named_parts("revising.periods_before", before.tables[name]),
                session.named_parts("revising.periods_now", now[name]),
                session.scalar("revising.closed_until", before.closed_until),
            )

        order = ("period", "currency", "figure")
        return self.kitchen.part(self._recipe(REVISIONS, before, now, order), rows)

    def _rows(self, before: _Before, now: Mapping[str, tuple[Part, ...]]) -> Part:
        name = "mrr_changes"
        session = self.kitchen.session

        def rows() -> Query:
            closed = before.closed_until
            return session.query(
                contract_rows,
                self._lines("before", before.facts.parts),
                self._lines("now", self._facts.parts),
                session.named_parts("revising.changes_before", before.tables[name]),
                session.named_parts("revising.changes_now", now[name]),
                [
                    session.scalar("revising.closed_until", closed),
                    session.scalar("revising.closed_day", day_number(closed)),
                ],
                self.pause_days,
            )

        order = ("customer_id", "subscription_id", "row_started_on", "field")
        return self.kitchen.part(self._recipe(REVISION_ROWS, before, now, order), rows)

    def _lines(self, side: str, parts: tuple[Part, ...]) -> ir.Table:
        session = self.kitchen.session
        facts = session.facts("subscriptions", parts=parts)
        columns = dict.fromkeys(("subscription_id", *FIELDS, "known_at"))
        return session.named(f"revising.lines_{side}", facts.select(*columns))

    def _recipe(
        self,
        name: str,
        before: _Before,
        now: Mapping[str, tuple[Part, ...]],
        order: tuple[str, ...],
    ) -> Recipe:
        return Recipe(
            name=name,
            slice="all",
            inputs={
                "version": VERSION,
                "closed_until": before.closed_until.isoformat(),
                "before": [p.sha256 for each in _READ for p in before.tables[each]],
                "now": [p.sha256 for each in _READ for p in now[each]],
                "facts": [before.facts.digest, self._facts.digest],
                "pause_days": self.pause_days,
            },
            order_by=order,
        )


def closed_until(as_of: dt.date) -> dt.date:
    """Return the first day of the month that was running after a day."""
    return (as_of + dt.timedelta(days=1)).replace(day=1)


def figures(before: ir.Table, now: ir.Table, closed_until: ir.DateScalar) -> ir.Table:
    """Return the figures of closed months that differ."""
    return revised_figures(before, now, closed_until=closed_until)


def contract_rows(
    lines_before: ir.Table,
    lines_now: ir.Table,
    changes_before: ir.Table,
    changes_now: ir.Table,
    closed: "tuple[ir.DateScalar, ir.IntegerScalar] | list[ir.Scalar]",
    pause_days: int,
) -> ir.Table:
    """Return the contract rows behind them."""
    day, number = closed
    lines = revised_lines(changes_before, changes_now, closed_until=day)
    return revised_rows(
        lines_before, lines_now, lines, until=number, pause_days=pause_days
    )
