"""The audit for programs."""

from ninja import Query, Router

from banso.web.audit import queries, reads
from banso.web.audit.schemas import AuditPage, AuditQuery, ReadsPage, ReadsQuery
from banso.webkit.api.paging import checked, paged
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal
from banso.webkit.requests import StaffRequest

router = Router(tags=["Administration"])


@router.get("audit", response=AuditPage, operation_id="listAudit")
@allowed("see_audit")
@personal(Personal.CONVERSATIONS)
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


@router.get("audit/reads", response=ReadsPage, operation_id="listReads")
@allowed("see_audit")
def list_reads(request: StaffRequest, asked: Query[ReadsQuery]) -> object:
    """List who read personal data, the newest first; one item a day each.

    By reader, way, kind of data, customer and network address.
    """
    page = reads.reads_page(
        asked.filters, cursor=checked(asked.cursor), size=asked.limit
    )
    return paged(request, page.rows, page.next)
