"""The list of customers, and one customer, for programs."""

from ninja import Query, Router

from banso.web.customers import queries
from banso.web.customers.listing import list_customers
from banso.web.customers.schemas import (
    SHOWN,
    CustomerOut,
    CustomerQuery,
    CustomersPage,
)
from banso.web.customers.selection import ATTRIBUTE
from banso.webkit.api.paging import checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Customers"])


@router.get(
    "customers",
    response=CustomersPage,
    operation_id="listCustomers",
    openapi_extra={"x-more-parameters": ATTRIBUTE},
)
@allowed("see_customers")
def customers(request: StaffRequest, asked: Query[CustomerQuery]) -> object:
    """List the customers that the user sees, filtered and sorted as on the page.

    Columns of your own filter too: `attr.NAME=VALUE`.
    """
    cursor = checked(asked.cursor)
    found = queries.read_consistently(
        lambda release: list_customers(
            asked.selection(request.GET.dict()),
            visible_to=request.user,
            as_of=release.as_of,
            cursor=cursor,
            size=asked.limit,
            shown=SHOWN,
        )
    )
    if found is None:
        return {"as_of": None, "release_id": None, **paged(request, [], "")}
    release, listing = found
    page = paged(request, listing.page.rows, listing.page.next)
    return {"as_of": release.as_of, "release_id": release.release_id, **page}


@router.get(
    "customers/{key:customer_id}", response=CustomerOut, operation_id="getCustomer"
)
@allowed("see_customers")
def customer(request: StaffRequest, customer_id: str) -> object:
    """Return how a customer stands; one that was merged leads to the one that stays."""
    kept = queries.find_kept(customer_id) or customer_id
    return queries.get_customer(kept, visible_to=request.user)
