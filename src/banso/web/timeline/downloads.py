"""Files of entries as an answer."""

from django.http import FileResponse

from banso.web.timeline import pages
from banso.webkit.personal import told
from banso.webkit.requests import StaffRequest


def download(request: StaffRequest, attachment_id: int) -> FileResponse:
    """Return a file of an entry, to be saved and never shown; or answer 404."""
    found, path = pages.file_of(attachment_id, visible_to=request.user)
    told(request, customers=[found.entry.customer_id])
    answer = FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
