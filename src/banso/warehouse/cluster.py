"""Where a Spark cluster is; light, for whoever only reads a project's settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cluster:
    """The address of Spark's master, and settings of Spark by name."""

    master: str
    settings: Mapping[str, str] = field(default_factory=dict)
