"""Keeping openings of signals from people, while a trial looks what comes of it."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from banso.web.work.models import WorkItem

_SOME = 200


class Opening(NamedTuple):
    """One opening of one signal at one customer."""

    customer_id: str
    signal: str
    opened_on: dt.date


@transaction.atomic
def hold_out(openings: Iterable[Opening]) -> int:
    """Let nobody act on openings; return how many of them are held out now.

    To be called on a release before work shows it: an opening that the app does not
    know yet is held out from its first moment. One that somebody decided about stays as
    it is.
    """
    wanted = list(openings)
    WorkItem.objects.bulk_create(
        [
            WorkItem(
                customer_id=each.customer_id,
                signal=each.signal,
                opened_on=each.opened_on,
                state=WorkItem.State.HELD_OUT,
            )
            for each in wanted
        ],
        ignore_conflicts=True,
        batch_size=_SOME,
    )
    return _changed(wanted, before=WorkItem.State.OPEN, after=WorkItem.State.HELD_OUT)


@transaction.atomic
def let_go(openings: Iterable[Opening]) -> int:
    """Let people act on openings that were held out; return how many they may now."""
    wanted = list(openings)
    _changed(wanted, before=WorkItem.State.HELD_OUT, after=WorkItem.State.OPEN)
    return _count(wanted, WorkItem.State.OPEN)


def _changed(wanted: list[Opening], *, before: str, after: str) -> int:
    """Move those that nobody decided about from one state to another."""
    for found in _in_parts(wanted):
        keys = [
            item.pk
            for item in WorkItem.objects.filter(
                customer_id__in={each.customer_id for each in found},
                state=before,
                decided_at__isnull=True,
            ).only("customer_id", "signal", "opened_on")
            if (item.customer_id, item.signal, item.opened_on) in set(found)
        ]
        WorkItem.objects.filter(pk__in=keys).update(
            state=after, version=F("version") + 1
        )
    return _count(wanted, after)


def _count(wanted: list[Opening], state: str) -> int:
    total = 0
    for found in _in_parts(wanted):
        rows = WorkItem.objects.filter(
            customer_id__in={each.customer_id for each in found}, state=state
        ).values_list("customer_id", "signal", "opened_on")
        total += len(set(found) & set(map(Opening._make, rows)))
    return total


def _in_parts(wanted: list[Opening]) -> Iterable[list[Opening]]:
    for start in range(0, len(wanted), _SOME):
        yield wanted[start : start + _SOME]
