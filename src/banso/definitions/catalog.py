"""Everything that a company has defined, as one immutable value."""

from collections.abc import Mapping
from dataclasses import dataclass

from banso.definitions.health import HealthModel
from banso.definitions.metrics import Metric
from banso.kernel.digests import digest_of_bytes, text_of_value


@dataclass(frozen=True)
class Catalog:
    """The metrics and health models behind a run, in the order of their files."""

    metrics: tuple[Metric, ...]
    health: tuple[HealthModel, ...]

    @property
    def metric_by_key(self) -> Mapping[str, Metric]:
        """Every metric by its key."""
        return {metric.key: metric for metric in self.metrics}

    @property
    def digest(self) -> str:
        """The hash of the meaning: comments and layout of the files do not count."""
        return digest_of_bytes(self.text.encode())

    @property
    def text(self) -> str:
        """The meaning as JSON; the same meaning has the same text."""
        return text_of_value(
            {
                "metrics": [metric.model_dump(mode="json") for metric in self.metrics],
                "health": [model.model_dump(mode="json") for model in self.health],
            }
        )
