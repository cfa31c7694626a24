"""Reading what customers are worth, as the run worked it out."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.http import Http404
from django.utils.translation import gettext as _

from banso.charts.chart import Chart
from banso.charts.lifetime import ValueLine, ValueMonth, Words, value_curves
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.forecast.queries import Names
from banso.web.lifetime import words
from banso.web.lifetime.buying import BuyingPart, buying_part
from banso.web.lifetime.renewing import RenewalPart, renewal_part
from banso.web.lifetime.words import Figure
from banso.webkit.features import Text

MONTHS: Final = (12, 24, 36, 60)
ALL: Final = "all"


@dataclass(frozen=True)
class SegmentRow:
    """The figures of one segment, in the order of the table's head."""

    name: str
    n: str
    cells: Sequence[tuple[str, Figure]]  # each with the head of its column


@dataclass(frozen=True)
class ContractPart:
    """Customers under contract."""

    heads: Sequence[Text]
    months: int  # within which the value is told
    whole: Mapping[str, Figure]  # by figure
    rows: Sequence[SegmentRow]
    chart: Chart
    has_costs: bool
    renewals: RenewalPart


@dataclass(frozen=True)
class LifetimePage:
    """Everything that the page shows."""

    as_of: dt.date
    group: str  # empty: all together
    group_label: str
    groups: Sequence[tuple[str, str]]
    currency: str
    currencies: Sequence[str]
    contracts: ContractPart | None
    buying: BuyingPart | None
    is_older: bool  # the release was made before there were such results


def lifetime_page(asked: Mapping[str, str], *, language: str) -> LifetimePage | None:
    """Return the page as its address asks for it; None before any run."""
    reader = customers.published_reader()
    if reader is None:
        return None
    chosen = _Chosen(reader, asked, language)
    contracts = _contract_part(chosen) if chosen.rows else None
    buying = buying_part(
        reader, chosen.group or ALL, chosen.currency, language=language
    )
    return LifetimePage(
        as_of=reader.release.as_of,
        group=chosen.group,
        group_label=dict(chosen.groups).get(chosen.group, ""),
        groups=chosen.groups,
        currency=chosen.currency,
        currencies=chosen.currencies,
        contracts=contracts,
        buying=buying,
        is_older=not contracts and not buying and reader.has("subscriptions"),
    )


def export_rows(asked: Mapping[str, str]) -> Sequence[tuple[str, Row]]:
    """Return every figure of all customers and of each segment; 404 before any run.

    In all currencies and over all months: a file is filtered where it is read.
    """
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    group = _Chosen(reader, asked, "en").group
    tables = (("contracts", "lifetime"), ("purchases", "buying"))
    return [
        (of, row)
        for of, table in tables
        for grouping in dict.fromkeys((ALL, group or ALL))
        for row in reader.findings(table, grouping=grouping)
    ]


@dataclass(frozen=True)
class Figures:
    """Every figure of all customers, and of each segment of a group."""

    as_of: dt.date | None  # None: nothing was computed yet
    groups: Sequence[str]
    pairs: Sequence[tuple[str, Row]]  # with ``contracts`` or ``purchases``

    @property
    def rows(self) -> Sequence[Mapping[str, object]]:
        """The figures as values, each with what it is of."""
        return [{"of": of, **row} for of, row in self.pairs]


def list_figures(group: str) -> Figures:
    """Return every figure of all customers and of each segment of a group.

    Raises
    ------
    Http404
        There is no such group.

    """
    reader = customers.published_reader()
    if reader is None:
        return Figures(None, (), ())
    groups = [key for key, _label in _Chosen(reader, {}, "en").groups]
    if group and group not in groups:
        raise Http404
    return Figures(reader.release.as_of, groups, export_rows({"group": group}))


@dataclass(frozen=True)
class _Chosen:
    """What an address asks for, within what the release has."""

    reader: ReleaseReader
    asked: Mapping[str, str]
    language: str

    @cached_property
    def currencies(self) -> Sequence[str]:
        """The currencies of contracts, then those of purchases, the largest first."""
        starts = self.reader.findings("starting_point")
        starts.sort(key=lambda row: int(str(row["place"])))
        bought = self.reader.count_by("buying_judged", ("currency",))
        found = [str(row["currency"]) for row in [*starts, *bought]]
        return list(dict.fromkeys(found))

    @cached_property
    def currency(self) -> str:
        wanted = self.asked.get("currency", "")
        if wanted in self.currencies:
            return wanted
        return self.currencies[0] if self.currencies else ""

    @cached_property
    def groups(self) -> Sequence[tuple[str, str]]:
        names = Names(self.reader.catalog)
        keys = {
            str(row["grouping"])
            for table in ("lifetime", "buying")
            for row in self.reader.count_by(table, ("grouping",))
        }
        found = [(key, names.label(key)) for key in keys - {ALL}]
        return sorted(found, key=lambda pair: pair[1])

    @cached_property
    def group(self) -> str:
        wanted = self.asked.get("group", "")
        return wanted if wanted in dict(self.groups) else ""

    @cached_property
    def months(self) -> int:
        wanted = self.asked.get("months", "")
        return int(wanted) if wanted in map(str, MONTHS) else 24

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The figures of all customers, and of each segment of the grouping."""
        groups = [ALL, self.group] if self.group else [ALL]
        return [
            row
            for grouping in groups
            for row in self.reader.findings("lifetime", grouping=grouping)
        ]

    def segments(self) -> Sequence[str]:
        """Return the segments of the grouping with a customer in the currency."""
        grouping = self.group or ALL
        mine = [row for row in self.rows if row["grouping"] == grouping]
        return sorted(
            {
                str(row["segment"])
                for row in mine
                if row["figure"] == "revenue_12" and row["currency"] == self.currency
            }
        )

    def found(self, grouping: str, segment: str, figure: str) -> Row | None:
        """Return a figure in the currency, else the one of all currencies."""
        rows = [
            row
            for row in self.rows
            if (row["grouping"], row["segment"], row["figure"])
            == (grouping, segment, figure)
        ]
        mine = [row for row in rows if row["currency"] == self.currency]
        every = [row for row in rows if row["currency"] is None]
        return next(iter([*mine, *every]), None)

    def figures(self, grouping: str, segment: str) -> Mapping[str, Figure]:
        """Return the figures of a segment in words."""
        months = self.months
        units = {
            f"revenue_{months}": "money",
            f"value_{months}": "money",
            f"value_to_cost_{months}": "ratio",
            "margin": "share",
            "acquisition_cost": "money",
            "payback_months": "months",
            "renewal_1": "share",
            "years": "count",
        }
        return {
            name.removesuffix(f"_{months}"): words.figure(
                self.found(grouping, segment, name), unit, self.currency
            )
            for name, unit in units.items()
        }


def _contract_part(chosen: _Chosen) -> ContractPart:
    whole = chosen.figures(ALL, "")
    grouping = chosen.group or ALL
    rows = []
    for segment in chosen.segments():
        figures = chosen.figures(grouping, segment)
        rows.append(
            SegmentRow(
                name=_segment_name(chosen, segment),
                n=figures["revenue"].n,
                cells=[(str(head), figures[key]) for key, head in words.HEADS.items()],
            )
        )
    margin = chosen.found(ALL, "", "margin")
    acquisition = chosen.found(ALL, "", "acquisition_cost")
    lacks = [
        row is not None and row["reason"] == "no_costs" for row in (margin, acquisition)
    ]
    return ContractPart(
        heads=list(words.HEADS.values()),
        months=chosen.months,
        whole=whole,
        rows=rows,
        chart=_curves(chosen, whole["revenue"]),
        has_costs=not all(lacks),
        renewals=renewal_part(chosen.reader, language=chosen.language),
    )


def _segment_name(chosen: _Chosen, segment: str) -> str:
    if not chosen.group:
        return _("All customers")
    return segment or _("not known")


def _curves(chosen: _Chosen, revenue: Figure) -> Chart:
    grouping = chosen.group or ALL
    found = chosen.reader.findings("lifetime_curves", grouping=grouping)
    lines: dict[str, list[ValueMonth]] = {}
    for row in sorted(found, key=lambda row: int(str(row["place"]))):
        if row["currency"] != chosen.currency:
            continue
        lines.setdefault(str(row["segment"]), []).append(_month(row))
    titles = Words(_("Revenue of a new customer so far"), _sentence(chosen, revenue))
    return value_curves(
        [ValueLine(_segment_name(chosen, key), each) for key, each in lines.items()],
        titles,
        say=lambda value: words.said(value, "money", chosen.currency),
        language=chosen.language,
    )


def _sentence(chosen: _Chosen, revenue: Figure) -> str:
    facts = {"months": chosen.months, "value": revenue.text, "interval": revenue.note}
    if not revenue.is_known:
        return (
            _("What a new customer brings within %(months)s months: %(value)s.") % facts
        )
    return (
        _(
            "A new customer brings %(value)s within %(months)s months (95 %% interval"
            " %(interval)s), those who leave included."
        )
        % facts
    )


def _month(row: Row) -> ValueMonth:
    value, low, high = (
        words.number(row[key]) or 0.0 for key in ("value", "low", "high")
    )
    return ValueMonth(
        month=int(str(row["month"])),
        at_risk=int(str(row["at_risk"])),
        value=value,
        low=low,
        high=high,
    )
