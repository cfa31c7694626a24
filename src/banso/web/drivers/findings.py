"""The rows of a release about drivers, with their types."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from banso.analytics.drivers.matching import WINDOW_DAYS
from banso.runs.reading import ReleaseReader

LEVEL: Final = 0.05  # a finding has a q-value below it
ALL: Final = "all"
CHURN: Final = "churn"

Found = TypeVar("Found")


@dataclass(frozen=True)
class DriverFinding:
    """One element within one stratum: a row of ``drivers``."""

    element: str
    kind: str
    stratum: str
    n_churned: int
    n_renewed: int
    mean_churned: float | None
    mean_renewed: float | None
    effect: float | None
    low: float | None
    high: float | None
    p_value: float | None
    q_value: float | None
    direction: str
    auc: float | None
    adjusted_effect: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    adjusted_q: float | None
    is_kept: bool | None
    lead_days: int | None
    stability: float | None
    missing_share: float | None
    reason: str | None

    @property
    def is_compared(self) -> bool:
        """Whether there were enough customers to compare."""
        return self.q_value is not None

    @property
    def is_found(self) -> bool:
        """Whether it separates, after correction for the number of tests."""
        return self.q_value is not None and self.q_value < LEVEL

    @property
    def is_category(self) -> bool:
        """Whether it has levels instead of numbers: its effect then has no sign."""
        return self.mean_churned is None and self.effect is not None

    @property
    def strength(self) -> float:
        """How far both groups are apart."""
        return 0.0 if self.effect is None else abs(self.effect)


@dataclass(frozen=True)
class TenureFigure:
    """Stayers or leavers of one year of use: a row of ``tenure_health``."""

    tenure_year: int
    element: str
    outcome: str
    n: int
    mean: float | None
    low: float | None
    high: float | None
    reason: str | None


@dataclass(frozen=True)
class AnswerFigure:
    """Churn rate or mean health of one group: a row of ``answers``."""

    question: str
    outcome: str
    grp: str
    n: int
    events: int
    value: float | None
    low: float | None
    high: float | None
    reason: str | None


@dataclass(frozen=True)
class AnswerTest:
    """One comparison of both groups: a row of ``answer_tests``."""

    question: str
    outcome: str
    test: str
    effect: float | None
    low: float | None
    high: float | None
    p_value: float | None
    q_value: float | None
    n: int
    events: int
    reason: str | None


@dataclass(frozen=True)
class CurveRow:
    """Survival of a group on one day: a row of ``answer_curves``."""

    question: str
    grp: str
    day: int
    at_risk: int
    events: int
    survival: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class AnswerText:
    """What can be concluded, in both languages: a row of ``answer_texts``."""

    question: str
    outcome: str
    verdict: str
    ja: str
    en: str


class Findings:
    """What a release says about drivers; each table is read when it is asked for."""

    def __init__(self, reader: ReleaseReader) -> None:
        self.reader = reader

    @property
    def is_computed(self) -> bool:
        """Whether the release has the analysis: an older one has not."""
        return "drivers" in self.reader.release.tables

    @property
    def has_contracts(self) -> bool:
        """Whether it is known who left."""
        return self.reader.has("subscriptions")

    @cached_property
    def drivers(self) -> Sequence[DriverFinding]:
        """All strata, the strongest first."""
        return self._rows("drivers", DriverFinding)

    @property
    def window_days(self) -> int:
        """Within how many days after a date leavers left."""
        note = self.reader.release.notes.get("analyses")
        days = note.get("window_days") if isinstance(note, dict) else None
        return days if isinstance(days, int) else WINDOW_DAYS

    @cached_property
    def of_all(self) -> Sequence[DriverFinding]:
        """Each element over all customers, the strongest first."""
        return [row for row in self.drivers if row.stratum == ALL]

    @cached_property
    def customers_who_left(self) -> int:
        """How many customers are gone, also while too few to compare anything."""
        return len(self.reader.findings("customer_now", status="churned"))

    @cached_property
    def tenure(self) -> Sequence[TenureFigure]:
        """Years of use, ascending."""
        rows = self._rows("tenure_health", TenureFigure)
        return sorted(rows, key=lambda row: row.tenure_year)

    @cached_property
    def figures(self) -> Sequence[AnswerFigure]:
        """Both groups of every question."""
        return self._rows("answers", AnswerFigure)

    @cached_property
    def tests(self) -> Sequence[AnswerTest]:
        """The comparisons of every question."""
        return self._rows("answer_tests", AnswerTest)

    @cached_property
    def texts(self) -> Sequence[AnswerText]:
        """The conclusions of every question."""
        return self._rows("answer_texts", AnswerText)

    def exposed_now(self, question: str) -> frozenset[str] | None:
        """Return who satisfies the condition of a question on the as-of date.

        None when the release is older than this result.
        """
        if "exposed_now" not in self.reader.release.tables:
            return None
        rows = self.reader.findings("exposed_now", question=question)
        return frozenset(str(row["customer_id"]) for row in rows)

    def curves(self, question: str) -> Sequence[CurveRow]:
        """Return the survival curves of a question, by day."""
        rows = self._rows("answer_curves", CurveRow, question=question)
        return sorted(rows, key=lambda row: (row.grp, row.day))

    def _rows(
        self, table: str, row_type: type[Found], **equal: object
    ) -> Sequence[Found]:
        """Return the rows of a result in its own order."""
        names = [field.name for field in dataclasses.fields(row_type)]  # type: ignore[arg-type]
        found = self.reader.findings(table, **equal)
        if found and "place" in found[0]:
            found = sorted(found, key=lambda row: int(str(row["place"])))
        return [row_type(**{name: row[name] for name in names}) for row in found]
