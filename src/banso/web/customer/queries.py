"""Reading the pages of one customer; each page is one call."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404

from banso.runs.reading import ReleaseReader
from banso.web.customer.comparing import Comparison, comparison
from banso.web.customer.contacts import Contacts, Layer, contacts_of
from banso.web.customer.contracts import ContractLine, Contracts, contracts_of
from banso.web.customer.head import Head, head_of
from banso.web.customer.health import (
    ElementPanel,
    HealthPanel,
    element_panel,
    health_panel,
)
from banso.web.customer.history import History, history_of
from banso.web.customer.metrics import (
    MetricGroup,
    MetricPanel,
    OffMetric,
    metric_groups,
    metric_panel,
    off_metrics,
)
from banso.web.customer.rows_behind import SourceRows, export_rows, rows_behind
from banso.web.customer.stream import Asked as AskedStream
from banso.web.customer.stream import Stream, stream_of
from banso.web.customers import queries as customers
from banso.web.forecast import queries as forecast
from banso.web.recommendations import queries as recommendations
from banso.web.signals import queries as signals
from banso.web.studio import queries as studio
from banso.web.team import queries as team
from banso.web.timeline import queries as timeline
from banso.web.work import queries as work
from banso.webkit.permissions import Staff, may

Asked = Mapping[str, str]  # the parameters of the address
RECENT = 6
LAST = 15  # of a brief


@dataclass(frozen=True)
class HealthPage:
    """The first page of a customer."""

    head: Head
    comparison: Comparison | None
    panel: HealthPanel | None
    recent: Stream | None
    forecast: forecast.CustomerForecast | None
    accuracy: studio.Figure | None  # how well the score told, over all customers
    suggestions: recommendations.CustomerSuggestions | None
    signals: Sequence[signals.OpenSignal]
    draft: timeline.Draft | None  # None: the user may not record
    effort: team.CustomerEffort | None


@dataclass(frozen=True)
class MetricsPage:
    """All metrics of a customer."""

    head: Head
    comparison: Comparison | None
    groups: Sequence[MetricGroup]
    off: Sequence[OffMetric]


@dataclass(frozen=True)
class MetricPage:
    """One metric or element of a customer with its rows."""

    head: Head
    comparison: Comparison | None
    metric: MetricPanel
    element: ElementPanel | None
    sources: Sequence[SourceRows]


@dataclass(frozen=True)
class ContractsPage:
    """What a customer has under contract."""

    head: Head
    contracts: Contracts | None


@dataclass(frozen=True)
class ContactsPage:
    """Who is there at a customer."""

    head: Head
    contacts: Contacts | None


@dataclass(frozen=True)
class TimelinePage:
    """What happened with a customer."""

    head: Head
    stream: Stream | None
    planned: Sequence[timeline.Told]
    draft: timeline.Draft | None  # None: the user may not record


def health_page(
    customer_id: str,
    asked: Asked,
    *,
    visible_to: Staff,
    at: dt.datetime,
    with_recent: bool = True,
) -> HealthPage:
    """Return the health of a customer and why it moved; perhaps what happened last."""
    opened = _opened(customer_id, visible_to)
    dates = opened.compared(asked)
    panel = recent = expected = accuracy = suggested = effort = None
    is_open: Sequence[signals.OpenSignal] = ()
    if opened.reader is not None:
        expected = forecast.customer_forecast(opened.reader, opened.head.customer_id)
        accuracy = studio.find_score_figure(opened.reader)
        suggested = recommendations.customer_suggestions(opened.reader, customer_id)
        effort = team.customer_effort(opened.reader, opened.head.customer_id)
        is_open = signals.open_signals(
            opened.reader, customer_id, visible_to=visible_to
        )
        if with_recent:
            newest = AskedStream(visible_to, at, size=RECENT, with_use=False)
            recent = stream_of(opened.reader, customer_id, newest)
        if dates is not None:
            panel = health_panel(opened.reader, opened.history, dates)
    return HealthPage(
        head=opened.head,
        comparison=dates,
        panel=panel,
        recent=recent,
        forecast=expected,
        accuracy=accuracy,
        suggestions=suggested,
        signals=is_open,
        draft=_draft(opened, visible_to, at=at),
        effort=effort,
    )


def metrics_page(customer_id: str, asked: Asked, *, visible_to: Staff) -> MetricsPage:
    """Return all metrics of a customer."""
    opened = _opened(customer_id, visible_to)
    dates, reader = opened.compared(asked), opened.reader
    if reader is None or dates is None:
        off = off_metrics(reader) if reader else []
        return MetricsPage(opened.head, None, [], off)
    groups = metric_groups(reader, opened.history, dates)
    return MetricsPage(opened.head, dates, groups, off_metrics(reader))


def metric_page(
    customer_id: str, metric: str, asked: Asked, *, visible_to: Staff, at: dt.datetime
) -> MetricPage:
    """Return one metric with its history and rows; 404 when there is no such."""
    opened = _opened(customer_id, visible_to)
    dates = opened.compared(asked)
    if opened.reader is None or dates is None:
        raise Http404
    return _metric_page(opened, dates, metric, None, at=at)


def element_page(
    customer_id: str,
    place: tuple[str, str],
    asked: Asked,
    *,
    visible_to: Staff,
    at: dt.datetime,
) -> MetricPage:
    """Return one element of health with its metric; 404 when there is no such."""
    opened = _opened(customer_id, visible_to)
    dates = opened.compared(asked)
    if opened.reader is None or dates is None:
        raise Http404
    element = element_panel(opened.reader, opened.history, dates, place)
    if element is None:
        raise Http404
    return _metric_page(opened, dates, element.metric, element, at=at)


def metric_rows(
    customer_id: str, metric: str, asked: Asked, *, visible_to: Staff, at: dt.datetime
) -> Iterator[Sequence[object]]:
    """Return all rows behind a metric at two dates, as a table with a head."""
    opened = _opened(customer_id, visible_to)
    dates = opened.compared(asked)
    if opened.reader is None or dates is None:
        raise Http404
    if metric not in opened.reader.catalog.metric_by_key:
        raise Http404
    return export_rows(opened.reader, customer_id, metric, dates, at=at)


def contracts_page(customer_id: str, *, visible_to: Staff) -> ContractsPage:
    """Return the contract lines and charges of a customer."""
    opened = _opened(customer_id, visible_to)
    reader = opened.reader
    found = contracts_of(reader, customer_id) if reader else None
    return ContractsPage(opened.head, found)


def contacts_page(
    customer_id: str, *, visible_to: Staff, at: dt.datetime
) -> ContactsPage:
    """Return the people of a customer."""
    opened = _opened(customer_id, visible_to)
    reader = opened.reader
    return ContactsPage(
        opened.head, contacts_of(reader, customer_id, at=at) if reader else None
    )


def timeline_page(
    customer_id: str, asked: Asked, *, visible_to: Staff, at: dt.datetime
) -> TimelinePage:
    """Return what happened with a customer, and what is to come."""
    opened = _opened(customer_id, visible_to)
    planned = timeline.list_planned(visible_to, at=at, customer_id=customer_id)
    draft = _draft(opened, visible_to, at=at)
    if opened.reader is None:
        return TimelinePage(opened.head, None, planned, draft)
    part = AskedStream(
        visible_to,
        at,
        only=asked.get("kind", ""),
        cursor=asked.get("at", ""),
        question=asked.get("q", "")[:200],
    )
    stream = stream_of(opened.reader, customer_id, part)
    return TimelinePage(opened.head, stream, planned, draft)


def _draft(opened: "_Opened", user: Staff, *, at: dt.datetime) -> timeline.Draft | None:
    if not may(user, "record_contacts"):
        return None
    return timeline.new_draft(
        opened.head.customer_id, opened.owner, reader=opened.reader, at=at
    )


@dataclass(frozen=True)
class BriefPage:
    """What somebody has to know who takes a customer over."""

    health: HealthPage
    people: Sequence[Layer]
    lines: Sequence[ContractLine]  # that run or are to start
    planned: Sequence[timeline.Told]
    work: work.UnderWay
    last: Stream | None
    at: dt.datetime


def brief_page(customer_id: str, *, visible_to: Staff, at: dt.datetime) -> BriefPage:
    """Return the hand-over brief of a customer: all of its pages on a few sheets."""
    opened = _opened(customer_id, visible_to)
    reader = opened.reader
    last = None
    people: Sequence[Layer] = ()
    lines: Sequence[ContractLine] = ()
    if reader is not None:
        newest = AskedStream(visible_to, at, size=LAST, with_use=False)
        last = stream_of(reader, customer_id, newest)
        people = contacts_of(reader, customer_id, at=at).layers
        found = contracts_of(reader, customer_id).lines
        lines = [line for line in found if line.state != "ended"]
    return BriefPage(
        health=health_page(
            customer_id, {}, visible_to=visible_to, at=at, with_recent=False
        ),
        people=people,
        lines=lines,
        planned=timeline.list_planned(visible_to, at=at, customer_id=customer_id),
        work=work.under_way(customer_id),
        last=last,
        at=at,
    )


@dataclass(frozen=True)
class _Opened:
    """A customer that the user may see, with what the release knows of it."""

    head: Head
    reader: ReleaseReader | None
    known: History | None
    owner: str  # e-mail of who is in charge

    @property
    def history(self) -> History:
        assert self.known is not None, "asked only where there is a reader"
        return self.known

    def compared(self, asked: Asked) -> Comparison | None:
        return comparison(self.known, asked) if self.known else None


def _opened(customer_id: str, visible_to: Staff) -> _Opened:
    reader = customers.published_reader()
    row = customers.get_customer(customer_id, visible_to=visible_to)
    history = history_of(reader, row.pk) if reader else None
    head = head_of(row.pk, visible_to=visible_to, reader=reader, history=history)
    return _Opened(head, reader, history, row.owner)


def _metric_page(
    opened: _Opened,
    dates: Comparison,
    metric: str,
    element: ElementPanel | None,
    *,
    at: dt.datetime,
) -> MetricPage:
    assert opened.reader is not None
    panel = metric_panel(opened.reader, opened.history, dates, metric)
    if panel is None:
        raise Http404
    rows = rows_behind(opened.reader, opened.head.customer_id, metric, dates, at=at)
    return MetricPage(opened.head, dates, panel, element, rows)
