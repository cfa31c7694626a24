"""Where another engine is; light, for whoever only reads a project's settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """The engines that can compute instead of DuckDB."""

    SPARK = "spark"
    POSTGRESQL = "postgresql"


_WAREHOUSES = ("postgresql://", "postgres://")
_CLUSTERS = ("spark://", "local", "yarn", "k8s://")


@dataclass(frozen=True)
class Cluster:
    """The address of Spark's master or of a database, and settings of it by name."""

    master: str = field(repr=False)  # of a database, it can hold a password
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """What it is that computes."""
        is_database = self.master.startswith(_WAREHOUSES)
        return Kind.POSTGRESQL if is_database else Kind.SPARK

    @property
    def shown(self) -> str:
        """The address, as it may be read by anybody."""
        return without_password(self.master)


def is_address(name: str) -> bool:
    """Return whether a text is the address of an engine, as far as it shows."""
    return name.startswith((*_CLUSTERS, *_WAREHOUSES))


def without_password(address: str) -> str:
    """Return an address without the password, wherever that is written."""
    plain = re.sub(r"(?<=//)([^:/?#]*):[^?#]*@", r"\1:…@", address)
    return re.sub(r"(?i)\b((?:ssl)?password=)[^&#\s]*", r"\1…", plain)
