"""Remarks: what a reader should know although nothing was refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Remark:
    """One remark; who shows it in another language translates by `code`."""

    code: str
    message: str  # one English sentence or two
    facts: Mapping[str, object] = field(default_factory=dict)  # for a translation

    def __str__(self) -> str:
        """Return the remark in English."""
        return self.message
