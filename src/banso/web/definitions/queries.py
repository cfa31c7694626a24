"""Reading the metrics and health models in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from banso.definitions.availability import sources_of
from banso.definitions.describing import describe_condition, describe_metric
from banso.definitions.health import Dimension, HealthModel
from banso.definitions.metrics import Metric
from banso.runs.published_definitions import FolderState, folder_state
from banso.tables.registry import TABLES
from banso.web.accounts.queries import names_by_email
from banso.web.definitions.change_words import ChangeRow, changes_in_words
from banso.web.definitions.drawings import band_scale
from banso.web.definitions.force import InForce, Missing, Use, here
from banso.web.definitions.values import say, unit_name
from banso.webkit import formatting
from banso.webkit.permissions import Staff, may


@dataclass(frozen=True)
class Notice:
    """What stands above every page of definitions."""

    in_force: InForce
    published_by: str
    folder: FolderState | None  # only for those who may publish
    folder_changes: tuple[ChangeRow, ...] = ()


@dataclass(frozen=True)
class MetricRow:
    """One metric in the list."""

    key: str
    label: str
    how: str
    unit: str
    median: str  # of all customers now; empty when nothing is known
    uses: tuple[Use, ...]
    missing: tuple[Missing, ...]

    @property
    def is_on(self) -> bool:
        """Whether everything that it needs is connected."""
        return not self.missing


@dataclass(frozen=True)
class MetricGroup:
    """The metrics of one table."""

    table: str
    label: str
    rows: tuple[MetricRow, ...]


@dataclass(frozen=True)
class MetricsPage:
    """The list of metrics."""

    notice: Notice
    groups: tuple[MetricGroup, ...]
    total: int
    on: int


@dataclass(frozen=True)
class ElementName:
    """An element within the outline of a model."""

    label: str
    is_on: bool


@dataclass(frozen=True)
class DimensionOutline:
    """A side of health and its weight."""

    label: str
    share: float  # of all weights, 0 to 1
    elements: tuple[ElementName, ...]

    @property
    def is_on(self) -> bool:
        """Whether any of its elements has what it needs."""
        return any(element.is_on for element in self.elements)


@dataclass(frozen=True)
class ModelOutline:
    """A health model in a few lines."""

    model: HealthModel
    label: str
    whom: str  # which customers it scores; empty: all (that no model before takes)
    scale: SafeString
    dimensions: tuple[DimensionOutline, ...]
    elements: int
    elements_on: int


@dataclass(frozen=True)
class HealthPage:
    """The health models in force."""

    notice: Notice
    models: tuple[ModelOutline, ...]


def notice_for(user: Staff, in_force: InForce) -> Notice:
    """Return which version is in force, and whether the folder says otherwise."""
    published = in_force.published
    by = published.version.published_by if published else ""
    folder = None
    changes: tuple[ChangeRow, ...] = ()
    if may(user, "publish_definitions"):
        folder = folder_state(in_force.project, in_force.manifest)
        changes = changes_in_words(folder.changes, folder.before, folder.after)
    return Notice(in_force, names_by_email().get(by, by), folder, changes)


def health_page(user: Staff) -> HealthPage:
    """Return the health models, each in a few lines."""
    in_force = InForce.now()
    models = in_force.catalog.health
    return HealthPage(
        notice=notice_for(user, in_force),
        models=tuple(_outline(in_force, model) for model in models),
    )


def metrics_page(user: Staff, *, show: str) -> MetricsPage:
    """Return the metrics by the table that they read first.

    `show` is ``on`` or ``off``; anything else shows all.
    """
    in_force = InForce.now()
    grouped: dict[str, list[MetricRow]] = {name: [] for name in TABLES}
    for metric in in_force.catalog.metrics:
        row = metric_row(in_force, metric)
        if show not in {"on", "off"} or row.is_on == (show == "on"):
            grouped[first_table(metric, in_force.metric_by_key)].append(row)
    total = len(in_force.catalog.metrics)
    return MetricsPage(
        notice=notice_for(user, in_force),
        groups=tuple(
            MetricGroup(name, here(TABLES[name].label), tuple(rows))
            for name, rows in grouped.items()
            if rows
        ),
        total=total,
        on=total - len(in_force.off),
    )


def metric_row(in_force: InForce, metric: Metric) -> MetricRow:
    """Return a metric as the list shows it."""
    spread = in_force.spreads.get(metric.key)
    middle = spread.quartiles[1] if spread and spread.quartiles else None
    return MetricRow(
        key=metric.key,
        label=here(metric.label.label),
        how=here(describe_metric(metric, in_force.metric_by_key)),
        unit=unit_name(metric.unit),
        median="" if spread is None else say(middle, metric.unit),
        uses=in_force.uses(metric.key),
        missing=in_force.missing(metric.key),
    )


def first_table(metric: Metric, metric_by_key: Mapping[str, Metric]) -> str:
    """Return the table under which a metric is listed."""
    table = getattr(metric, "table", None)
    if isinstance(table, str):
        return table
    above = getattr(metric, "of", None)  # of a ratio or change
    if isinstance(above, str) and above in metric_by_key:
        return first_table(metric_by_key[above], metric_by_key)
    found = {table for table, _column in sources_of(metric, metric_by_key)}
    return next((name for name in TABLES if name in found), "customers")


def whom(model: HealthModel) -> str:
    """Return which customers a model scores, in words; empty for all."""
    return here(describe_condition(model.where, "customers")) if model.where else ""


def scale_of(model: HealthModel) -> SafeString:
    """Return the drawing of a model's bands."""
    said = _("Healthy from %(healthy)s, watch from %(watch)s, at risk below.") % {
        "healthy": formatting.quantity(model.bands.healthy),
        "watch": formatting.quantity(model.bands.watch),
    }
    return band_scale(model.bands, title=said)


def _outline(in_force: InForce, model: HealthModel) -> ModelOutline:
    total = sum(dimension.weight for dimension in model.dimensions) or 1
    dimensions = tuple(_dimension(in_force, d, total) for d in model.dimensions)
    elements = [element for d in dimensions for element in d.elements]
    return ModelOutline(
        model=model,
        label=here(model.label.label),
        whom=whom(model),
        scale=scale_of(model),
        dimensions=dimensions,
        elements=len(elements),
        elements_on=sum(element.is_on for element in elements),
    )


def _dimension(
    in_force: InForce, dimension: Dimension, total: float
) -> DimensionOutline:
    return DimensionOutline(
        label=here(dimension.label.label),
        share=dimension.weight / total,
        elements=tuple(
            ElementName(here(e.label.label), e.metric not in in_force.off)
            for e in dimension.elements
        ),
    )
