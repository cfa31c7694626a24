"""Revenue for programs."""

from ninja import Query, Router

from banso.web.customers import queries as customers
from banso.web.revenue import records
from banso.web.revenue.schemas import PeriodsOut, PeriodsQuery, RetentionsOut
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Revenue"])


@router.get("revenue/periods", response=PeriodsOut, operation_id="listRevenuePeriods")
@allowed("see_revenue")
def periods(request: StaffRequest, asked: Query[PeriodsQuery]) -> object:
    """Return MRR by period and what moved it, over the customers that the user sees."""
    release = customers.published_release()
    found = records.periods(request.user, asked.grain, asked.grouping)
    items = [
        {
            "period": each.period,
            "segment": each.segment,
            "currency": each.currency,
            "amounts": dict(each.amounts),
            "customers": dict(each.counts),
            "arr": each.arr,
            "cmrr": each.cmrr,
            "arpa": each.arpa,
            "quick_ratio": each.quick_ratio,
        }
        for each in found
    ]
    return {
        "as_of": release.as_of if release else None,
        "groupings": records.groupings(request.user),
        "items": items,
    }


@router.get("revenue/retention", response=RetentionsOut, operation_id="listRetention")
@allowed("see_revenue")
def retention(request: StaffRequest) -> object:
    """Return NRR, GRR and logo retention over all customers, by period and variant.

    For users who see all customers.
    """
    release = customers.published_release()
    items = records.retention(request.user)
    return {"as_of": release.as_of if release else None, "items": items}
