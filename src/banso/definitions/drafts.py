"""Definitions that have the right shape but are not yet checked for their meaning."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from banso.definitions.documents import Document
from banso.definitions.drivers import DriverRules, Question
from banso.definitions.forecast import ForecastRules
from banso.definitions.health import Dimension, Element, HealthModel, point_labels
from banso.definitions.metrics import Metric
from banso.definitions.naming import NameRules
from banso.definitions.plays import Play
from banso.definitions.revenue import RevenueRules
from banso.definitions.signals import Signal
from banso.definitions.success import SuccessRules, SuccessStep
from banso.definitions.touch import CustomerCondition, TouchRules
from banso.definitions.work import WorkRules
from banso.kernel.issues import Issue, Level
from banso.kernel.labels import Label

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Placed(Generic[T_co]):
    """A definition and the place where it is written."""

    definition: T_co
    document: Document
    location: tuple[str | int, ...]

    def line(self, *below: str | int) -> int:
        """Return the line of a key of this definition."""
        return self.document.line_at((*self.location, *below))

    def issue(
        self,
        code: str,
        message: str,
        *,
        at: tuple[str | int, ...] = (),
        hint: str = "",
        level: Level = Level.ERROR,
    ) -> Issue:
        """Return a finding that points at a key of this definition."""
        place = (*self.location, *at)
        return self.document.issue(code, message, at=place, hint=hint, level=level)


@dataclass(frozen=True)
class Draft:
    """All definitions of a folder that have the right shape."""

    metrics: tuple[Placed[Metric], ...]
    health: tuple[Placed[HealthModel], ...]
    broken_keys: frozenset[str] = frozenset()  # of metrics whose shape is wrong
    forecast: Placed[ForecastRules] | None = None  # None: no file, or a wrong shape
    drivers: Placed[DriverRules] | None = None
    revenue: Placed[RevenueRules] | None = None
    success: Placed[SuccessRules] | None = None
    names: Placed[NameRules] | None = None
    touch: Placed[TouchRules] | None = None
    questions: tuple[Placed[Question], ...] = ()  # also those of a file with faults
    signals: tuple[Placed[Signal], ...] = ()
    plays: tuple[Placed[Play], ...] = ()
    work: Placed[WorkRules] | None = None
    knows_profile: bool = True  # False: forecast.yaml cannot be read
    knows_health: bool = True  # False: something in health.yaml cannot be read
    has_plays_file: bool = False
    knows_plays: bool = True  # False: something in plays.yaml cannot be read

    @property
    def metric_by_key(self) -> Mapping[str, Metric]:
        """The first metric of each key."""
        metrics = reversed(self.metrics)
        return {placed.definition.key: placed.definition for placed in metrics}

    @property
    def known_keys(self) -> frozenset[str]:
        """The keys of all metrics, so that one fault is not reported as two."""
        return frozenset(self.metric_by_key) | self.broken_keys

    @property
    def profile(self) -> tuple[str, ...]:
        """The columns of ``customers`` that are set at the start."""
        rules = self.forecast.definition if self.forecast else ForecastRules()
        return rules.profile

    def asked_of_customers(
        self,
    ) -> Iterator[
        Placed[Question]
        | Placed[SuccessStep]
        | Placed[Signal]
        | Placed[CustomerCondition]
    ]:
        """Yield whatever holds conditions over a customer on an as-of date."""
        yield from self.questions
        if self.success is not None:
            rules, where = self.success.definition, self.success.location
            for key in ("onboarded", "adopted"):
                step = getattr(rules, key)
                yield Placed(step, self.success.document, (*where, key))
        yield from self.signals
        if self.touch is not None:
            touch, where = self.touch.definition, self.touch.location
            for key in ("rules", "owners"):
                for place, condition in enumerate(getattr(touch, key)):
                    yield Placed(condition, self.touch.document, (*where, key, place))

    @property
    def point_labels(self) -> Mapping[str, Label]:
        """What dimensions and elements of all health models are called, by key."""
        return point_labels(placed.definition for placed in self.health)

    def dimensions(self) -> Iterator[Placed[Dimension]]:
        """Yield the dimensions of all health models."""
        for model in self.health:
            for place, dimension in enumerate(model.definition.dimensions):
                location = (*model.location, "dimensions", place)
                yield Placed(dimension, model.document, location)

    def elements(self) -> Iterator[Placed[Element]]:
        """Yield the elements of all health models."""
        for dimension in self.dimensions():
            for place, element in enumerate(dimension.definition.elements):
                location = (*dimension.location, "elements", place)
                yield Placed(element, dimension.document, location)


class Rule(Protocol):
    """One thing that definitions must or should satisfy."""

    def issues(self, draft: Draft) -> Iterator[Issue]:
        """Yield everything in `draft` that breaks the rule."""
