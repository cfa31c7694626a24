"""Reading forecasts: of one customer, and of the model behind them."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from banso.charts.calibration import CalibrationPoint, calibration_curve
from banso.charts.chart import Chart
from banso.runs.reading import ReleaseReader
from banso.web.customers import queries as customers
from banso.web.customers.queries import PublishedRelease
from banso.web.forecast import words
from banso.web.forecast.cards import Card, cards_of
from banso.web.forecast.comparison import Comparison, comparisons, sentences
from banso.web.forecast.customer import CustomerForecast, customer_forecast
from banso.web.forecast.drift import Drift, Schedule, drift_of, schedule_of
from banso.web.forecast.figures import SUBJECTS, Figure, figure_of
from banso.web.forecast.naming import Names, stratum

# what the functions give; other features import it from here
__all__ = [
    "SUBJECTS",
    "Card",
    "CustomerForecast",
    "Figure",
    "Names",
    "chance_text",
    "customer_forecast",
    "figure_of",
    "forecast_page",
    "horizon_text",
    "reason_text",
    "said",
    "stratum_text",
]

said = words.said
reason_text = words.reason
chance_text = words.chance
stratum_text = stratum
horizon_text = words.within


JUDGED: Final = ("forecast", "rule.logistic", "rule.last_rate", "rule.recency")
FIGURES: Final = ("auc", "lift_10", "calibration_error", "log_loss")


@dataclass(frozen=True)
class JudgedRule:
    """How the forecasts of the past, or a naive rule, did out of time."""

    subject: str
    label: str
    figures: tuple[Figure | None, ...]  # in the order of `FIGURES`


@dataclass(frozen=True)
class ForecastPage:
    """The card of the model in use, with what came of its forecasts."""

    release: PublishedRelease
    card: Card | None  # None: no run made forecasts yet
    earlier: tuple[Card, ...]  # every fit of the target, the newest first
    target: str
    judged: tuple[JudgedRule, ...]
    compared: tuple[Comparison, ...]  # the forecast and a rule on the same rows
    calibration: Chart | None
    days: int  # within how many the forecasts were judged
    known_by: str  # the last day that the analyses know
    compared_words: tuple[str, ...]
    barred: tuple[str, ...]  # attributes without history, which may not enter
    unused: tuple[str, ...]  # columns of customers that no profile names
    schedule: Schedule | None  # None: an older run
    drift: Drift | None  # None: no model, or another target
    why_not: str  # no forecast at all


def forecast_page(target: str, days: int) -> ForecastPage | None:
    """Return the model card of a target; None before the first run.

    `days` is the horizon of the calibration.
    """
    release, reader = customers.published_release(), customers.published_reader()
    if release is None or reader is None:
        return None
    cards = cards_of(reader, target)
    noted = release.notes.get("analyses")
    analyses = noted if isinstance(noted, dict) else {}
    names = Names(reader.catalog)
    compared = tuple(comparisons(reader, days)) if target == "churn" else ()
    schedule = schedule_of(analyses)
    return ForecastPage(
        release=release,
        card=cards[0] if cards else None,
        earlier=tuple(cards),
        target=target,
        calibration=_calibration(reader, days, target),
        days=days,
        judged=_judged(reader, days, target),
        compared=compared,
        compared_words=sentences(compared),
        known_by=str(analyses.get("known_by") or ""),
        barred=tuple(names.label(str(key)) for key in analyses.get("barred", ())),
        unused=tuple(names.label(str(key)) for key in analyses.get("unused", ())),
        schedule=schedule,
        drift=drift_of(reader, schedule) if target == "churn" else None,
        why_not=words.reason(str(analyses["reason"])) if analyses.get("reason") else "",
    )


def _judged(reader: ReleaseReader, days: int, target: str) -> tuple[JudgedRule, ...]:
    rows = reader.findings("judged", stratum="all", outcome=target, horizon_days=days)
    found = {(str(row["subject"]), str(row["figure"])): figure_of(row) for row in rows}
    return tuple(
        JudgedRule(
            subject,
            str(SUBJECTS[subject]),
            tuple(found.get((subject, figure)) for figure in FIGURES),
        )
        for subject in JUDGED
        if any(key[0] == subject for key in found)
    )


def _calibration(reader: ReleaseReader, days: int, target: str) -> Chart | None:
    subject = "forecast" if target == "churn" else f"forecast.{target}"
    rows = reader.findings("calibration", subject=subject, horizon_days=days)
    if not rows:
        return None
    ordered = sorted(rows, key=lambda row: int(str(row["bin"])))
    points = [
        CalibrationPoint(
            n=int(str(row["n"])),
            **{
                name: None if row[name] is None else float(str(row[name]))
                for name in ("predicted", "observed", "low", "high")
            },
        )
        for row in ordered
    ]
    return calibration_curve(
        points,
        subject=words.within(days),
        language=get_language() or "en",
    )
