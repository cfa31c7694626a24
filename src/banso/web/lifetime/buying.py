"""Purchases without a contract: what is expected, and how earlier models did."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from banso.charts.chart import Chart
from banso.charts.lifetime import PurchaseWeek, Words, purchase_chart
from banso.runs.reading import ReleaseReader, Row
from banso.web.lifetime import words
from banso.web.lifetime.words import Figure
from banso.webkit import formatting
from banso.webkit.features import Text

UNITS: Final = {
    "alive": "share",
    "purchases": "count",
    "amount": "money",
    "value": "money",
}
DOUBTFUL: Final = 0.1  # the premise of the model of amounts


@dataclass(frozen=True)
class BuyingRow:
    """The figures of one segment."""

    name: str
    n: str
    cells: Sequence[tuple[str, Figure]]  # each with the head of its column


@dataclass(frozen=True)
class TenthRow:
    """A tenth of the customers, by what was expected of them."""

    tenth: int
    customers: str
    expected: str
    observed: str


@dataclass(frozen=True)
class BuyingPart:
    """What the page shows of purchases."""

    heads: Sequence[Text]
    whole: BuyingRow
    rows: Sequence[BuyingRow]
    chart: Chart | None  # null with `lack`
    lack: str
    money: str  # expected beside observed amounts, in a sentence
    tenths: Sequence[TenthRow]
    nobody_leaves: bool
    doubt: str  # about the premise; empty when there is none


def buying_part(
    reader: ReleaseReader, grouping: str, currency: str, *, language: str
) -> BuyingPart | None:
    """Return purchases in a currency; None when nobody buys without a contract."""
    judged = reader.findings("buying_judged", currency=currency)
    if not judged:
        return None
    rows = reader.findings("buying", currency=currency)
    whole = _rows_of(rows, "all", currency)
    return BuyingPart(
        heads=[words.BUYING_HEADS[key] for key in UNITS],
        whole=whole[0],
        rows=_rows_of(rows, grouping, currency),
        chart=_chart(reader, judged[0], language=language),
        lack=words.reason({**judged[0], "events": 0}) if judged[0]["reason"] else "",
        money=_money(judged[0], currency),
        tenths=_tenths(reader, currency),
        nobody_leaves=bool(judged[0]["nobody_leaves"]),
        doubt=_doubt(judged[0]),
    )


def _rows_of(rows: Sequence[Row], grouping: str, currency: str) -> list[BuyingRow]:
    mine = [row for row in rows if row["grouping"] == grouping]
    by_segment: dict[str, dict[str, Row]] = {}
    for row in mine:
        by_segment.setdefault(str(row["segment"]), {})[str(row["figure"])] = row
    found = []
    for segment, figures in sorted(by_segment.items()):
        name = segment or _("not known")
        if grouping == "all":
            name = _("All customers")
        said = [
            words.figure(figures[key], unit, currency) for key, unit in UNITS.items()
        ]
        heads = [str(words.BUYING_HEADS[key]) for key in UNITS]
        cells = list(zip(heads, said, strict=True))
        found.append(BuyingRow(name, said[0].n, cells))
    return found


def _chart(reader: ReleaseReader, judged: Row, *, language: str) -> Chart | None:
    if judged["reason"]:
        return None
    rows = reader.findings("buying_weeks", currency=judged["currency"])
    rows.sort(key=lambda row: int(str(row["place"])))
    return purchase_chart(
        [_week(row) for row in rows],
        Words(_("Repeat purchases by week, all customers"), _sentence(judged)),
        say=formatting.number,
        language=language,
    )


def _week(row: Row) -> PurchaseWeek:
    week = row["week"]
    assert isinstance(week, dt.date), "a date column"
    return PurchaseWeek(
        week=week,
        is_later=bool(row["is_later"]),
        expected=words.number(row["expected"]) or 0.0,
        observed=words.number(row["observed"]) or 0.0,
    )


def _sentence(judged: Row) -> str:
    until = judged["known_until"]
    assert isinstance(until, dt.date), "a date column"
    expected = words.number(judged["expected"]) or 0.0
    observed = words.number(judged["observed"]) or 0.0
    facts = {
        "day": formatting.day(until),
        "n": formatting.number(words.number(judged["n"])),
        "weeks": judged["weeks"],
        "expected": formatting.number(expected),
        "observed": formatting.number(observed),
        "off": formatting.ratio(abs(expected / observed - 1) if observed else None),
    }
    if expected > observed:
        return (
            _(
                "From what was known on %(day)s, %(expected)s purchases of %(n)s"
                " customers were expected in the %(weeks)s weeks after; %(observed)s"
                " came: %(off)s too many were expected."
            )
            % facts
        )
    return (
        _(
            "From what was known on %(day)s, %(expected)s purchases of %(n)s customers"
            " were expected in the %(weeks)s weeks after; %(observed)s came: %(off)s"
            " too few were expected."
        )
        % facts
    )


def _money(judged: Row, currency: str) -> str:
    expected = words.number(judged["expected_value"])
    observed = words.number(judged["observed_value"])
    if expected is None or observed is None:
        return ""
    return _(
        "In money: %(expected)s were expected, %(observed)s came, refunds not taken"
        " off."
    ) % {
        "expected": words.said(expected, "money", currency),
        "observed": words.said(observed, "money", currency),
    }


def _tenths(reader: ReleaseReader, currency: str) -> list[TenthRow]:
    rows = reader.findings("buying_tenths", currency=currency)
    rows.sort(key=lambda row: int(str(row["tenth"])))
    return [
        TenthRow(
            tenth=int(str(row["tenth"])),
            customers=formatting.number(words.number(row["customers"])),
            expected=formatting.number(words.number(row["expected"]), places=2),
            observed=formatting.number(words.number(row["observed"]), places=2),
        )
        for row in rows
    ]


def _doubt(judged: Row) -> str:
    low = words.number(judged["correlation_low"])
    high = words.number(judged["correlation_high"])
    if low is None or high is None or (low <= DOUBTFUL and high >= -DOUBTFUL):
        return ""
    rho = formatting.number(words.number(judged["correlation"]), places=2)
    return _(
        "The model of amounts takes how much to be independent of how often. Here they"
        " go together (rank correlation %(rho)s), so purchases × amount is doubtful."
    ) % {"rho": rho}
