"""Reading the success funnel, as the run counted it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode

from banso.charts.chart import Chart
from banso.charts.metrics import MetricPoint, MetricShape, metric_history
from banso.definitions.catalog import Catalog
from banso.definitions.describing import describe_expression
from banso.definitions.expressions import parse_expression
from banso.definitions.question_columns import question_columns
from banso.kernel.labels import Label
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.customers.queries import PublishedRelease
from banso.webkit import formatting

_SUCCESSFUL = Label("成功している顧客数", "Successful customers")
_PER_CSM = Label("CSM1人あたりの成功顧客数", "Successful customers per CSM")


@dataclass(frozen=True)
class Rate:
    """A share of customers and its 95 % interval; null where there is nobody."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def text(self) -> str:
        """The share."""
        return formatting.ratio(self.value)

    @property
    def interval(self) -> str:
        """From where to where it may be; empty when there is none."""
        if self.low is None or self.high is None:
            return ""
        return f"{formatting.ratio(self.low)}–{formatting.ratio(self.high)}"


@dataclass(frozen=True)
class Funnel:
    """The funnel of one cohort, or of all customers."""

    label: str  # when its customers started; empty: whenever
    start: dt.date
    counts: Mapping[str, int | None]
    onboarding: Rate
    adoption: Rate


@dataclass(frozen=True)
class Success:
    """Everything that the page shows when there is a funnel."""

    whole: Funnel
    cohorts: Sequence[Funnel]  # the newest first
    period: str  # over how long the customers of a cohort started
    history: Chart
    per_csm: Chart
    csms: int | None  # at work on the as-of date
    per_csm_now: float | None


@dataclass(frozen=True)
class SuccessPage:
    """The page: the funnel, or what is missing for it."""

    release: PublishedRelease
    success: Success | None
    onboarded: str  # the condition in words; empty when success is not defined
    within_days: int | None
    adopted: str
    missing: Sequence[str]  # what the conditions read and the data do not have
    lists: Mapping[str, str]  # addresses of the lists of customers, by state


def success_page(*, period: str, language: str) -> SuccessPage | None:
    """Return the success funnel of the published release; None before any run.

    Parameters
    ----------
    period
        Of the cohorts: one of `PERIODS`.
    language
        ``ja`` or ``en``, of the charts and conditions.

    """
    release, reader = customers.published_release(), customers.published_reader()
    if release is None or reader is None:
        return None
    rules = reader.catalog.success
    noted = release.notes.get("success")
    note = noted if isinstance(noted, dict) else {}
    return SuccessPage(
        release=release,
        success=_success(reader, release.as_of, period, language),
        onboarded=_said(rules.onboarded.where, reader.catalog, language)
        if rules
        else "",
        within_days=rules.onboarded.within_days if rules else None,
        adopted=_said(rules.adopted.where, reader.catalog, language) if rules else "",
        missing=_labels(note.get("missing", ()), reader.catalog, language),
        lists={state: _list_of(state) for state in _STATES},
    )


def funnel_rows(period: str) -> dict[str, object]:
    """Return the funnel of everybody and of each cohort, and each month, as values."""
    reader = customers.published_reader()
    if reader is None:
        return {"as_of": None, "items": [], "history": []}
    as_of = reader.release.as_of
    rows = [
        row
        for each in ("all", period)
        for row in reader.findings("success_funnel", as_of=as_of, period=each)
    ]
    rows.sort(key=lambda row: (row["period"] != "all", str(row["cohort"])))
    history = reader.findings("success_history")
    history.sort(key=lambda row: str(row["as_of"]))
    return {"as_of": as_of, "items": rows, "history": history}


PERIODS: Final = ("month", "quarter", "year")
_STATES = ("unknown", "early", "not_onboarded", "left", "not_adopting", "successful")
_COUNTS = (
    "customers", "early", "unknown", "not_onboarded", "onboarded", "left",
    "not_adopting", "successful",
)  # fmt: skip


def _list_of(state: str) -> str:
    query = urlencode({"success": state, "status": "all", "view": "0", "sort": "-mrr"})
    return f"{reverse('customers:list')}?{query}"


def _said(where: str, catalog: Catalog, language: str) -> str:
    columns = question_columns(catalog.metrics, catalog.forecast.profile)
    return describe_expression(parse_expression(where), columns).in_language(language)


def _labels(names: Sequence[str], catalog: Catalog, language: str) -> list[str]:
    known = catalog.metric_by_key
    return [
        known[name].label.label.in_language(language) if name in known else name
        for name in names
    ]


def _success(
    reader: ReleaseReader, as_of: dt.date, period: str, language: str
) -> Success | None:
    whole = reader.findings("success_funnel", as_of=as_of, period="all")
    if not whole:
        return None
    rows = reader.findings("success_funnel", as_of=as_of, period=period)
    over_time = sorted(
        reader.findings("success_history"), key=lambda row: str(row["as_of"])
    )
    newest = over_time[-1]
    return Success(
        whole=_funnel(whole[0]),
        cohorts=sorted(map(_funnel, rows), key=lambda each: each.start, reverse=True),
        period=period,
        history=_over_time(over_time, "successful", _SUCCESSFUL, language),
        per_csm=_over_time(over_time, "successful_per_csm", _PER_CSM, language),
        csms=newest["csms"],  # type: ignore[arg-type] # as the run wrote it
        per_csm_now=newest["successful_per_csm"],  # type: ignore[arg-type]
    )


def _funnel(row: Row) -> Funnel:
    def rate(name: str) -> Rate:
        ends = (row[f"{name}_rate"], row[f"{name}_low"], row[f"{name}_high"])
        return Rate(*(None if end is None else float(str(end)) for end in ends))

    return Funnel(
        label=_label(str(row["period"]), row["cohort"]),  # type: ignore[arg-type]
        start=row["cohort"],  # type: ignore[arg-type] # a date
        counts={name: row[name] for name in _COUNTS},  # type: ignore[misc] # counts
        onboarding=rate("onboarding"),
        adoption=rate("adoption"),
    )


def _label(period: str, start: dt.date) -> str:
    match period:
        case "month":
            return formatting.month(start)
        case "quarter":
            return formatting.quarter(start)
        case "year":
            return formatting.year(start)
    return ""


def _over_time(rows: Sequence[Row], column: str, label: Label, language: str) -> Chart:
    points = [
        MetricPoint(
            row["as_of"],  # type: ignore[arg-type] # a date
            None if row[column] is None else float(str(row[column])),
        )
        for row in rows
    ]
    return metric_history(
        points, MetricShape(column, label, _say_number), language=language
    )


def _say_number(value: float) -> str:
    return formatting.quantity(value)
