"""Currencies of contracts that the definitions give no rate for, or one too late."""

from collections.abc import Sequence

from banso.analytics.panel.stays import FAR_DAY
from banso.analytics.revenue.money import unpriced
from banso.analytics.rollups import company_day
from banso.definitions.revenue import RevenueRules
from banso.kernel.issues import Issue, Level
from banso.runs.project import Project
from banso.runs.results import open_session

FILE = "revenue.yaml"


def missing_rates(project: Project, rules: RevenueRules) -> Sequence[Issue]:
    """Return a warning for each currency that revenue keeps apart.

    Parameters
    ----------
    project
        Whose contracts; without any, nothing is missing.
    rules
        With the rates, as the folder has them.

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
            message=_message(row, is_late=row["currency"] in priced),
            hint=f"Add to rates: {{currency: {row['currency']}, since:"
            f" {row['first_day']}, rate: …}}; until then it is kept apart",
        )
        for row in found
    ]


def _message(row: dict[str, object], *, is_late: bool) -> str:
    currency, lines = row["currency"], row["lines"]
    what = "has no rate from" if is_late else "has no rate; one is needed from"
    return f"{currency} ({lines} contract rows) {what} {row['first_day']} on"


def _line_of_rates(text: str) -> int:
    """Return the line on which rates are said; 0 when they are not."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip().startswith("rates:"):
            return number
    return 0
