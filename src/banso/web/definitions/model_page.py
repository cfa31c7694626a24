"""Reading one health model: how each element earns points, and who has them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from banso.definitions.health import Dimension, Element, HealthModel, Threshold
from banso.runs.distributions import ElementSpread, ModelSpread, health_spreads
from banso.runs.published_definitions import Source, sources_of_models
from banso.tables.registry import TABLES
from banso.web.definitions import queries
from banso.web.definitions.drawings import points_histogram, threshold_line
from banso.web.definitions.force import InForce, Missing, here
from banso.web.definitions.values import say
from banso.webkit import formatting
from banso.webkit.bands import BANDS, Band
from banso.webkit.permissions import Staff


@dataclass(frozen=True)
class Corner:
    """One corner of the line of an element."""

    value: str
    points: str


@dataclass(frozen=True)
class ElementView:
    """One element as the page shows it."""

    key: str
    label: str
    metric: str
    metric_label: str
    share: float  # of the whole score
    rule: str  # how points arise, in words
    line: SafeString  # empty for an element by rank
    corners: tuple[Corner, ...]
    stale_after: int
    missing: tuple[Missing, ...]
    points: SafeString  # the drawing of the points now
    median: str
    n: int
    without: tuple[tuple[str, int], ...]  # customers without points, by reason in words


@dataclass(frozen=True)
class DimensionView:
    """One side of health."""

    label: str
    share: float
    elements: tuple[ElementView, ...]


@dataclass(frozen=True)
class ModelPage:
    """Everything on the page of one health model."""

    notice: queries.Notice
    model: HealthModel
    label: str
    whom: str
    is_first: bool  # of the models: those after it score whom it does not take
    scale: SafeString
    dimensions: tuple[DimensionView, ...]
    spread: ModelSpread | None
    bands: tuple[tuple[Band, int, float], ...]  # band, customers, share of all
    source: Source | None

    @property
    def median_score(self) -> str:
        """The middle score, rounded down as every score is shown."""
        quartiles = self.spread.scores.quartiles if self.spread else None
        return formatting.quantity(math.floor(quartiles[1]) if quartiles else None)


def model_page(key: str, *, user: Staff) -> ModelPage:
    """Return the page of a health model, or answer 404."""
    in_force = InForce.now()
    found = [model for model in in_force.catalog.health if model.key == key]
    published = in_force.published
    if not found or published is None:
        raise Http404
    (model,) = found
    spread = health_spreads(in_force.project, in_force.manifest).get(key)
    total = sum(dimension.weight for dimension in model.dimensions) or 1
    sources = sources_of_models(in_force.project, published.version.digest)
    return ModelPage(
        notice=queries.notice_for(user, in_force),
        model=model,
        label=here(model.label.label),
        whom=queries.whom(model),
        is_first=model is in_force.catalog.health[0],
        scale=queries.scale_of(model),
        dimensions=tuple(
            _dimension(_Setting(in_force, model, each, spread), each.weight / total)
            for each in model.dimensions
        ),
        spread=spread,
        bands=_bands(spread),
        source=sources.get(key),
    )


@dataclass(frozen=True)
class _Setting:
    """Where an element stands."""

    in_force: InForce
    model: HealthModel
    dimension: Dimension
    spread: ModelSpread | None


def _bands(spread: ModelSpread | None) -> tuple[tuple[Band, int, float], ...]:
    if spread is None or not spread.customers:
        return ()
    counts = ((band, spread.bands.get(band.key, 0)) for band in BANDS)
    return tuple((band, n, n / spread.customers) for band, n in counts)


def _dimension(setting: _Setting, share: float) -> DimensionView:
    dimension = setting.dimension
    total = sum(element.weight for element in dimension.elements) or 1
    return DimensionView(
        label=here(dimension.label.label),
        share=share,
        elements=tuple(
            _element(setting, element, share * element.weight / total)
            for element in dimension.elements
        ),
    )


def _element(setting: _Setting, element: Element, share: float) -> ElementView:
    in_force, model = setting.in_force, setting.model
    metric = in_force.metric_by_key[element.metric]
    corners = _corners(element.thresholds or (), metric.unit)
    spread = None
    if setting.spread is not None:
        spread = setting.spread.elements.get((setting.dimension.key, element.key))
    has_points = spread is not None and spread.points.quartiles is not None
    middle = spread.points.quartiles[1] if has_points else None  # type: ignore[union-attr, index]
    return ElementView(
        key=element.key,
        label=here(element.label.label),
        metric=metric.key,
        metric_label=here(metric.label.label),
        share=share,
        rule=_rule(element),
        line=_line(element, corners),
        corners=corners,
        stale_after=element.stale_after_days or model.stale_after_days,
        missing=in_force.missing(metric.key),
        points=_points(spread, model) if has_points and spread else SafeString(""),
        median=formatting.quantity(None if middle is None else round(middle)),
        n=spread.points.n if spread else 0,
        without=_without(spread.reasons if spread else {}),
    )


def _corners(thresholds: tuple[Threshold, ...], unit: str) -> tuple[Corner, ...]:
    return tuple(
        Corner(say(each.value, unit), formatting.quantity(each.score))
        for each in thresholds
    )


def _line(element: Element, corners: tuple[Corner, ...]) -> SafeString:
    if not element.thresholds:
        return SafeString("")
    said = _(", ").join(
        _("%(value)s gives %(points)s")
        % {"value": corner.value, "points": corner.points}
        for corner in corners
    )
    return threshold_line(element.thresholds, title=said)


def _rule(element: Element) -> str:
    rank = element.percentile
    if rank is None:
        return _("Points along this line; beyond its ends they stay the same.")
    if rank.peers:
        peers = _(", ").join(_column(name) for name in rank.peers)
        if rank.higher_is == "better":
            return _(
                "Rank among customers with the same %(peers)s: more is better."
            ) % {"peers": peers}
        return _("Rank among customers with the same %(peers)s: less is better.") % {
            "peers": peers
        }
    if rank.higher_is == "better":
        return _("Rank among all customers: more is better.")
    return _("Rank among all customers: less is better.")


def _column(name: str) -> str:
    declared = TABLES["customers"].by_name.get(name)
    return here(declared.meaning) if declared else name


def _points(spread: ElementSpread, model: HealthModel) -> SafeString:
    quartiles = spread.points.quartiles
    assert quartiles is not None
    title = _("Half of the customers have between %(low)s and %(high)s points.") % {
        "low": formatting.quantity(round(quartiles[0])),
        "high": formatting.quantity(round(quartiles[2])),
    }
    return points_histogram(spread.points.bins, bands=model.bands, title=title)


def _without(reasons: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    words = {
        "no_data": _("without data"),
        "stale": _("stale"),
        "table_missing": _("switched off"),
    }
    return tuple((words.get(code, code), n) for code, n in sorted(reasons.items()))
