"""What a report of revenue is about: months of a release, in one language."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from babel.numbers import get_currency_precision

from banso.kernel.errors import BansoError
from banso.kernel.labels import Label, Language
from banso.runs.retention_reading import RetentionReading, Share
from banso.runs.revenue_reading import PeriodFigures, RevenueReading
from banso.webkit import formatting


class NoSuchMonths(BansoError):
    """Refuse a span in which no month with figures lies."""

    code = "no_such_months"


@dataclass(frozen=True)
class ReportSpan:
    """Months of a release, and how their figures are said."""

    reading: RevenueReading
    months: Sequence[dt.date]  # the first day of each, ascending; at least one
    language: Language

    @cached_property
    def by_currency(self) -> dict[str, list[PeriodFigures]]:
        """The figures of the months, ascending, of each currency that has any."""
        found: dict[str, list[PeriodFigures]] = {}
        for row in self.reading.totals("month"):
            if self.months[0] <= row.period <= self.months[-1]:
                found.setdefault(row.currency, []).append(row)
        return {currency: found[currency] for currency in sorted(found)}

    @property
    def retention(self) -> RetentionReading:
        """Reads retention of the same release."""
        return RetentionReading(self.reading)

    @property
    def words(self) -> str:
        """The span in words."""
        first, last = self.month(self.months[0]), self.month(self.months[-1])
        if first == last:
            return first
        return self.say(f"{first}から{last}まで", f"{first} to {last}")

    def say(self, ja: str, en: str) -> str:
        """Return one of two texts."""
        return Label(ja, en).in_language(self.language)

    def month(self, day: dt.date) -> str:
        """Return a month as people read it."""
        return formatting.month(day, language=self.language)

    def day(self, day: dt.date) -> str:
        """Return a date as people read it."""
        return formatting.day(day, language=self.language)

    def money(self, amount: Decimal | float, currency: str) -> str:
        """Return an amount in full."""
        # amounts have four places: a float of them is written back without loss
        exact = (
            amount if isinstance(amount, Decimal) else Decimal(str(round(amount, 4)))
        )
        return formatting.money(exact, currency, language=self.language)

    def rounding(self, amounts: Sequence[Decimal], currency: str) -> str:
        """Return the remark that amounts are shown rounded; empty when none is."""
        unit = Decimal(1).scaleb(-get_currency_precision(currency))
        if all(each == each.quantize(unit) for each in amounts):
            return ""
        return self.say("（表示は丸めた額）", " (amounts are shown rounded)")

    def number(self, value: float | None, *, places: int = 0) -> str:
        """Return a number, or a dash for null."""
        return formatting.number(value, places=places, language=self.language)

    def ratio(self, value: float | None) -> str:
        """Return a ratio as a percentage with one place, or a dash for null."""
        return formatting.ratio(value, places=1, language=self.language)

    def points(self, now: float | None, before: float | None) -> str:
        """Return the difference of two ratios in percentage points."""
        apart = None if now is None or before is None else now - before
        return formatting.ratio_change(apart, language=self.language)

    def interval(self, share: Share) -> str:
        """Return from where to where a share may be (95 %)."""
        low, high = share.ends
        if low is None or high is None:
            return formatting.MISSING
        return f"{self.ratio(low)}–{self.ratio(high)}"


def months_within(
    months: Sequence[dt.date], since: dt.date | None, until: dt.date | None
) -> list[dt.date]:
    """Return the months of a span; the year before its last one by default.

    Raises
    ------
    NoSuchMonths
        The span lies outside of the months with figures, or ends before it begins.

    """
    last = until or months[-1]
    first = since or last.replace(year=last.year - 1)
    found = [each for each in months if first <= each <= last]
    if not found:
        raise NoSuchMonths(
            f"There is no month of revenue from {first:%Y-%m} to {last:%Y-%m}.",
            hint=f"The months are {months[0]:%Y-%m} to {months[-1]:%Y-%m};"
            " --from must not be after --to.",
            asked_first=f"{first:%Y-%m}",
            asked_last=f"{last:%Y-%m}",
            first=f"{months[0]:%Y-%m}",
            last=f"{months[-1]:%Y-%m}",
        )
    return found
