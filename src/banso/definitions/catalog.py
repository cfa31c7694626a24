"""Everything that a company has defined, as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass

from banso.definitions.drivers import DriverRules
from banso.definitions.forecast import ForecastRules
from banso.definitions.health import HealthModel
from banso.definitions.metrics import AttributeMetric, Metric
from banso.definitions.naming import NameRules
from banso.definitions.plays import Play
from banso.definitions.revenue import RevenueRules
from banso.definitions.signals import Signal
from banso.definitions.success import SuccessRules
from banso.definitions.touch import TouchRules
from banso.definitions.work import WorkRules
from banso.kernel.digests import digest_of_bytes, text_of_value

_FORECAST = ForecastRules()
_DRIVERS = DriverRules()
_REVENUE = RevenueRules()
_NAMES = NameRules()
_WORK = WorkRules()


@dataclass(frozen=True)
class Catalog:
    """The metrics and health models behind a run, in the order of their files.

    What a forecast uses, which questions are answered and how revenue is read are as
    their files say, or the defaults when a project has no such file. What success is
    and who gets which care has no default. Names of codes are for people: no number
    depends on them.
    """

    metrics: tuple[Metric, ...]
    health: tuple[HealthModel, ...]
    forecast: ForecastRules = _FORECAST
    drivers: DriverRules = _DRIVERS
    revenue: RevenueRules = _REVENUE
    success: SuccessRules | None = None
    names: NameRules = _NAMES
    signals: tuple[Signal, ...] = ()
    touch: TouchRules | None = None
    plays: tuple[Play, ...] = ()
    work: WorkRules = _WORK

    @property
    def metric_by_key(self) -> Mapping[str, Metric]:
        """Every metric by its key."""
        return {metric.key: metric for metric in self.metrics}

    @property
    def play_by_key(self) -> Mapping[str, Play]:
        """Every play by its key."""
        return {play.key: play for play in self.plays}

    @property
    def profile_categories(self) -> tuple[str, ...]:
        """The columns of the profile that no attribute metric reads as numbers."""
        numbers = {
            metric.column
            for metric in self.metrics
            if isinstance(metric, AttributeMetric)
        }
        return tuple(name for name in self.forecast.profile if name not in numbers)

    @property
    def digest(self) -> str:
        """The hash of the meaning: comments and layout of the files do not count.

        Neither does a file that only repeats the defaults, so that a project without
        one has the digest that it always had.
        """
        return digest_of_bytes(self.text.encode())

    @property
    def text(self) -> str:
        """The meaning as JSON; the same meaning has the same text."""
        meaning: dict[str, object] = {
            "metrics": [metric.model_dump(mode="json") for metric in self.metrics],
            "health": [model.model_dump(mode="json") for model in self.health],
        }
        if self.forecast != _FORECAST:
            meaning["forecast"] = self.forecast.model_dump(mode="json")
        if self.drivers != _DRIVERS:
            meaning["drivers"] = self.drivers.model_dump(mode="json")
        if self.revenue != _REVENUE:
            meaning["revenue"] = self.revenue.model_dump(mode="json")
        if self.success is not None:
            meaning["success"] = self.success.model_dump(mode="json")
        if self.names != _NAMES:
            meaning["names"] = self.names.model_dump(mode="json")
        if self.signals:
            meaning["signals"] = [signal.meaning for signal in self.signals]
        if self.plays:
            meaning["plays"] = [play.model_dump(mode="json") for play in self.plays]
        if self.work != _WORK:
            meaning["work"] = self.work.model_dump(mode="json")
        if self.touch is not None:
            meaning["touch"] = self.touch.model_dump(mode="json")
        return text_of_value(meaning)
