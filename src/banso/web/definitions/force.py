"""The definitions in force, as every page about them begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils import translation

from banso.definitions.availability import SwitchedOff
from banso.definitions.catalog import Catalog
from banso.definitions.health import HealthModel
from banso.definitions.metrics import Metric
from banso.kernel.labels import Label
from banso.runs.distributions import Distribution, metric_distributions
from banso.runs.project import Project
from banso.runs.published_definitions import (
    Published,
    find_published,
    switched_off_now,
)
from banso.runs.results import lake_of
from banso.tables.registry import TABLES
from banso.warehouse.manifest import Manifest, Release


def here(label: Label) -> str:
    """Return a label in the reader's language."""
    return label.in_language(translation.get_language() or "en")


@dataclass(frozen=True)
class Missing:
    """A table or column that is not connected."""

    table: str
    label: str  # of the table or the column
    column: str = ""


@dataclass(frozen=True)
class Use:
    """An element of health that scores a metric."""

    model: HealthModel
    dimension: str
    element: str
    element_key: str


@dataclass(frozen=True)
class InForce:
    """The published definitions over one version of the lake, for one page."""

    project: Project
    manifest: Manifest

    @classmethod
    def now(cls) -> "InForce":
        """Return what is in force in the site's project."""
        folder = settings.BANSO_PROJECT_FOLDER
        assert folder is not None
        project = Project.open(folder)
        return cls(project, lake_of(project).current())

    @cached_property
    def published(self) -> Published | None:
        """The version in force; None before the first publication."""
        return find_published(self.project, self.manifest)

    @property
    def catalog(self) -> Catalog:
        """What it says; empty when nothing is there that can be read."""
        published = self.published
        return (published and published.catalog) or Catalog(metrics=(), health=())

    @property
    def is_unreadable(self) -> bool:
        """Whether it was written for another version of Banso."""
        return self.published is not None and self.published.catalog is None

    @property
    def release(self) -> Release | None:
        """The newest results."""
        return self.manifest.release

    @property
    def is_ahead(self) -> bool:
        """Whether the newest results were still made with other definitions."""
        release, published = self.release, self.published
        if release is None or published is None:
            return False
        return release.definitions_digest != published.version.digest

    @cached_property
    def metric_by_key(self) -> Mapping[str, Metric]:
        """Every metric by its key."""
        return self.catalog.metric_by_key

    @cached_property
    def off(self) -> Mapping[str, SwitchedOff]:
        """The metrics that lack something, by key."""
        found = switched_off_now(self.manifest, self.catalog)
        return {entry.metric.key: entry for entry in found}

    @cached_property
    def spreads(self) -> Mapping[str, Distribution]:
        """How the values of each metric are spread now, by key."""
        return metric_distributions(self.project, self.manifest)

    def missing(self, metric: str) -> tuple[Missing, ...]:
        """Return what would have to be connected for a metric; empty when it is on."""
        entry = self.off.get(metric)
        if entry is None:
            return ()
        tables = [Missing(name, here(TABLES[name].label)) for name in entry.tables]
        return (*tables, *map(_missing_column, entry.columns))

    def uses(self, metric: str) -> tuple[Use, ...]:
        """Return the elements of health that score a metric."""
        return tuple(
            Use(model, here(d.label.label), here(e.label.label), e.key)
            for model in self.catalog.health
            for d in model.dimensions
            for e in d.elements
            if e.metric == metric
        )


def _missing_column(name: str) -> Missing:
    table, _, column = name.partition(".")
    declared = TABLES[table].by_name.get(column)
    return Missing(table, here(declared.meaning) if declared else column, column)
