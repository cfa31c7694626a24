"""The health of a customer: dimensions, elements, and why the score moved."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.analytics.health import PartName, nominal_shares
from banso.analytics.movement import Line, Movement, rounded_to_total
from banso.charts.chart import Chart
from banso.charts.health import HealthPoint, HealthShape, health_history
from banso.definitions.availability import switched_off
from banso.definitions.health import Element, HealthModel
from banso.runs.reading import ReleaseReader
from banso.tables.registry import TABLES
from banso.web.customer import words
from banso.web.customer.comparing import Comparison
from banso.web.customer.history import DayHealth, History, model_of
from banso.webkit import formatting

MOVERS = 6


@dataclass(frozen=True)
class ElementRow:
    """An element as the table shows it."""

    dimension: str
    key: str
    label: str
    value: str
    value_before: str
    score: float | None
    score_text: str
    weight: str
    points: str
    effect: float | None  # on the score, since the date compared with
    effect_text: str
    came: str  # words when it came or went
    reason: str  # why it has no score
    reason_code: str

    @property
    def share(self) -> float:
        """The score as a share of 100."""
        return (self.score or 0.0) / 100


@dataclass(frozen=True)
class DimensionRow:
    """A dimension with its elements."""

    key: str
    label: str
    score: float | None
    score_text: str
    weight: str
    points: str
    effect: float | None
    effect_text: str
    elements: Sequence[ElementRow]

    @property
    def share(self) -> float:
        """The score as a share of 100."""
        return (self.score or 0.0) / 100


@dataclass(frozen=True)
class Mover:
    """One line of "why did it move"."""

    label: str
    dimension: str
    element: str  # empty: the weights that moved
    effect: float
    text: str
    share: float  # of the strongest, 0 to 1
    note: str


@dataclass(frozen=True)
class Why:
    """Why the score moved between the two dates."""

    sentence: str
    movers: Sequence[Mover]
    rest: int  # how many more lines the table has
    shifted: str  # empty: no weight moved
    shifted_value: float
    total: float | None
    total_text: str
    before: str
    after: str


@dataclass(frozen=True)
class HealthPanel:
    """The health of the later date, compared with the earlier one."""

    as_of: dt.date
    band: str
    score: str
    coverage: str
    model_label: str
    model_changed: bool
    minimum_coverage: str
    healthy: str
    watch: str
    comparison: Comparison
    why: Why
    dimensions: Sequence[DimensionRow]
    chart: Chart
    points: str


def health_panel(
    reader: ReleaseReader, history: History, comparison: Comparison
) -> HealthPanel | None:
    """Return the health at the later date; None when no model scores the customer."""
    after = history.on(comparison.after)
    before = history.on(comparison.before) if comparison.before else None
    assert after is not None
    model = model_of(reader.catalog, after.model)
    if model is None:
        return None
    moved = history.movement(before.as_of, after.as_of) if before else None
    effects = _effects(moved)
    rows = [
        _element_row(reader, history, model, (d.key, e), (before, after), effects)
        for d in model.dimensions
        for e in d.elements
    ]
    return HealthPanel(
        as_of=after.as_of,
        band=after.band,
        score=words.floored(after.score),
        coverage=formatting.ratio(after.coverage),
        model_label=words.said(model.label.label),
        model_changed=before is not None and before.model != after.model,
        minimum_coverage=formatting.ratio(model.minimum_coverage),
        healthy=formatting.points(model.bands.healthy),
        watch=formatting.points(model.bands.watch),
        comparison=comparison,
        why=_why(moved, (before, after), model, effects),
        dimensions=_dimensions(model, rows, after),
        chart=_chart(history, model, get_language() or "en"),
        points=formatting.number(after.score, places=1),
    )


# -- the table ------------------------------------------------------------------------

_SHIFT = ("", "")
_Effects = dict[tuple[str, str], tuple[Line | None, float]]


def _effects(moved: Movement | None) -> _Effects:
    """Return each line with its effect, written so that the lines add up."""
    if moved is None:
        return {}
    values = [*(line.effect for line in moved.lines), moved.shifted]
    written = rounded_to_total(values, moved.total)
    lines: list[Line | None] = [*moved.lines, None]
    return {
        (line.dimension, line.element) if line else _SHIFT: (line, effect)
        for line, effect in zip(lines, written, strict=True)
    }


def _element_row(
    reader: ReleaseReader,
    history: History,
    model: HealthModel,
    place: tuple[str, Element],
    days: tuple[DayHealth | None, DayHealth],
    effects: _Effects,
) -> ElementRow:
    dimension, element = place
    before, after = days
    key = (dimension, element.key)
    reading = after.readings[key]
    metric = reader.catalog.metric_by_key[element.metric]
    line, effect = effects.get(key, (None, None))
    reason = "" if reading.score is not None else after.reasons.get(key, "no_data")
    stale_days = element.stale_after_days or model.stale_after_days
    value = history.value(element.metric, after.as_of)
    earlier = history.value(element.metric, before.as_of) if before else None
    return ElementRow(
        dimension=dimension,
        key=element.key,
        label=words.said(element.label.label),
        value=words.amount(value, metric.unit),
        value_before=words.amount(earlier, metric.unit) if before else "",
        score=reading.score,
        score_text=formatting.points(reading.score),
        weight=formatting.ratio(reading.weight, places=1) if reading.counts else "–",
        points=formatting.number(reading.points, places=1) if reading.counts else "–",
        effect=effect,
        effect_text=words.signed(effect),
        came=_came(line),
        reason=_reason(reader, element, reason, stale_days=stale_days),
        reason_code=reason,
    )


def _came(line: Line | None) -> str:
    if line is None or line.kind == "changed":
        return ""
    return _("newly counted") if line.kind == "came" else _("no longer counted")


def _reason(
    reader: ReleaseReader, element: Element, code: str, *, stale_days: int
) -> str:
    if not code:
        return ""
    if code == "stale":
        return _("Older than %(days)s days, so it does not count") % {
            "days": stale_days
        }
    if code == "table_missing":
        return connect_words(reader, element.metric)
    return _("Nothing to compute it from yet")


def connect_words(reader: ReleaseReader, metric: str) -> str:
    """Return what has to be connected for a metric that is off."""
    tables = [name for name in reader.release.facts if reader.has(name)]
    columns = {name: reader.columns(name) for name in tables}
    for off in switched_off(reader.catalog, tables, columns=columns):
        if off.metric.key != metric:
            continue
        missing = [words.table(name) for name in off.tables] or list(off.columns)
        return _("Connect %(what)s") % {"what": formatting.listed(missing)}
    return _("Nothing to compute it from yet")


def _dimensions(
    model: HealthModel, rows: Sequence[ElementRow], after: DayHealth
) -> list[DimensionRow]:
    found = []
    for dimension in model.dimensions:
        mine = [row for row in rows if row.dimension == dimension.key]
        readings = [
            after.readings[dimension.key, row.key]
            for row in mine
            if after.readings[dimension.key, row.key].counts
        ]
        effects = [row.effect for row in mine if row.effect is not None]
        effect = sum(effects) if effects else None
        score = after.dimension_score(dimension.key)
        found.append(
            DimensionRow(
                key=dimension.key,
                label=words.said(dimension.label.label),
                score=score,
                score_text=formatting.points(score),
                weight=formatting.ratio(
                    sum(r.weight for r in readings) if readings else None, places=1
                ),
                points=formatting.number(
                    sum(r.points for r in readings) if readings else None, places=1
                ),
                effect=effect,
                effect_text=words.signed(effect),
                elements=mine,
            )
        )
    return found


# -- why ------------------------------------------------------------------------------


def _why(
    moved: Movement | None,
    days: tuple[DayHealth | None, DayHealth],
    model: HealthModel,
    effects: _Effects,
) -> Why:
    before, after = days
    old = before.score if before else None
    if moved is None:
        sentence = _no_movement(before, after)
        return Why(
            sentence, (), 0, "", 0.0, None, "", words.floored(old),
            words.floored(after.score),
        )  # fmt: skip
    labels = _labels(model)
    told = [
        (place, line, effect)
        for place, (line, effect) in effects.items()
        if abs(effect) >= 0.1
    ]
    told.sort(key=lambda entry: -abs(entry[2]))
    strongest = abs(told[0][2]) if told else 1.0
    movers = [
        Mover(
            label=labels.get(place, place[1]) if line else _("Weights moved"),
            dimension=place[0],
            element=place[1] if line and line.after else "",
            effect=effect,
            text=words.signed(effect),
            share=abs(effect) / strongest,
            note=_came(line),
        )
        for place, line, effect in told[:MOVERS]
    ]
    shifted = effects[_SHIFT][1]
    return Why(
        sentence=_sentence(moved, movers),
        movers=movers,
        rest=max(len(told) - MOVERS, 0),
        shifted=words.signed(shifted) if moved.has_shift else "",
        shifted_value=shifted,
        total=moved.total,
        total_text=words.signed(moved.total),
        before=formatting.number(old, places=1),
        after=formatting.number(after.score, places=1),
    )


def _labels(model: HealthModel) -> dict[tuple[str, str], str]:
    return {
        (dimension.key, element.key): words.said(element.label.label)
        for dimension in model.dimensions
        for element in dimension.elements
    }


def _no_movement(before: DayHealth | None, after: DayHealth) -> str:
    if before is None:
        return _("This is the first date: there is nothing to compare with yet.")
    if after.score is None:
        return _("There is no score on the later date, so nothing can be compared.")
    return _("There was no score on the earlier date, so nothing can be compared.")


def _sentence(moved: Movement, movers: Sequence[Mover]) -> str:
    total = round(moved.total, 1)
    if not movers:
        return _("Nothing moved.")
    same_way = [m for m in movers if (m.effect > 0) == (total > 0) and m.element]
    what = {
        "n": formatting.number(abs(total), places=1),
        "first": same_way[0].label if same_way else "",
        "second": same_way[1].label if len(same_way) > 1 else "",
    }
    if total == 0:
        return _("Ups and downs cancelled each other out.")
    if not what["first"]:
        words_for = _("Up %(n)s points.") if total > 0 else _("Down %(n)s points.")
    elif not what["second"]:
        words_for = (
            _("Up %(n)s points, mostly by “%(first)s”.")
            if total > 0
            else _("Down %(n)s points, mostly by “%(first)s”.")
        )
    else:
        words_for = (
            _("Up %(n)s points, mostly by “%(first)s” and “%(second)s”.")
            if total > 0
            else _("Down %(n)s points, mostly by “%(first)s” and “%(second)s”.")
        )
    return words_for % what


@lru_cache(maxsize=64)
def _chart(history: History, model: HealthModel, language: str) -> Chart:
    """Return the chart; drawing it costs more than all the rest of the page."""
    points = [
        HealthPoint(
            day.as_of,
            day.score,
            {d.key: day.dimension_score(d.key) for d in model.dimensions},
        )
        for day in history.health
    ]
    shape = HealthShape(
        healthy=model.bands.healthy,
        watch=model.bands.watch,
        dimensions={d.key: d.label.label for d in model.dimensions},
    )
    return health_history(points, shape, language=language)


# -- one element ----------------------------------------------------------------------


@dataclass(frozen=True)
class ElementPanel:
    """One element: how its value becomes points, and what it did."""

    dimension_label: str
    label: str
    metric: str  # key
    scale: Sequence[tuple[str, str]]  # value, points; empty: by rank
    rank_words: str
    nominal: str  # share of the weights when nothing is missing
    score_before: str
    score: str
    weight_before: str
    weight: str
    effect: float | None
    effect_text: str
    came: str
    reason: str


def element_panel(
    reader: ReleaseReader,
    history: History,
    comparison: Comparison,
    place: tuple[str, str],
) -> ElementPanel | None:
    """Return an element of the model that scored the customer; None: no such."""
    after = history.on(comparison.after)
    before = history.on(comparison.before) if comparison.before else None
    assert after is not None
    model = model_of(reader.catalog, after.model)
    found = find_element(model, place)
    if model is None or found is None:
        return None
    dimension_label, element = found
    moved = history.movement(before.as_of, after.as_of) if before else None
    line, effect = _effects(moved).get(place, (None, None))
    old = before.readings.get(place) if before else None
    new = after.readings[place]
    metric = reader.catalog.metric_by_key[element.metric]
    shares = nominal_shares(model)
    code = "" if new.score is not None else after.reasons.get(place, "no_data")
    return ElementPanel(
        dimension_label=dimension_label,
        label=words.said(element.label.label),
        metric=element.metric,
        scale=[
            (words.amount(corner.value, metric.unit), formatting.points(corner.score))
            for corner in element.thresholds or ()
        ],
        rank_words=_rank_words(element),
        nominal=formatting.ratio(shares.get(PartName(model.key, *place)), places=1),
        score_before=formatting.points(old.score if old else None),
        score=formatting.points(new.score),
        weight_before=formatting.ratio(old.weight if old else None, places=1),
        weight=formatting.ratio(new.weight, places=1),
        effect=effect,
        effect_text=words.signed(effect),
        came=_came(line),
        reason=_reason(
            reader,
            element,
            code,
            stale_days=element.stale_after_days or model.stale_after_days,
        ),
    )


def find_element(
    model: HealthModel | None, place: tuple[str, str]
) -> tuple[str, Element] | None:
    """Return an element of a model with what its dimension is called."""
    if model is None:
        return None
    for dimension in model.dimensions:
        for element in dimension.elements:
            if (dimension.key, element.key) == place:
                return words.said(dimension.label.label), element
    return None


def _rank_words(element: Element) -> str:
    percentile = element.percentile
    if percentile is None:
        return ""
    better = percentile.higher_is == "better"
    if not percentile.peers:
        if better:
            return _(
                "By rank among all customers of that date: the higher, the better."
            )
        return _("By rank among all customers of that date: the lower, the better.")
    text = (
        _("By rank among customers with the same %(peers)s: the higher, the better.")
        if better
        else _(
            "By rank among customers with the same %(peers)s: the lower, the better."
        )
    )
    columns = TABLES["customers"].by_name
    peers = [
        words.said(columns[name].meaning) if name in columns else name
        for name in percentile.peers
    ]
    return text % {"peers": ", ".join(peers)}
