"""Variants of retention beside the standard reading, and who makes them differ."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from banso.definitions.revenue import Reading, Variant
from banso.runs.retention_reading import Retained, RetentionReading, VariantRow
from banso.runs.revenue import WINDOWS
from banso.web.customers import queries as customers
from banso.web.revenue.queries import reading_for, state_of
from banso.webkit import formatting
from banso.webkit.features import Text
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff

PAGE_SIZE: Final = 50
# what each choice means, by the key and the value in definitions/revenue.yaml
_CHOICES: Final[Mapping[tuple[str, object], Text]] = {
    ("churn_at", "end"): gettext_lazy("A line counts until its end."),
    ("churn_at", "notice"): gettext_lazy("A line counts until the day of its notice."),
    ("free_plan", "churn"): gettext_lazy("Going down to a free plan is churn."),
    ("free_plan", "contraction"): gettext_lazy(
        "Going down to a free plan is contraction: the customer stays one."
    ),
    ("within_period", "netted"): gettext_lazy("Moves within a period cancel out."),
    ("within_period", "shown"): gettext_lazy("Moves within a period are all shown."),
    ("discounts", "agreed"): gettext_lazy("MRR is as agreed in the contract."),
    ("discounts", "billed"): gettext_lazy("Discounts that were billed lower MRR."),
    ("currency_rate", "contract"): gettext_lazy(
        "Foreign MRR is converted at the rate of the day on which the line began."
    ),
    ("currency_rate", "period"): gettext_lazy(
        "Foreign MRR is converted at the rate of the day that is looked at."
    ),
    ("reactivation", "none"): gettext_lazy("Who left once is lost, also when back."),
    ("reactivation", "returned"): gettext_lazy(
        "Who paid at the start, left and came back counts with what it pays now."
    ),
    ("reactivation", "all"): gettext_lazy(
        "Customers of former times that came back count in NRR as well."
    ),
    ("contraction", "counted"): gettext_lazy("Contraction lowers NRR."),
    ("contraction", "ignored"): gettext_lazy("Contraction does not lower NRR."),
    ("quick_ratio", "with_reactivation"): gettext_lazy(
        "Reactivation is growth in the quick ratio."
    ),
    ("quick_ratio", "without_reactivation"): gettext_lazy(
        "Reactivation is not growth in the quick ratio."
    ),
}
_ONLY_MOVEMENTS: Final = {"within_period", "quick_ratio"}


@dataclass(frozen=True)
class Compared:
    """A figure under a variant, and how far it is from the standard one."""

    value: str
    change: str = ""  # in points; empty: of the standard itself


@dataclass(frozen=True)
class VariantLine:
    """One reading of revenue, with its figures."""

    label: str
    meaning: Sequence[str]
    logo: Compared | None  # None: it cannot differ here, see `why`
    grr: Compared | None
    nrr: Compared | None
    customers: int  # that count differently
    url: str  # of those customers
    why: str = ""


@dataclass(frozen=True)
class DifferentCustomer:
    """A customer that counts differently in a variant."""

    customer_id: str
    customer: str
    amounts: Sequence[tuple[str, str, bool]]  # standard, variant, whether they differ


@dataclass(frozen=True)
class Different:
    """Who counts differently in a variant, some of them."""

    variant: Variant
    month: dt.date  # at whose end the window of twelve months ends
    currency: str
    standard: Retained | None
    told: Retained | None  # of the variant
    count: int
    rows: Sequence[VariantRow]
    names: Mapping[str, str]
    has_more: bool


@dataclass(frozen=True)
class VariantPage:
    """The customers that make a variant differ."""

    label: str
    meaning: Sequence[str]
    month: str
    currency: str
    standard: Retained | None
    figures: Sequence[tuple[str, Compared, Compared]]  # name, standard, variant
    count: int
    rows: Page[DifferentCustomer]


def variant_lines(
    reading: RetentionReading, currency: str, language: str
) -> list[VariantLine]:
    """Return the standard reading and every variant; empty for an older release."""
    found = reading.variants()
    if not found:
        return []
    rules = reading.revenue.reader.catalog.revenue
    standard = _standard(reading, currency)
    counts = reading.count_variant_rows()
    lines = [
        VariantLine(
            label=_("Standard"),
            meaning=meaning(rules.standard.model_dump()),
            logo=_compared(standard, None, "logo"),
            grr=_compared(standard, None, "grr"),
            nrr=_compared(standard, None, "nrr"),
            customers=0,
            url="",
        )
    ]
    for variant in rules.variants:
        figures = {each.currency: each for each in found.get(variant.key, ())}
        told, count = figures.get(currency), counts.get((variant.key, currency), 0)
        is_told = variant.key in found
        query = urlencode({"currency": currency})
        url = reverse("revenue:variant", args=[variant.key])
        lines.append(
            VariantLine(
                label=variant.label.label.in_language(language),
                meaning=meaning(_changed(variant)),
                logo=_compared(told, standard, "logo") if is_told else None,
                grr=_compared(told, standard, "grr") if is_told else None,
                nrr=_compared(told, standard, "nrr") if is_told else None,
                customers=count,
                url=f"{url}?{query}" if count else "",
                why="" if is_told else _why_not(variant, rules.standard),
            )
        )
    return lines


def different_customers(
    key: str, currency: str, *, visible_to: Staff, start: int, size: int
) -> Different:
    """Return who counts differently in a variant; 404 when there is no such one.

    Parameters
    ----------
    key
        Of the variant.
    currency
        Of the amounts; empty: that of the company.
    visible_to
        Whose customers.
    start, size
        How many are passed, and the most to return; the largest differences first.

    """
    revenue = reading_for(visible_to)
    if revenue is None or state_of(revenue) != "ready":
        raise Http404
    reading = RetentionReading(revenue)
    rules = revenue.reader.catalog.revenue
    variants = reading.variants()
    known = {each.key: each for each in rules.variants if each.key in variants}
    if key not in known:
        raise Http404
    currency = currency or str(revenue.note.get("currency"))
    rows = reading.variant_rows(key, currency, start=start, limit=size + 1)
    names = dict(
        customers.visible_customers(visible_to)
        .filter(pk__in=[row.customer_id for row in rows])
        .values_list("pk", "name")
    )
    return Different(
        variant=known[key],
        month=revenue.all_periods("month")[-1],
        currency=currency,
        standard=_standard(reading, currency),
        told={each.currency: each for each in variants[key]}.get(currency),
        count=reading.count_variant_rows().get((key, currency), 0),
        rows=rows[:size],
        names=names,
        has_more=len(rows) > size,
    )


def variant_page(
    key: str, asked: Mapping[str, str], *, visible_to: Staff, language: str
) -> VariantPage:
    """Return the page of who counts differently in a variant; 404 without such one."""
    at = asked.get("at", "")
    start = int(at) if at.isdecimal() and len(at) < 10 else 0
    found = different_customers(
        key,
        asked.get("currency", ""),
        visible_to=visible_to,
        start=start,
        size=PAGE_SIZE,
    )
    standard = found.standard
    return VariantPage(
        label=found.variant.label.label.in_language(language),
        meaning=meaning(_changed(found.variant)),
        month=formatting.month(found.month),
        currency=found.currency,
        standard=standard,
        figures=[
            (
                name,
                _compared(standard, None, figure),
                _compared(found.told, standard, figure),
            )
            for figure, name in (
                ("logo", _("Logo retention")),
                ("grr", _("GRR")),
                ("nrr", _("NRR")),
            )
        ],
        count=found.count,
        rows=Page(
            rows=[_customer(row, found.names) for row in found.rows],
            previous=str(max(0, start - PAGE_SIZE)) if start else "",
            next=str(start + PAGE_SIZE) if found.has_more else "",
        ),
    )


def meaning(choices: Mapping[str, object]) -> list[str]:
    """Return choices in plain sentences."""
    said = []
    for name, value in choices.items():
        if name == "pause_days":
            days = int(str(value))
            said.append(
                ngettext(
                    "A gap of at most %(n)d day is none.",
                    "A gap of at most %(n)d days is none.",
                    days,
                )
                % {"n": days}
                if days
                else _("Every gap between two lines is one, be it a day.")
            )
        else:
            said.append(str(_CHOICES[name, value]))
    return said


def _standard(reading: RetentionReading, currency: str) -> Retained | None:
    month = reading.revenue.all_periods("month")[-1]
    found = [
        each
        for each in reading.retained(WINDOWS[-1])
        if each.month == month and each.currency == currency
    ]
    return found[0] if found else None


def _changed(variant: Variant) -> dict[str, object]:
    return variant.model_dump(exclude={"key", "label"}, exclude_none=True)


def _why_not(variant: Variant, standard: Reading) -> str:
    """Return why a variant cannot differ from the standard one here."""
    moved = {
        name
        for name, value in _changed(variant).items()
        if value != getattr(standard, name)
    }
    if not moved:
        return _("It is the same as the standard reading.")
    if moved <= _ONLY_MOVEMENTS:
        return _("It changes movements, not retention.")
    if moved <= {*_ONLY_MOVEMENTS, "currency_rate"}:
        return _("No rates of exchange are given, so it changes nothing.")
    return _("No charges are connected, so it changes nothing.")


def _compared(told: Retained | None, beside: Retained | None, figure: str) -> Compared:
    value = _value(told, figure)
    before = _value(beside, figure)
    change = ""
    if beside is not None and value is not None and before is not None:
        change = formatting.ratio_change(value - before)
    return Compared(formatting.ratio(value, places=1), change)


def _value(told: Retained | None, figure: str) -> float | None:
    if told is None:
        return None
    return {"logo": told.logo.value, "grr": told.grr, "nrr": told.nrr}[figure]


def _customer(row: VariantRow, names: Mapping[str, str]) -> DifferentCustomer:
    def both(name: str) -> tuple[str, str, bool]:
        one, other = getattr(row.standard, name), getattr(row.variant, name)
        return (
            formatting.money(one, row.currency),
            formatting.money(other, row.currency),
            one != other,
        )

    yes, no = _("yes"), _("no")
    one, other = row.standard.logo.seen, row.variant.logo.seen
    return DifferentCustomer(
        customer_id=row.customer_id,
        customer=names.get(row.customer_id) or row.customer_id,
        amounts=[
            both("mrr_start"),
            both("mrr_gross"),
            both("mrr_kept"),
            (yes if one else no, yes if other else no, one != other),
        ],
    )
