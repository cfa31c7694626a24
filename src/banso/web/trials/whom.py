"""Whom to treat after a trial, as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banso.analytics.uplift.targeting import FEWEST_AN_ARM, FEWEST_OUTCOMES
from banso.charts.chart import Chart
from banso.charts.targeting import TargetGroup, targeting_groups
from banso.runs.reading import ReleaseReader, Row
from banso.runs.trial_targeting import TARGETING
from banso.web.customers import queries as customers
from banso.web.trials import words
from banso.web.trials.history import column_label
from banso.webkit import formatting
from banso.webkit.company_names import value_name

NOT_YET = ("still_running", "stopped_early")


@dataclass(frozen=True)
class OrderLine:
    """Something that the customers are ordered by."""

    label: str
    said: str  # who comes first by it


@dataclass(frozen=True)
class Whom:
    """The answer of one trial."""

    verdict: str
    verdict_said: str
    sentence: str
    why: str
    better: str  # what is counted as good; "" without an effect
    not_asked: str  # the limits, when there are too few; else ""
    chart: Chart | None
    qini: str
    order: Sequence[OrderLine]


def whom_to_treat(trial_id: str) -> Whom | None:
    """Return whom to treat after a trial; None where no run has asked."""
    reader = customers.published_reader()
    rows = [] if reader is None else reader.findings(TARGETING, trial_id=trial_id)
    overall = next((row for row in rows if row["kind"] == "overall"), None)
    if reader is None or overall is None:
        return None
    language = "ja" if (get_language() or "en").startswith("ja") else "en"
    verdict, reason = str(overall["verdict"]), str(overall["reason"] or "")
    is_not_yet = reason in NOT_YET
    return Whom(
        verdict="" if is_not_yet else verdict,
        verdict_said="" if is_not_yet else str(words.WHOM[verdict]),
        sentence=str(overall[f"said_{language}"]),
        why=str(overall[f"why_{language}"] or ""),
        better=""
        if overall["value"] is None
        else str(words.GOOD[str(overall["measure"])]),
        not_asked=_limits() if reason.startswith("too_few") else "",
        chart=_chart(rows, overall),
        qini=_qini(rows),
        order=[_order(row, reader) for row in _of_kind(rows, "feature")],
    )


def _of_kind(rows: Sequence[Row], kind: str) -> list[Row]:
    mine = [row for row in rows if row["kind"] == kind]
    return sorted(mine, key=lambda row: int(str(row["number"])))


def _limits() -> str:
    said = _(
        "It is asked from %(customers)s customers in each arm on, and %(outcomes)s "
        "both with and without the outcome."
    )
    return said % {
        "customers": formatting.number(FEWEST_AN_ARM),
        "outcomes": formatting.number(FEWEST_OUTCOMES),
    }


def _chart(rows: Sequence[Row], overall: Row) -> Chart | None:
    groups = [
        TargetGroup(
            number=int(str(row["number"])),
            n=int(str(row["n"])),
            effect=_number(row["value"]),
            low=_number(row["low"]),
            high=_number(row["high"]),
        )
        for row in _of_kind(rows, "group")
    ]
    if not groups:
        return None
    return targeting_groups(
        groups,
        _number(overall["value"]),
        is_proven=overall["verdict"] == "target_these",
        language=get_language() or "en",
    )


def _qini(rows: Sequence[Row]) -> str:
    """Return what the order is worth on customers on whom it was not made."""
    row = next((row for row in rows if row["kind"] == "qini"), None)
    if row is None or row["value"] is None:
        return ""
    said = [formatting.MISSING if x is None else f"{x:.2f}" for x in _span(row)]
    value, low, high = (text.replace("-", formatting.MINUS) for text in said)
    sentence = _(
        "On customers apart, the order has a Qini coefficient of %(value)s (%(low)s to "
        "%(high)s): 0 is worth nothing, 1 is the best there can be."
    )
    return sentence % {"value": value, "low": low, "high": high}


def _span(row: Row) -> Sequence[float | None]:
    return [_number(row[name]) for name in ("value", "low", "high")]


def _order(row: Row, reader: ReleaseReader) -> OrderLine:
    name, level = str(row["feature"]), str(row["level"] or "")
    if level:
        called = value_name(reader.catalog.names, name, level)
        said = _("%(level)s first") % {"level": called}
    elif (_number(row["value"]) or 0.0) >= 0:
        said = _("the higher, the sooner")
    else:
        said = _("the lower, the sooner")
    return OrderLine(column_label(name, reader), said)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))
