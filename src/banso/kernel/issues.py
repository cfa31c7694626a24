"""Findings in a definition or in data: collected values, never exceptions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is."""

    WARNING = "warning"
    FUTURE_ERROR = "future_error"
    ERROR = "error"


@dataclass(frozen=True, order=True)
class Issue:
    """One finding with its place, so that a reader can go there and mend it.

    `code` names the rule (``unknown_metric``); the web translates by it.
    """

    path: str  # as the reader would open it, relative to the project
    line: int  # from 1; 0 when the whole file is meant
    level: Level
    code: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the finding as compilers print one: ``path:line: level code: …``."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        message = (
            f"{self.message.rstrip('.')}. {self.hint}" if self.hint else self.message
        )
        return f"{place}: {self.level} {self.code}: {message}"


def has_errors(issues: Iterable[Issue]) -> bool:
    """Return whether any of `issues` forbids going on."""
    return any(issue.level is Level.ERROR for issue in issues)
