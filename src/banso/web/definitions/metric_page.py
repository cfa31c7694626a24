"""Reading one metric: what it is, where it is written, how its values are spread."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banso.definitions.availability import parts_of
from banso.definitions.metrics import Metric
from banso.runs.distributions import Distribution
from banso.runs.published_definitions import Source, sources_of_metrics
from banso.tables.registry import TABLES
from banso.web.definitions import queries
from banso.web.definitions.drawings import histogram
from banso.web.definitions.force import InForce, here
from banso.web.definitions.kinds import KINDS, MetricKind
from banso.web.definitions.values import say
from banso.webkit.permissions import Staff


@dataclass(frozen=True)
class SpreadView:
    """A distribution, ready to be shown."""

    drawing: SafeString
    low: str
    middle: str
    high: str
    quartiles: tuple[str, str, str]
    n: int
    undefined: int


@dataclass(frozen=True)
class Part:
    """A metric of which another is made."""

    key: str
    label: str


@dataclass(frozen=True)
class MetricPage:
    """Everything on the page of one metric."""

    notice: queries.Notice
    row: queries.MetricRow
    about: str
    kind: MetricKind
    kind_key: str
    table: tuple[str, str] | None  # name and label
    window_days: int | None
    parts: tuple[Part, ...]
    used_by: tuple[Part, ...]  # metrics that are made of it
    source: Source | None
    spread: SpreadView | None


def metric_page(key: str, *, user: Staff) -> MetricPage:
    """Return the page of a metric, or answer 404."""
    in_force = InForce.now()
    metric = in_force.metric_by_key.get(key)
    published = in_force.published
    if metric is None or published is None:
        raise Http404
    digest = published.version.digest
    table = getattr(metric, "table", None)
    spread = in_force.spreads.get(key)
    return MetricPage(
        notice=queries.notice_for(user, in_force),
        row=queries.metric_row(in_force, metric),
        about=here(metric.about.label) if metric.about else "",
        kind=KINDS[metric.kind],
        kind_key=metric.kind,
        table=(table, here(TABLES[table].label)) if table else None,
        window_days=getattr(metric, "window_days", None),
        parts=tuple(_part(in_force, part) for part in parts_of(metric)),
        used_by=tuple(
            _part(in_force, other.key)
            for other in in_force.catalog.metrics
            if key in parts_of(other)
        ),
        source=sources_of_metrics(in_force.project, digest).get(key),
        spread=_view(spread, metric) if spread else None,
    )


def _part(in_force: InForce, key: str) -> Part:
    metric = in_force.metric_by_key.get(key)
    return Part(key, here(metric.label.label) if metric else key)


def _view(spread: Distribution, metric: Metric) -> SpreadView | None:
    if spread.quartiles is None:
        return SpreadView(SafeString(""), "", "", "", ("–",) * 3, 0, spread.undefined)
    q1, median, q3 = (say(each, metric.unit) for each in spread.quartiles)
    low, high = spread.bins[0].low, spread.bins[-1].high
    title = ngettext(
        "Median %(median)s; half of %(n)s customer between %(low)s and %(high)s.",
        "Median %(median)s; half of %(n)s customers between %(low)s and %(high)s.",
        spread.n,
    ) % {"median": median, "n": spread.n, "low": q1, "high": q3}
    most = say(high, metric.unit)
    return SpreadView(
        drawing=histogram(spread.bins, title=title, mark=spread.quartiles[1]),
        low=say(low, metric.unit),
        middle=say((low + high) / 2, metric.unit),
        high=_("%(most)s and more") % {"most": most} if spread.is_cut else most,
        quartiles=(q1, median, q3),
        n=spread.n,
        undefined=spread.undefined,
    )
