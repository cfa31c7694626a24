"""Sections of a report: what is kept of customers and of MRR, by cohort and age."""

from collections.abc import Mapping
from typing import Final

from banso.analytics.cohorts.shares import Measure, Period
from banso.cli.reports.document import Section
from banso.cli.reports.span import ReportSpan
from banso.kernel.labels import Label

MOST_COHORTS: Final = 20  # what fits on a page
_BY: Final[Mapping[Period, Label]] = {
    "month": Label("月", "month"),
    "quarter": Label("四半期", "quarter"),
    "year": Label("年", "year"),
}


def cohorts(span: ReportSpan) -> list[Section]:
    """Return retention and net revenue by the first contract and age.

    Cohorts are of months, quarters or years: the shortest of which most are large
    enough. They are of the whole release, as each is followed from its first month on.
    What no cohort has a number of, say of money in several currencies, is left out.
    """
    # of the web, which is there once Django has its settings
    from banso.web.cohorts.queries import told_period  # noqa: PLC0415

    by = told_period(span.reading.reader, most=MOST_COHORTS)
    of = _BY[by].in_language(span.language)
    customers = _section(
        span,
        by,
        "customers",
        span.say("コホート別の顧客の継続率", "Customers kept by cohort"),
        span.say(
            f"最初の契約が始まった{of}ごとに、経過月数別の継続率を示します。"
            "表の括弧は95 %の区間（Wilson）です。"
            "10社未満のコホートには割合を示しません。",
            f"Of the customers whose first contract began in the same {of}, the share"
            " still there by months since. In brackets the 95 % interval (Wilson)."
            " Cohorts of fewer than 10 customers have no share.",
        ),
    )
    money = _section(
        span,
        by,
        "money",
        span.say("コホート別の純MRR継続率", "Net MRR kept by cohort"),
        span.say(
            "同じ顧客の今のMRRを、最初の月のMRRで割ったものです。拡大を含むため"
            "100 %を超えることがあります。",
            "What the same customers pay over what they paid in their first month."
            " Expansion counts, so it may exceed 100 %.",
        ),
    )
    return [*customers, *money]


def _section(
    span: ReportSpan, by: Period, measure: Measure, title: str, text: str
) -> list[Section]:
    # as above
    from banso.web.cohorts.queries import cohorts_chart  # noqa: PLC0415
    from banso.web.cohorts.selection import Selection  # noqa: PLC0415

    chart = cohorts_chart(
        span.reading.reader, Selection(by=by, measure=measure), language=span.language
    )
    return [Section(title, text, chart=chart)] if chart else []
