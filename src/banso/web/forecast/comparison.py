"""The forecast beside naive rules on the same rows, as the model card shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language, gettext_lazy

from banso.runs.reading import ReleaseReader, Row
from banso.web.forecast import words
from banso.web.forecast.figures import SUBJECTS
from banso.webkit import formatting
from banso.webkit.features import Text

_PLACES: Final = {"auc": 2, "log_loss": 4}
FIGURES: Final[Mapping[str, Text]] = {
    "auc": gettext_lazy("AUC"),
    "log_loss": gettext_lazy("Log loss"),
}
VERDICTS: Final[Mapping[str, Text]] = {
    "better": gettext_lazy("better"),
    "no_better": gettext_lazy("no better"),
    "worse": gettext_lazy("worse"),
}


@dataclass(frozen=True)
class Comparison:
    """One figure of the forecast beside that of a rule."""

    rule: str
    figure: str
    verdict: str  # better | no_better | worse; empty without
    verdict_words: str
    forecast: str
    naive: str
    gain: str
    interval: str
    n: int
    events: int
    reason: str
    sentence: str  # verdict, figures, dates, in the reader's language


def sentences(found: Sequence[Comparison]) -> tuple[str, ...]:
    """Return what they mean; what lacks for one reason says it once."""
    return tuple(dict.fromkeys(line.sentence for line in found))


def comparisons(reader: ReleaseReader, days: int) -> Sequence[Comparison]:
    """Return how the forecast did beside each rule; nothing in an older release."""
    rows = reader.findings("forecast_compared", horizon_days=days)
    return [_shown(row) for row in sorted(rows, key=lambda row: int(str(row["place"])))]


def _shown(row: Row) -> Comparison:
    figure, verdict = str(row["figure"]), str(row["verdict"] or "")
    low, high = (_signed(row[name], figure) for name in ("low", "high"))
    language = "ja" if (get_language() or "en").startswith("ja") else "en"
    return Comparison(
        rule=str(SUBJECTS.get(str(row["rule"]), row["rule"])),
        figure=str(FIGURES[figure]),
        verdict=verdict,
        verdict_words=str(VERDICTS.get(verdict, "")),
        forecast=_plain(row["forecast"], figure),
        naive=_plain(row["naive"], figure),
        gain=_signed(row["gain"], figure),
        interval=f"{low} – {high}" if row["low"] is not None else "",
        n=int(str(row["n"])),
        events=int(str(row["events"])),
        reason=words.reason(str(row["reason"] or "")),
        sentence=str(row[language]),
    )


def _plain(value: object, figure: str) -> str:
    if value is None:
        return formatting.MISSING
    return formatting.number(float(str(value)), places=_PLACES[figure])


def _signed(value: object, figure: str) -> str:
    if value is None:
        return formatting.MISSING
    return formatting.change(float(str(value)), places=_PLACES[figure])
