"""Retention, continuation and variants out of a release, as `revenue_reading` does."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import ibis.expr.types as ir
from ibis import _

from banso.analytics.figures.proportions import proportion
from banso.analytics.revenue.periods import Calendar
from banso.analytics.revenue.renewals import continuation
from banso.analytics.revenue.retention import retention
from banso.analytics.revenue.units import (
    WHOLE,
    month_steps,
    unit_steps,
    unit_stretches,
)
from banso.analytics.revenue.variants import FIGURES
from banso.definitions.revenue import STANDARD
from banso.runs.reading import Row
from banso.runs.revenue import (
    CONTINUATION,
    MRR_CHANGES,
    RENEWALS,
    RETENTION,
    VARIANT_ROWS,
    WINDOWS,
)
from banso.runs.revenue_reading import RevenueReading

_SIDES: Final = ("standard", "variant")


@dataclass(frozen=True)
class Share:
    """A share of a count, with its 95 % interval (null where there is nobody)."""

    seen: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share."""
        return self.seen / self.whole if self.whole else None

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """From where to where it may be (Wilson)."""
        found = proportion(self.seen, self.whole)
        return found.low, found.high


@dataclass(frozen=True)
class Retained:
    """What is left of the customers and the MRR of some months before."""

    month: dt.date  # at whose end the window ends
    segment: str | None
    currency: str
    logo: Share
    mrr_start: Decimal
    mrr_kept: Decimal
    mrr_gross: Decimal

    @property
    def nrr(self) -> float | None:
        """Net revenue retention; null without money to begin with."""
        return float(self.mrr_kept / self.mrr_start) if self.mrr_start else None

    @property
    def grr(self) -> float | None:
        """Gross revenue retention; null without money to begin with."""
        return float(self.mrr_gross / self.mrr_start) if self.mrr_start else None

    @classmethod
    def of(cls, row: Row) -> "Retained":
        """Return the figures of a row of ``retention_figures``."""
        return cls(
            month=row["period"],  # type: ignore[arg-type] # as the run wrote it
            segment=None if row["segment"] is None else str(row["segment"]),
            currency=str(row["currency"]),
            logo=Share(_count(row["customers_kept"]), _count(row["customers_start"])),
            mrr_start=_money(row["mrr_start"]),
            mrr_kept=_money(row["mrr_kept"]),
            mrr_gross=_money(row["mrr_gross"]),
        )


@dataclass(frozen=True)
class Continued:
    """Renewals that fell due within some months, and those of them that renewed."""

    month: dt.date  # the last of them
    segment: str | None
    currency: str
    lines: Share
    mrr_due: Decimal
    mrr_renewed: Decimal

    @property
    def by_amount(self) -> float | None:
        """The contract continuation rate by amount."""
        return float(self.mrr_renewed / self.mrr_due) if self.mrr_due else None


@dataclass(frozen=True)
class VariantRow:
    """A customer that counts differently in a variant: both sides of each figure."""

    customer_id: str
    currency: str
    standard: Retained
    variant: Retained


@dataclass(frozen=True)
class RetentionReading:
    """Reads retention of what a `RevenueReading` looks at."""

    revenue: RevenueReading

    def retained(self, window: int, grouping: str = WHOLE) -> list[Retained]:
        """Return retention over a window of months at the end of each month.

        Parameters
        ----------
        window
            One of `WINDOWS`.
        grouping
            A split that the run made.

        """
        reader = self.revenue.reader
        if self.revenue.customers is None:
            rows = reader.findings(
                RETENTION, variant=STANDARD, window_months=window, grouping=grouping
            )
        else:
            rows = self.revenue.own_rows(
                lambda: self._own_retention(window, grouping),
                *("retention", window, grouping),
            )
        return sorted(map(Retained.of, rows), key=lambda each: each.month)

    def continued(self, window: int, grouping: str = WHOLE) -> list[Continued]:
        """Return the contract continuation rate over a window, for each month."""
        reader = self.revenue.reader
        if self.revenue.customers is None:
            rows = reader.findings(CONTINUATION, grain="month", grouping=grouping)
        else:
            rows = self.revenue.own_rows(
                lambda: self._own_continuation(grouping), "continuation", grouping
            )
        months = self.revenue.all_periods("month")
        return _over_windows(rows, months, window)

    def variants(self) -> dict[str, list[Retained]]:
        """Return retention over the last twelve months under each variant, by key.

        Found from the standard reading and the rows that differ, whose sums lead from
        the one to the other. Empty for a release without those rows.
        """
        table = self.revenue.reader.result(VARIANT_ROWS)
        if table is None:
            return {}
        month = self.revenue.all_periods("month")[-1]
        standard = [each for each in self.retained(WINDOWS[-1]) if each.month == month]
        rows = self.revenue.of_customers(table)
        sums = rows.group_by("variant", "currency").aggregate(
            **{
                f"{side}_{name}": rows[f"{side}_{name}"].sum()
                for side in _SIDES
                for name in FIGURES.values()
            }
        )
        found = {
            key: {each.currency: each for each in standard} for key in self._variants
        }
        for row in self.revenue.reader.fetch(sums):
            key, currency = str(row["variant"]), str(row["currency"])
            base = found[key].get(currency) or _nothing(month, currency)
            found[key][currency] = _moved(base, row)
        return {key: list(each.values()) for key, each in found.items()}

    def variant_rows(
        self, key: str, currency: str, *, start: int = 0, limit: int | None = None
    ) -> list[VariantRow]:
        """Return who counts differently in a variant, the largest differences first."""
        table = self.revenue.reader.result(VARIANT_ROWS)
        if table is None:
            return []
        rows = self.revenue.of_customers(table).filter(
            _.variant == key, _.currency == currency
        )
        apart = (rows.variant_mrr_kept - rows.standard_mrr_kept).abs() + (
            rows.variant_mrr_start - rows.standard_mrr_start
        ).abs()
        ordered = rows.order_by(apart.desc(), rows.customer_id)
        found = self.revenue.reader.fetch(ordered.limit(limit, offset=start))
        month = self.revenue.all_periods("month")[-1]
        return [_variant_row(row, month) for row in found]

    def count_variant_rows(self) -> dict[tuple[str, str], int]:
        """Return how many customers count differently, by variant and currency."""
        table = self.revenue.reader.result(VARIANT_ROWS)
        if table is None:
            return {}
        rows = self.revenue.of_customers(table)
        counted = rows.group_by("variant", "currency").aggregate(n=_.count())
        return {
            (str(row["variant"]), str(row["currency"])): _count(row["n"])
            for row in self.revenue.reader.fetch(counted)
        }

    @property
    def _variants(self) -> list[str]:
        noted = self.revenue.note.get("readings")
        return [str(key) for key in noted or () if key != STANDARD]  # type: ignore[attr-defined]

    def _own_continuation(self, grouping: str) -> ir.Table:
        found = continuation(
            self.revenue.table(RENEWALS),
            numbers=self.revenue.numbers(grouping),
            months=1,
        )
        return found.filter(found.grouping == grouping)

    def _own_retention(self, window: int, grouping: str) -> ir.Table:
        numbers, standard = self.revenue.numbers(grouping), self.revenue.standard
        steps = month_steps(self.revenue.table(MRR_CHANGES), numbers)
        found = retention(
            unit_stretches(unit_steps(steps, months=1, reading=standard)),
            numbers=numbers,
            window_months=window,
            calendar=Calendar.of(self.revenue.all_periods("month")),
            reading=standard,
        )
        return found.filter(found.grouping == grouping)


def _over_windows(
    rows: Sequence[Row], months: Sequence[dt.date], window: int
) -> list[Continued]:
    """Return monthly sums added up over the window that ends with each month."""
    by_group: defaultdict[tuple[str | None, str], dict[dt.date, Row]]
    by_group = defaultdict(dict)
    for row in rows:
        segment = None if row["segment"] is None else str(row["segment"])
        by_group[segment, str(row["currency"])][row["period"]] = row  # type: ignore[index]
    found = []
    for (segment, currency), group in by_group.items():
        for place, month in enumerate(months):
            within = months[max(0, place + 1 - window) : place + 1]
            parts = [group[each] for each in within if each in group]
            if not parts or place + 1 < window:
                continue
            found.append(
                Continued(
                    month=month,
                    segment=segment,
                    currency=currency,
                    lines=Share(
                        sum(_count(part["renewed"]) for part in parts),
                        sum(_count(part["due"]) for part in parts),
                    ),
                    mrr_due=sum((_money(p["mrr_due"]) for p in parts), Decimal(0)),
                    mrr_renewed=sum(
                        (_money(p["mrr_renewed"]) for p in parts), Decimal(0)
                    ),
                )
            )
    return sorted(found, key=lambda each: each.month)


def _moved(base: Retained, row: Row) -> Retained:
    """Return retention with the customers of a variant instead of the standard's."""

    def less(name: str) -> Decimal:
        return _money(row[f"variant_{name}"]) - _money(row[f"standard_{name}"])

    return replace(
        base,
        logo=Share(
            base.logo.seen + int(less("customers_kept")),
            base.logo.whole + int(less("customers_start")),
        ),
        mrr_start=base.mrr_start + less("mrr_start"),
        mrr_kept=base.mrr_kept + less("mrr_kept"),
        mrr_gross=base.mrr_gross + less("mrr_gross"),
    )


def _nothing(month: dt.date, currency: str) -> Retained:
    zero = Decimal(0)
    return Retained(month, "", currency, Share(0, 0), zero, zero, zero)


def _variant_row(row: Row, month: dt.date) -> VariantRow:
    standard, variant = (
        Retained.of(
            {
                "period": month,
                "segment": "",
                "currency": row["currency"],
                **{name: row[f"{side}_{name}"] for name in FIGURES.values()},
            }
        )
        for side in _SIDES
    )
    return VariantRow(
        customer_id=str(row["customer_id"]),
        currency=str(row["currency"]),
        standard=standard,
        variant=variant,
    )


def _count(value: object) -> int:
    return int(str(value))


def _money(value: object) -> Decimal:
    return Decimal(str(value))
