"""The table of elements: which of them separate leavers from stayers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from banso.analytics.drivers.matching import WINDOW_DAYS
from banso.charts.chart import Chart
from banso.charts.drivers import DriverEffect, driver_effects
from banso.web.drivers import words
from banso.web.drivers.findings import ALL, DriverFinding, Findings
from banso.web.drivers.marks import Scale, interval_mark, symmetric
from banso.web.drivers.naming import ElementNames
from banso.webkit import formatting
from banso.webkit.paging import Page

PAGE_SIZE: Final = 25
MOST_DRAWN: Final = 15


@dataclass(frozen=True)
class Selection:
    """Which rows of the table, in which order, as the address says it."""

    kind: str = ""
    stratum: str = ALL
    show: str = ""  # "found": only those that separate
    sort: str = ""  # empty: the strongest first
    at: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Selection":
        """Return what an address asks for."""
        return cls(
            kind=asked.get("kind", ""),
            stratum=asked.get("stratum", "") or ALL,
            show=asked.get("show", ""),
            sort=asked.get("sort", ""),
            at=asked.get("at", ""),
        )


@dataclass(frozen=True)
class ElementRow:
    """One element as the table shows it."""

    key: str
    label: str
    kind: str
    is_found: bool
    finding: str  # in words
    pairs: str  # the same, as a chance
    means: str  # of leavers and of stayers
    effect: str
    interval: str
    mark: SafeString | str
    q: str
    adjusted: str
    adjusted_interval: str
    rest: str  # whether it is left after the others
    lead: str
    stability: str  # empty: not known
    n: str
    reason: str  # why it was not compared


@dataclass(frozen=True)
class Elements:
    """The table, its filters, and what it says as a whole."""

    summary: str
    chart: Chart
    page: Page[ElementRow]
    count: int  # of the rows that match
    selection: Selection
    kinds: Sequence[tuple[str, str]]
    strata: Sequence[tuple[str, str]]


def elements_of(
    findings: Findings, selection: Selection, *, size: int = PAGE_SIZE
) -> Elements:
    """Return the rows that a selection asks for, with the summary of its stratum."""
    strata = list(dict.fromkeys(row.stratum for row in findings.drivers))
    kinds = list(dict.fromkeys(row.kind for row in findings.drivers))
    rows = selected(findings, selection)
    makes = RowMaker.of(findings, selection.stratum)
    page = _page([makes.row(row) for row in rows], selection.at, size)
    inside = [row for row in findings.drivers if row.stratum == selection.stratum]
    summary = summary_of(inside, made_of=makes.names.metric_of)
    return Elements(
        summary=words.sentences(summary, *_short_window(findings.window_days)),
        chart=_chart(rows, makes.names),
        page=page,
        count=len(rows),
        selection=selection,
        kinds=[(key, words.kind(key)) for key in kinds],
        strata=[(key, makes.names.stratum(key)) for key in strata],
    )


def selected(findings: Findings, selection: Selection) -> list[DriverFinding]:
    """Return the rows of a selection in its order."""
    rows = [
        row
        for row in findings.drivers
        if row.stratum == selection.stratum
        and selection.kind in ("", row.kind)
        and (selection.show != "found" or row.is_found)
    ]
    key = selection.sort.removeprefix("-")
    if key not in _SORTS:
        return rows
    names = ElementNames(findings.reader.catalog)
    known = [(row, _SORTS[key](row, names)) for row in rows]
    descending = selection.sort.startswith("-")
    last = [row for row, value in known if value is None]
    first = sorted(
        ((row, value) for row, value in known if value is not None),
        key=lambda pair: pair[1],
        reverse=descending,
    )
    return [*(row for row, _value in first), *last]


Sortable = Callable[[DriverFinding, ElementNames], "float | str | None"]
_SORTS: Final[Mapping[str, Sortable]] = {
    "element": lambda row, names: names.label(row.element).casefold(),
    "effect": lambda row, _names: None if row.is_category else row.effect,
    "q": lambda row, _names: row.q_value,
    "adjusted": lambda row, _names: row.adjusted_effect,
    "lead": lambda row, _names: row.lead_days,
    "n": lambda row, _names: row.n_churned,
}


@dataclass(frozen=True)
class RowMaker:
    """Makes rows of one table, whose marks have one scale."""

    names: ElementNames
    scale: Scale

    @classmethod
    def of(cls, findings: Findings, stratum: str) -> "RowMaker":
        """Return the maker for the rows of a stratum."""
        rows = [row for row in findings.drivers if row.stratum == stratum]
        scale = symmetric(_reach(rows))
        return cls(ElementNames(findings.reader.catalog), scale)

    def row(self, row: DriverFinding) -> ElementRow:
        """Return an element in words."""
        unit = self.names.unit(row.element)
        say = words.distance if row.is_category else words.signed
        interval = words.interval(say(row.low), say(row.high))
        return ElementRow(
            key=row.element,
            label=self.names.label(row.element),
            kind=self._kind(row),
            is_found=row.is_found,
            finding=finding_in_words(row),
            pairs=_pairs(row),
            means=_means(row, unit),
            effect=say(row.effect),
            interval=interval,
            mark=interval_mark(
                row.effect,
                (row.low, row.high),
                self.scale,
                title=f"{say(row.effect)} ({interval})",
                is_faint=not row.is_found,
            ),
            q=words.p_value(row.q_value),
            adjusted=say(row.adjusted_effect),
            adjusted_interval=words.interval(
                say(row.adjusted_low), say(row.adjusted_high)
            ),
            rest=_rest(row),
            lead=_lead(row),
            stability=_stability(row),
            n=" / ".join(map(formatting.number, (row.n_churned, row.n_renewed))),
            reason="" if row.is_compared else words.reason(row.reason),
        )

    def _kind(self, row: DriverFinding) -> str:
        """Return what an element is; of health, also which metric it is made of."""
        metric = self.names.metric_of.get(row.element)
        if metric is None:
            return words.kind(row.kind)
        return _("%(kind)s, made of the metric “%(metric)s”") % {
            "kind": words.kind(row.kind),
            "metric": self.names.label(metric),
        }


def _reach(rows: Sequence[DriverFinding]) -> float:
    """Return how far marks reach: all that was found, and most intervals.

    A few elements that hardly anybody has may have intervals ten times as wide.
    """
    ends = sorted(
        abs(end) for row in rows for end in (row.low, row.high) if end is not None
    )
    found = [row.strength for row in rows if row.is_found]
    return max([*found, *ends[: 1 + len(ends) * 9 // 10][-1:]], default=1.0)


def finding_in_words(row: DriverFinding) -> str:
    """Return what a comparison found, in a few words."""
    if not row.is_compared:
        if row.reason == "compared_within":
            return _("Not compared")
        if row.reason == "constant":
            return _("Nothing to compare")
        return _("Not enough data")
    if not row.is_found:
        return _("No difference found")
    if row.direction == "higher_stays":
        return _("Leavers are lower")
    if row.direction == "lower_stays":
        return _("Leavers are higher")
    return _("Leavers differ")


def summary_of(rows: Sequence[DriverFinding], *, made_of: Mapping[str, str]) -> str:
    """Return what the comparisons of a stratum say as a whole.

    An element of health and the metric that it is made of count as one.
    """
    there = {row.element for row in rows}

    def distinct(some: Sequence[DriverFinding]) -> set[str]:
        roots = {row.element: made_of.get(row.element, "") for row in some}
        return {root if root in there else key for key, root in roots.items()}

    compared = distinct([row for row in rows if row.is_compared])
    found = distinct([row for row in rows if row.is_found])
    if not compared:
        return _("No element could be compared among these customers.")
    if not found:
        return _nothing_found([row for row in rows if row.is_compared], len(compared))
    kept = distinct([row for row in rows if row.is_found and row.is_kept])
    said = ngettext(
        "%(found)s of %(n)s element separates leavers from stayers.",
        "%(found)s of %(n)s elements separate leavers from stayers.",
        len(compared),
    ) % {"found": len(found), "n": len(compared)}
    if kept:
        left = ngettext(
            "%(kept)s of them is left when the others are taken into account.",
            "%(kept)s of them are left when the others are taken into account.",
            len(kept),
        ) % {"kept": len(kept)}
        return words.sentences(said, left)
    return said


def _short_window(days: int) -> list[str]:
    """Return what is to be said when nobody was followed for the usual window."""
    if days >= WINDOW_DAYS:
        return []
    said = ngettext(
        "Leavings are known of %(n)s day so far: that is how long customers were"
        " followed, instead of twelve weeks.",
        "Leavings are known of %(n)s days so far: that is how long customers were"
        " followed, instead of twelve weeks.",
        days,
    )
    return [said % {"n": formatting.number(days)}]


def _nothing_found(compared: Sequence[DriverFinding], count: int) -> str:
    reach = [
        max(abs(row.low), abs(row.high))
        for row in compared
        if row.low is not None and row.high is not None
    ]
    said = _(
        "No element separates leavers from stayers in these data: %(n)s elements were"
        " compared, with up to %(leavers)s leavers, and none differs by more than"
        " chance explains."
    ) % {
        "n": formatting.number(count),
        "leavers": formatting.number(max(row.n_churned for row in compared)),
    }
    if reach:
        within = _(
            "Every 95 %% interval lies within %(most)s standard deviations of none."
        ) % {"most": formatting.number(max(reach), places=2)}
        return words.sentences(said, within)
    return said


def _pairs(row: DriverFinding) -> str:
    if row.auc is None or not row.is_found or row.direction == "none":
        return ""
    share = row.auc if row.direction == "higher_stays" else 1 - row.auc
    percent = {"n": formatting.number(share * 100)}
    if row.direction == "higher_stays":
        return _("Of 100 pairs, the leaver has the lower value in %(n)s.") % percent
    return _("Of 100 pairs, the leaver has the higher value in %(n)s.") % percent


def _rest(row: DriverFinding) -> str:
    if row.is_kept:
        return _("Left after the others")
    if row.is_found and (row.is_kept is False or row.reason == "goes_with_another"):
        return _("Goes along with others")
    return ""


def _lead(row: DriverFinding) -> str:
    if row.lead_days is None:
        return formatting.MISSING
    return ngettext("%(n)s day", "%(n)s days", row.lead_days) % {
        "n": formatting.number(row.lead_days)
    }


def _means(row: DriverFinding, unit: str) -> str:
    if row.mean_churned is None or row.mean_renewed is None:
        return formatting.MISSING
    means = (row.mean_churned, row.mean_renewed)
    return " / ".join(words.amount(mean, unit) for mean in means)


def _stability(row: DriverFinding) -> str:
    if row.stability is None or not row.is_found:
        return ""
    return _("same sign in %(share)s of half-years") % {
        "share": formatting.ratio(row.stability)
    }


def _chart(rows: Sequence[DriverFinding], names: ElementNames) -> Chart:
    """Return the strongest of the rows as a chart: those whose effect has a side."""
    known = [
        (row, row.effect, row.low, row.high)
        for row in sorted(rows, key=lambda row: (not row.is_found, -row.strength))
        if row.is_compared and not row.is_category
    ]
    effects = [
        DriverEffect(names.label(row.element), effect, low, high, row.is_found)
        for row, effect, low, high in known
        if effect is not None and low is not None and high is not None
    ]
    return driver_effects(effects[:MOST_DRAWN], language=get_language() or "en")


def _page(rows: Sequence[ElementRow], at: str, size: int) -> Page[ElementRow]:
    first = int(at) if at.isdecimal() and int(at) < len(rows) else 0
    before, after = max(0, first - size), first + size
    return Page(
        rows=list(rows[first:after]),
        previous=str(before) if first else "",
        next=str(after) if after < len(rows) else "",
    )
