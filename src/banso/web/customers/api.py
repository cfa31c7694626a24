"""The list of customers, and one customer, for programs."""

from ninja import Query, Router, Status

from banso.web.customers import operations, queries, view_operations
from banso.web.customers.listing import list_customers
from banso.web.customers.schemas import (
    SHOWN,
    CustomerOut,
    CustomerQuery,
    CustomersPage,
    DefaultViewIn,
    MergerIn,
    ViewIn,
    ViewOut,
    ViewsOut,
)
from banso.web.customers.selection import ATTRIBUTE
from banso.webkit.api.paging import Key, checked, paged
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


@router.post(
    "customers/{key:customer_id}/merger",
    response=CustomerOut,
    operation_id="mergeCustomer",
)
@allowed("merge_customers")
def merger(request: StaffRequest, customer_id: str, body: MergerIn) -> object:
    """Let a customer go on as another one, which is returned; there is no way back.

    Everything that the app keeps of the first becomes the other's. What may be taken
    back is a decision on a pair (`decideMatchPair`).
    """
    alias = operations.merge_customers(
        customer_id, body.kept, by=request.user, at=request.now
    )
    return queries.get_customer(alias.kept, visible_to=request.user)


@router.get("views", response=ViewsOut, operation_id="listViews")
@allowed("see_customers")
def views(request: StaffRequest) -> object:
    """List the user's saved views of customers, and those that others share."""
    return {"items": view_operations.views_of(request.user)}


@router.post("views", response=ViewOut, operation_id="saveView")
@allowed("save_views")
def save_view(request: StaffRequest, body: ViewIn) -> object:
    """Keep filters and a sort under a name."""
    view = view_operations.save_view(_content(body), by=request.user, at=request.now)
    return view_operations.view_of(view.pk, request.user)


@router.get("views/{view_id}", response=ViewOut, operation_id="getView")
@allowed("see_customers")
def view(request: StaffRequest, view_id: Key) -> object:
    """Return a saved view; its filters are those of `listCustomers`."""
    return view_operations.view_of(view_id, request.user)


@router.put("views/{view_id}", response=ViewOut, operation_id="changeView")
@allowed("save_views")
def change_view(request: StaffRequest, view_id: Key, body: ViewIn) -> object:
    """Rename a view, share it otherwise, or let it hold something else."""
    view_operations.change_view(
        view_id, _content(body), by=request.user, at=request.now
    )
    return view_operations.view_of(view_id, request.user)


@router.delete("views/{view_id}", response={204: None}, operation_id="deleteView")
@allowed("save_views")
def delete_view(request: StaffRequest, view_id: Key) -> object:
    """Delete a view; who had it as the default opens with all customers again."""
    view_operations.delete_view(view_id, by=request.user, at=request.now)
    return Status(204, None)


@router.put("default-view", response=ViewsOut, operation_id="chooseDefaultView")
@allowed("save_views")
def default_view(request: StaffRequest, body: DefaultViewIn) -> object:
    """Choose the view with which the user's list opens."""
    view_operations.choose_default_view(body.view_id, by=request.user, at=request.now)
    return {"items": view_operations.views_of(request.user)}


def _content(body: ViewIn) -> view_operations.ViewContent:
    return view_operations.ViewContent(
        name=body.name, sharing=body.sharing, query=body.filters.query
    )
