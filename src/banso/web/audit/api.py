"""The audit for programs."""

from ninja import Query, Router

from banso.web.audit import queries
from banso.web.audit.schemas import AuditPage, AuditQuery
from banso.webkit.api.paging import checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.requests import StaffRequest

router = Router(tags=["Administration"])


@router.get("audit", response=AuditPage, operation_id="listAudit")
@allowed("see_audit")
def entries(request: StaffRequest, asked: Query[AuditQuery]) -> object:
    """List what was done by whom, the newest first."""
    page = queries.entries_page(
        asked.filters, cursor=checked(asked.cursor), size=asked.limit
    )
    rows = [
        {
            "at": row.at,
            "by": row.by_email,
            "by_name": row.by,
            "sentence": row.sentence,
            "address": row.address,
        }
        for row in page.rows
    ]
    return paged(request, rows, page.next)
