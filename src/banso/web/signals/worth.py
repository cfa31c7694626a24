"""What acting on an open signal is worth, as it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banso.runs.reading import ReleaseReader, Row
from banso.webkit import formatting

_WHY_NOT: Final[Mapping[str, str | Promise]] = {
    "no_play": gettext_lazy("no play is proposed"),
    "no_mrr": gettext_lazy("the customer pays in several currencies"),
    "few_moves": gettext_lazy("too few moves of MRR are known"),
    "no_rate": gettext_lazy("no rate of exchange"),
    "no_chance": gettext_lazy("no chance is known"),
}


@dataclass(frozen=True)
class ShownWorth:
    """The worth of a signal at a customer, with what it is made of."""

    value: str  # an en dash when there is none
    factors: str  # "" when there is no worth
    why_not: str  # "" when there is one


def currency_of(reader: ReleaseReader) -> str:
    """Return what worth is told in; "" in a release from before there was any."""
    note = reader.release.notes.get("analyses")
    told = note.get("signals") if isinstance(note, dict) else None
    currency = told.get("currency") if isinstance(told, dict) else None
    return str(currency or "")


def worth_of(row: Row, currency: str) -> ShownWorth | None:
    """Return the worth of a row of ``signals``; None in an older release."""
    if not currency or "worth" not in row:
        return None
    worth = _number(row["worth"])
    if worth is None:
        reason = str(row["worth_reason"] or "")
        why_not = str(_WHY_NOT.get(reason, reason))
        return ShownWorth(formatting.MISSING, "", why_not)
    return ShownWorth(formatting.compact_money(worth, currency), _factors(row), "")


def _factors(row: Row) -> str:
    """Return what was multiplied, such as 30% × ¥1.2M × urgency 75% × effect 10%."""
    values = {
        "chance": _share(row["chance"]),
        "amount": formatting.compact_money(
            _number(row["amount"]), str(row["amount_currency"] or "")
        ),
        "urgency": _share(row["urgency"]),
        "effect": _share(row["effect"]),
    }
    if row["effect_basis"] == "proven":
        return (
            _(
                "chance %(chance)s × %(amount)s × urgency %(urgency)s × effect"
                " %(effect)s (proven)"
            )
            % values
        )
    return (
        _(
            "chance %(chance)s × %(amount)s × urgency %(urgency)s × effect"
            " %(effect)s (assumed)"
        )
        % values
    )


def _share(value: object) -> str:
    share = _number(value)
    if share is None:
        return formatting.MISSING
    return formatting.ratio(share, places=1 if 0 < share < 0.1 else 0)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
