"""Currencies of contracts that the definitions give no rate for, or one too late."""

from collections.abc import Mapping, Sequence

from banso.analytics.panel.stays import FAR_DAY
from banso.analytics.revenue.money import unpriced
from banso.analytics.rollups import company_day
from banso.definitions.revenue import RevenueRules
from banso.kernel.issues import Issue, Level
from banso.kernel.labels import Label, Language
from banso.runs.project import Project
from banso.runs.results import open_session

FILE = "revenue.yaml"


# The way out is a part of the Japanese sentence: a hint is joined in English only.
_MISSING = Label(
    "{currency}（契約 {lines} 行）の換算レートがありません。{first_day} 以降のものが"
    "必要です。rates に {{currency: {currency}, since: {first_day}, rate: …}} を"
    "加えてください（それまでは別の通貨として分けて集計します）。",
    "{currency} ({lines} contract rows) has no rate; one is needed from {first_day} on",
)
_LATE = Label(
    "{currency}（契約 {lines} 行）の {first_day} からの換算レートがありません。"
    "rates に {{currency: {currency}, since: {first_day}, rate: …}} を"
    "加えてください（それまでは別の通貨として分けて集計します）。",
    "{currency} ({lines} contract rows) has no rate from {first_day} on",
)
_HINT = Label(
    "",
    "Add to rates: {{currency: {currency}, since: {first_day}, rate: …}}; until then "
    "it is kept apart",
)


def missing_rates(
    project: Project, rules: RevenueRules, *, language: Language = "en"
) -> Sequence[Issue]:
    """Return a warning for each currency that revenue keeps apart.

    Parameters
    ----------
    project
        Whose contracts; without any, nothing is missing.
    rules
        With the rates, as the folder has them.
    language
        Of the sentences.

    """
    with open_session(project) as session:
        if not session.has("subscriptions"):
            return ()
        lines = session.facts("subscriptions")
        lines = lines.filter(lines.mrr >= 0, lines.started_on.notnull())
        spans = lines.select(
            currency=lines.currency.fill_null(project.currency),
            starts=company_day(lines.started_on, ()),
            ends=FAR_DAY,
        )
        lacking = unpriced(spans, rules.rates, into=project.currency)
        found = session.to_arrow(lacking.order_by("currency")).to_pylist()
    path = project.definitions_folder / FILE
    place = path.relative_to(project.folder).as_posix()
    priced = {rate.currency for rate in rules.rates}
    return [
        Issue(
            path=place,
            line=_line_of_rates(path.read_text(encoding="utf-8"))
            if path.exists()
            else 0,
            level=Level.WARNING,
            code="missing_rate",
            message=_said(
                _LATE if row["currency"] in priced else _MISSING, language, row
            ),
            hint=_said(_HINT, language, row),
        )
        for row in found
    ]


def _said(label: Label, language: Language, row: Mapping[str, object]) -> str:
    return label.in_language(language).format(**row)


def _line_of_rates(text: str) -> int:
    """Return the line on which rates are said; 0 when they are not."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith("rates:"):
            return number
    return 0
