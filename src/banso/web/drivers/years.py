"""Years of use × health × churn, for stayers and leavers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast

from django.utils.translation import get_language

from banso.charts.chart import Chart
from banso.charts.tenure import (
    TenureChurn,
    TenureMean,
    TenureShape,
    churn_by_tenure,
    tenure_means,
)
from banso.web.drivers import words
from banso.web.drivers.findings import CHURN, Findings
from banso.web.drivers.naming import ElementNames

SCORE: Final = "score"


@dataclass(frozen=True)
class Years:
    """Both charts, and of what the first one can be drawn."""

    choices: Sequence[tuple[str, str]]  # key and name: the score first
    chosen: str
    means: Chart
    churn: Chart


def years_of(findings: Findings, asked: str) -> Years | None:
    """Return years of use with one element; None when the release has none.

    `asked` is the key of an element; anything else means the health score.
    """
    rows = findings.tenure
    if not rows:
        return None
    names = ElementNames(findings.reader.catalog)
    keys = list(dict.fromkeys(row.element for row in rows if row.element != CHURN))
    keys.sort(key=lambda key: key != SCORE)
    chosen = asked if asked in keys else next(iter(keys), SCORE)
    language = get_language() or "en"
    return Years(
        choices=[(key, names.label(key)) for key in keys],
        chosen=chosen,
        means=means_chart(findings, chosen),
        churn=churn_by_tenure(
            [
                TenureChurn(row.tenure_year, row.n, row.mean, row.low, row.high)
                for row in rows
                if row.element == CHURN
            ],
            language=language,
        ),
    )


def means_chart(findings: Findings, element: str) -> Chart:
    """Return stayers and leavers of one element by year of use."""
    names = ElementNames(findings.reader.catalog)
    unit = names.unit(element)

    def say(value: float) -> str:
        return words.amount(value, unit)

    shape = TenureShape(
        key=element,
        label=names.label(element),
        say=say,
        domain=(0.0, 100.0) if unit == "points" else None,
        axis_format=".0%" if unit == "ratio" else "",
    )
    means = [
        TenureMean(
            row.tenure_year,
            cast("Literal['stayed', 'left']", row.outcome),
            row.n,
            row.mean,
            row.low,
            row.high,
        )
        for row in findings.tenure
        if row.element == element
    ]
    return tenure_means(means, shape, language=get_language() or "en")
