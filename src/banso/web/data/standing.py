"""What every page about the data begins with: the lake now, and its definitions."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils import translation

from banso.analytics.health import tables_of_metrics
from banso.definitions.availability import SwitchedOff
from banso.definitions.catalog import Catalog
from banso.kernel.labels import Label
from banso.runs.connected_tables import TableState, list_tables
from banso.runs.project import Project
from banso.runs.published_definitions import (
    Published,
    find_published,
    switched_off_now,
)
from banso.runs.results import lake_of
from banso.warehouse.manifest import Manifest


def here(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(translation.get_language() or "en")


@dataclass(frozen=True)
class Standing:
    """One version of the lake, for the length of one page."""

    project: Project
    manifest: Manifest

    @classmethod
    def now(cls) -> "Standing":
        """Return the lake of the site's project as it stands."""
        folder = settings.BANSO_PROJECT_FOLDER
        assert folder is not None
        project = Project.open(folder)
        return cls(project, lake_of(project).current())

    @cached_property
    def tables(self) -> tuple[TableState, ...]:
        """Every table of the contract, connected or not."""
        return list_tables(self.project, self.manifest)

    @cached_property
    def published(self) -> Published | None:
        """The definitions in force, if any were ever published."""
        return find_published(self.project, self.manifest)

    @property
    def catalog(self) -> Catalog:
        """What they say; empty when there are none, or none that can be read."""
        published = self.published
        return (published and published.catalog) or Catalog(metrics=(), health=())

    @property
    def is_unreadable(self) -> bool:
        """Whether the published definitions are not of this version of Banso."""
        return self.published is not None and self.published.catalog is None

    @cached_property
    def off(self) -> tuple[SwitchedOff, ...]:
        """The metrics that lack a table or a column."""
        return switched_off_now(self.manifest, self.catalog)

    @cached_property
    def stale_after(self) -> Mapping[str, int]:
        """The days after which rows of a table are too old for health, by table."""
        off = {entry.metric.key for entry in self.off}
        on = [metric for metric in self.catalog.metrics if metric.key not in off]
        tables_of = tables_of_metrics(on)
        limits: dict[str, int] = {}
        for model in self.catalog.health:
            for dimension in model.dimensions:
                for element in dimension.elements:
                    days = element.stale_after_days or model.stale_after_days
                    for table in tables_of.get(element.metric, ()):
                        limits[table] = min(days, limits.get(table, days))
        return limits

    def elements_of(self, metric: str) -> tuple[str, ...]:
        """Return the parts of health that use a metric, as a reader names them."""
        models = self.catalog.health
        return tuple(
            " › ".join(
                (
                    *((here(model.label.label),) if len(models) > 1 else ()),
                    here(dimension.label.label),
                    here(element.label.label),
                )
            )
            for model in models
            for dimension in model.dimensions
            for element in dimension.elements
            if element.metric == metric
        )
