"""Signals for programs."""

from ninja import Query, Router

from banso.web.customers import queries as customers
from banso.web.signals import records
from banso.web.signals.schemas import OpenPage, SignalsOut
from banso.webkit.api.paging import PageQuery, following, paged, start_of
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Signals"])


@router.get("signals", response=SignalsOut, operation_id="listSignals")
@allowed("see_customers")
def signals(request: StaffRequest) -> object:
    """List the signals, at how many customers each is open, and how well it told."""
    release = customers.published_release()
    items = records.list_signals(visible_to=request.user)
    return {"as_of": release.as_of if release else None, "items": items}


@router.get(
    "signals/{signal}/customers", response=OpenPage, operation_id="listSignalCustomers"
)
@allowed("see_customers")
def open_at(request: StaffRequest, signal: str, asked: Query[PageQuery]) -> object:
    """List the customers at which a signal is open, those that are worth most first."""
    start = start_of(asked.cursor)
    rows, more = records.open_at(
        signal, visible_to=request.user, start=start, size=asked.limit
    )
    return paged(request, rows, following(start + len(rows)) if more else "")
