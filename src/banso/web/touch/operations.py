"""Deciding which touch model and owner a customer has."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.customers import queries as customers
from banso.web.touch import queries
from banso.web.touch.models import Assignment
from banso.webkit.permissions import Staff


class ProposalOutdated(BansoError):
    """Refuse to accept what was proposed by a release that is no longer shown."""

    code = "proposal_outdated"


class NothingProposed(BansoError):
    """Refuse to accept where nothing is proposed, or somebody has decided before."""

    code = "nothing_proposed"


class NothingAssigned(BansoError):
    """Refuse a decision that decides nothing."""

    code = "nothing_assigned"


class DayIsOver(BansoError):
    """Refuse a last day that is over."""

    code = "day_is_over"


class AlreadyEnded(BansoError):
    """Refuse to end an assignment twice."""

    code = "already_ended"


@dataclass(frozen=True)
class Override:
    """What somebody sets by hand."""

    touch: str  # empty: left as it is
    owner: str  # likewise
    why: str
    until: dt.date | None = None  # the last day; None: for good


@transaction.atomic
def accept_proposals(
    customer_ids: Sequence[str], *, release_id: str, by: Staff, at: dt.datetime
) -> int:
    """Accept what the run proposes for some customers; return for how many.

    Customers without a proposal, or of which somebody decided meanwhile, are passed
    over.

    Parameters
    ----------
    customer_ids
        Of customers that the user sees; others are passed over too.
    release_id
        Of the release whose proposals the user saw.
    by, at
        Who, and when.

    Raises
    ------
    ProposalOutdated
        The pages show another release by now.
    NothingProposed
        None of the customers has a proposal that waits.

    """
    release = customers.published_release()
    if release is None or release.release_id != release_id:
        raise ProposalOutdated("The proposals are of an older run.")
    waiting = queries.waiting_proposals(customer_ids, visible_to=by)
    if not waiting:
        raise NothingProposed("Nothing is proposed for these customers.")
    day = _day_of_effect(release.as_of, at)
    for proposal in waiting:
        assignment = Assignment.objects.create(
            customer_id=proposal.customer_id,
            kind=Assignment.Kind.ACCEPTED,
            touch=proposal.touch,
            owner=proposal.owner,
            why=proposal.why,
            assigned_on=day,
            release_id=release_id,
            by_id=by.pk,
            at=at,
        )
        _record("touch_accepted", assignment, by=by, at=at)
    return len(waiting)


@transaction.atomic
def override(
    customer_id: str, given: Override, *, by: Staff, at: dt.datetime
) -> Assignment:
    """Set the touch model or the owner of a customer by hand.

    The run proposes no other touch model until the last day.

    Raises
    ------
    Http404
        The user does not see the customer.
    NothingAssigned
        Neither is given.
    DayIsOver
        The last day is before today.

    """
    customers.get_customer(customer_id, visible_to=by)
    if not given.touch and not given.owner:
        raise NothingAssigned("Neither touch model nor owner is given.")
    release = customers.published_release()
    today = timezone.localdate(at)
    if given.until is not None and given.until < today:
        raise DayIsOver("The last day is over.")
    assignment = Assignment.objects.create(
        customer_id=customer_id,
        kind=Assignment.Kind.OVERRIDE,
        touch=given.touch,
        owner=given.owner.strip().lower(),
        why=given.why,
        assigned_on=_day_of_effect(release.as_of if release else today, at),
        until=given.until,
        release_id=release.release_id if release else "",
        by_id=by.pk,
        at=at,
    )
    _record("touch_overridden", assignment, by=by, at=at)
    return assignment


@transaction.atomic
def end_assignment(assignment_id: int, *, by: Staff, at: dt.datetime) -> Assignment:
    """End a decision; from the next run on, what stood before it stands again.

    Raises
    ------
    Http404
        There is none, or it is of a customer that the user does not see.
    AlreadyEnded
        Somebody ended it before.

    """
    assignment = queries.get_assignment(assignment_id, visible_to=by, lock=True)
    if assignment.ended_at is not None:
        ended_by = assignment.ended_by.name if assignment.ended_by else ""
        raise AlreadyEnded("It has ended already.", by=ended_by)
    release = customers.published_release()
    today = timezone.localdate(at)
    last = _day_of_effect(release.as_of if release else today, at)
    assignment.until = last - dt.timedelta(days=1)
    assignment.ended_by_id, assignment.ended_at = by.pk, at
    assignment.save()
    _record("touch_ended", assignment, by=by, at=at)
    return assignment


def move_assignments(*, gone: str, kept: str) -> None:
    """Move the decisions of a customer that was merged into another."""
    # one acceptance of a release and customer stands alone: those of `gone` step back
    Assignment.objects.filter(customer_id=gone).update(
        customer_id=kept, release_id=Concat("release_id", Value("~"))
    )


def record_export(query: str, *, by: Staff, at: dt.datetime) -> None:
    """Note in the audit that somebody took the list out."""
    subject = audit.Subject(kind="touch", id="", name=query or "–")
    audit.record("touch_exported", subject=subject, by=by, at=at)


def _day_of_effect(as_of: dt.date, at: dt.datetime) -> dt.date:
    """Return from when on it holds: the day that the pages show, when facts are old."""
    return min(as_of, timezone.localdate(at))


def _record(action: str, assignment: Assignment, *, by: Staff, at: dt.datetime) -> None:
    audit.record(
        action,
        subject=audit.Subject(
            kind="customer", id=assignment.customer_id, name=assignment.customer_id
        ),
        by=by,
        at=at,
        details={
            "assignment": assignment.pk,
            "touch": assignment.touch,
            "owner": assignment.owner,
            "until": assignment.until.isoformat() if assignment.until else None,
        },
    )
