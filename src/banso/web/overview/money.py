"""Sums of customers and of what they pay, also in several currencies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from django.utils.safestring import SafeString

from banso.webkit import formatting
from banso.webkit.templatetags.banso_parts import delta

NO_CURRENCY: Final = "XXX"  # ISO 4217: an amount that is not money


class Counted(Protocol):
    """A cell of `customers.figures`."""

    @property
    def currency(self) -> str:
        """Empty: none, or several."""

    @property
    def customers(self) -> int:
        """How many."""

    @property
    def mrr(self) -> Decimal | None:
        """None: not known of any of them."""


@dataclass(frozen=True)
class Amount:
    """Money in one currency."""

    currency: str
    value: Decimal

    def __str__(self) -> str:
        """Return the amount in few characters."""
        if self.currency in ("", NO_CURRENCY):
            few = abs(self.value) < 10_000
            show = formatting.number if few else formatting.compact
            return show(self.value)
        return formatting.compact_money(self.value, self.currency)


@dataclass(frozen=True)
class Total:
    """How many customers, and what they pay a month, by currency."""

    customers: int
    amounts: Sequence[Amount]  # the largest first; none: nothing is known

    @property
    def mrr(self) -> str:
        """All amounts in words: currencies are never added."""
        return " + ".join(map(str, self.amounts)) or formatting.MISSING

    @property
    def lines(self) -> list[str]:
        """The amounts for a narrow column, one each line."""
        return [str(amount) for amount in self.amounts] or [formatting.MISSING]

    @property
    def only(self) -> Amount | None:
        """The amount when there is one currency."""
        return self.amounts[0] if len(self.amounts) == 1 else None


def total_of(cells: Iterable[Counted]) -> Total:
    """Return the sum of cells."""
    customers, money = 0, dict[str, Decimal]()
    for cell in cells:
        customers += cell.customers
        if cell.mrr is not None:
            money[cell.currency] = money.get(cell.currency, Decimal(0)) + cell.mrr
    amounts = [Amount(currency, value) for currency, value in money.items()]
    amounts.sort(key=lambda amount: (-amount.value, amount.currency))
    return Total(customers, amounts)


def mrr_change(now: Total, before: Total) -> SafeString | str:
    """Return how MRR changed, or nothing when it cannot be said in one currency."""
    if now.only is None or before.only is None:
        return ""
    currency = now.only.currency
    if currency != before.only.currency:
        return ""
    change = now.only.value - before.only.value
    if currency in ("", NO_CURRENCY):
        return delta(change, kind="number")
    return delta(change, kind="money", currency=currency)
