"""Reading what a release says about drivers; each page is one call."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.http import Http404

from banso.analytics.drivers.comparison import FEWEST_LEAVERS
from banso.charts.chart import Chart
from banso.runs.reading import ReleaseReader
from banso.web.customers import queries as customers
from banso.web.drivers.elements import Elements, Selection, elements_of, selected
from banso.web.drivers.exporting import csv_table
from banso.web.drivers.findings import DriverFinding, Findings
from banso.web.drivers.naming import ElementNames
from banso.web.drivers.questions import (
    QuestionCard,
    QuestionDetail,
    find_question,
    question_cards,
    question_detail,
)
from banso.web.drivers.years import SCORE, Years, means_chart, years_of
from banso.webkit import formatting
from banso.webkit.permissions import Staff

# what the functions give; the command line imports it from here
__all__ = [
    "DriversPage",
    "DriversReport",
    "Elements",
    "Exposed",
    "Selection",
    "Years",
    "drivers_page",
    "export_elements",
    "has_facts",
    "question_page",
    "report_of",
    "state_of",
]

State = Literal["ready", "no_contracts", "not_computed"]
DAYS_OF_A_YEAR: Final = 365.25
FAR_YEARS: Final = 20
MOST_MEANS: Final = 4
MOST_NAMED: Final = 50


@dataclass(frozen=True)
class TooFew:
    """How many leavings are known, and when there will be enough to compare."""

    have: int
    need: int
    enough_on: dt.date | None  # at the present pace; None: it cannot be said


@dataclass(frozen=True)
class DriversPage:
    """Everything that the page shows."""

    as_of: dt.date
    made_at: dt.datetime
    state: State
    questions: Sequence[QuestionCard] = ()
    years: Years | None = None
    elements: Elements | None = None
    too_few: TooFew | None = None  # None: there were enough


@dataclass(frozen=True)
class Exposed:
    """Who satisfies the condition of a question today, as far as the user sees them."""

    count: int
    rows: Sequence[customers.Row]  # those that pay most

    @property
    def count_text(self) -> str:
        """How many they are."""
        return formatting.number(self.count)

    @property
    def shown_text(self) -> str:
        """How many of them are named."""
        return formatting.number(len(self.rows))


@dataclass(frozen=True)
class QuestionPage:
    """One question."""

    as_of: dt.date
    detail: QuestionDetail
    exposed: Exposed | None  # None: the results are older than this list


@dataclass(frozen=True)
class DriversReport:
    """Everything that the pages show, whole, for a document or a terminal."""

    as_of: dt.date
    questions: Sequence[QuestionDetail]
    means: Sequence[Chart]  # of the score and the elements that separate most
    churn: Chart | None  # by year of use
    elements: Elements | None
    too_few: TooFew | None


def has_facts() -> bool:
    """Return whether customers are loaded, whatever was computed of them."""
    return customers.has_facts()


def drivers_page(asked: Mapping[str, str]) -> DriversPage | None:
    """Return the page as its address asks for it; None before any run."""
    reader = customers.published_reader()
    return None if reader is None else _page(Findings(reader), asked)


def question_page(key: str, *, visible_to: Staff) -> QuestionPage:
    """Return one question in full; 404 when the definitions have none of that key.

    The figures are over all customers; who is named is the user's to see.
    """
    found = customers.read_consistently(
        lambda release: _question_page(key, release, user=visible_to)
    )
    if found is None:
        raise Http404
    return found[1]


def _question_page(
    key: str, release: customers.PublishedRelease, *, user: Staff
) -> QuestionPage:
    reader = customers.published_reader()
    findings = Findings(reader) if reader else None
    question = find_question(findings, key) if findings else None
    if findings is None or question is None:
        raise Http404
    exposed = findings.exposed_now(key)
    named = None
    if exposed is not None:
        named = Exposed(*customers.list_among(user, release, exposed, limit=MOST_NAMED))
    as_of = findings.reader.release.as_of
    return QuestionPage(as_of, question_detail(question, findings), named)


def export_elements(asked: Mapping[str, str], *, for_excel: bool) -> Iterator[str]:
    """Return a CSV file with the rows of a selection."""
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    findings = Findings(reader)
    rows = selected(findings, Selection.read(asked))
    return csv_table(rows, ElementNames(reader.catalog), for_excel=for_excel)


def state_of(reader: ReleaseReader) -> State:
    """Return whether a release says anything about drivers, and if not, why."""
    findings = Findings(reader)
    if not findings.has_contracts:
        return "no_contracts"
    return "ready" if findings.is_computed else "not_computed"


def report_of(reader: ReleaseReader) -> DriversReport:
    """Return everything about drivers that a release holds; its state is ready."""
    findings = Findings(reader)
    years = years_of(findings, "")
    everything = max(1, len(findings.drivers))
    return DriversReport(
        as_of=reader.release.as_of,
        questions=[
            question_detail(question, findings)
            for question in reader.catalog.drivers.questions
        ],
        means=[means_chart(findings, key) for key in _telling(findings)],
        churn=years.churn if years else None,
        elements=elements_of(findings, Selection(), size=everything)
        if findings.drivers
        else None,
        too_few=_too_few(findings),
    )


def _telling(findings: Findings) -> list[str]:
    """Return what a report draws by year of use: the score, then what separates."""
    known = {row.element for row in findings.tenure}
    found = [row.element for row in findings.of_all if row.is_found]
    keys = dict.fromkeys([SCORE, *found])
    return [key for key in keys if key in known][:MOST_MEANS]


def _page(findings: Findings, asked: Mapping[str, str]) -> DriversPage:
    release = findings.reader.release
    state = state_of(findings.reader)
    if state != "ready":
        return DriversPage(release.as_of, release.made_at, state)
    too_few = _too_few(findings)
    return DriversPage(
        as_of=release.as_of,
        made_at=release.made_at,
        state=state,
        questions=question_cards(findings),
        years=years_of(findings, asked.get("element", "")),
        elements=elements_of(findings, Selection.read(asked))
        if findings.drivers
        else None,
        too_few=too_few,
    )


def _too_few(findings: Findings) -> TooFew | None:
    """Return what is missing when nothing could be compared for lack of leavers."""
    rows: Sequence[DriverFinding] = findings.of_all
    if any(row.is_compared for row in rows):
        return None
    have = max((row.n_churned for row in rows), default=findings.customers_who_left)
    if have >= FEWEST_LEAVERS:
        return None
    dates = findings.reader.dates
    first = dates[0] if dates else findings.reader.release.as_of
    return TooFew(
        have=have,
        need=FEWEST_LEAVERS,
        enough_on=_enough_on(first, findings.reader.release.as_of, have),
    )


def _enough_on(first: dt.date, as_of: dt.date, have: int) -> dt.date | None:
    """Return the day on which enough will have left, at the pace so far."""
    days = (as_of - first).days
    if not have or days <= 0:
        return None
    wait = (FEWEST_LEAVERS - have) * days / have
    if wait > FAR_YEARS * DAYS_OF_A_YEAR:
        return None
    return as_of + dt.timedelta(days=round(wait))
