"""Drivers for programs."""

from ninja import Query, Router

from banso.web.customers import queries as customers
from banso.web.drivers import records
from banso.web.drivers.schemas import (
    DriversOut,
    DriversQuery,
    QuestionOut,
    QuestionsOut,
)
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Drivers"])


@router.get("drivers", response=DriversOut, operation_id="listDrivers")
@allowed("see_drivers")
def drivers(request: StaffRequest, asked: Query[DriversQuery]) -> object:
    """List in which elements those who left differed from those who stayed."""
    del request
    release = customers.published_release()
    items = records.list_drivers(asked.stratum)
    return {"as_of": release.as_of if release else None, "items": items}


@router.get("questions", response=QuestionsOut, operation_id="listQuestions")
@allowed("see_drivers")
def questions(request: StaffRequest) -> object:
    """List the questions of the definitions with what can be concluded."""
    del request
    release = customers.published_release()
    items = records.list_questions()
    return {"as_of": release.as_of if release else None, "items": items}


@router.get("questions/{question}", response=QuestionOut, operation_id="getQuestion")
@allowed("see_drivers")
def question(request: StaffRequest, question: str) -> object:
    """Return one question with its groups, tests and curves.

    Figures are over all customers; who satisfies it now, of those that the user sees.
    """
    return records.question(question, visible_to=request.user)
