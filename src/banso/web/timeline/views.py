"""Recording contacts and notes, and finding them again."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_POST,
    require_safe,
)

from banso.kernel.errors import BansoError
from banso.web.timeline import operations, pages, queries
from banso.web.timeline.downloads import download
from banso.web.timeline.forms import EntryForm
from banso.webkit.permissions import allowed
from banso.webkit.personal import Personal, personal, told
from banso.webkit.refusals import refuse
from banso.webkit.requests import StaffRequest, get_or_post


@require_safe
@allowed("see_customers")
@personal(Personal.CONVERSATIONS)
def list_entries(request: StaffRequest) -> HttpResponse:
    """Show what was recorded of all customers that the user sees."""
    found = queries.list_entries(request.user, request.GET, at=request.now)
    told(request, customers=(row.customer_id for row in found.page.rows))
    return render(request, "timeline/list.html", {"found": found})


@get_or_post
@allowed("record_contacts")
@personal(Personal.CONTACTS)
def record(request: StaffRequest) -> HttpResponse:
    """Show the form alone, or keep an entry on a customer."""
    asked = request.POST if request.method == "POST" else request.GET
    page = pages.form_page(
        asked.get("customer", ""), visible_to=request.user, at=request.now
    )
    told(request, customers=[page.draft.customer_id])
    if request.method != "POST":
        return render(request, "timeline/form.html", {"page": page})
    form = EntryForm(request.POST, now=request.now)
    if not form.is_valid():
        page = page.sent_back(request.POST.dict(), form.wrong())
        return render(request, "timeline/form.html", {"page": page}, status=422)
    try:
        entry = operations.record_entry(
            customer_id=page.draft.customer_id,
            content=form.content(page.draft),
            files=request.FILES.getlist("files"),
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("Recorded."))
    return _to(entry.customer_id, entry.pk)


@get_or_post
@allowed("record_contacts")
@personal(Personal.CONTACTS, Personal.CONVERSATIONS)
def change(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Show the form of an entry, or let it say something else."""
    page = pages.change_page(entry_id, visible_to=request.user, at=request.now)
    told(request, customers=[page.draft.customer_id])
    if request.method != "POST":
        return render(request, "timeline/form.html", {"page": page})
    form = EntryForm(request.POST, now=request.now)
    if not form.is_valid():
        page = page.sent_back(request.POST.dict(), form.wrong())
        return render(request, "timeline/form.html", {"page": page}, status=422)
    version = request.POST.get("version", "")
    try:
        entry = operations.change_entry(
            entry_id=entry_id,
            content=form.content(page.draft),
            version=int(version) if version.isdecimal() and len(version) < 9 else 0,
            files=request.FILES.getlist("files"),
            by=request.user,
            at=request.now,
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("Saved."))
    return _to(entry.customer_id, entry.pk)


@require_POST
@allowed("record_contacts")
def hold(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Say that a planned contact took place."""
    try:
        entry = operations.hold_entry(
            entry_id=entry_id, by=request.user, at=request.now
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("It counts as a contact now."))
    return _to(entry.customer_id, entry.pk)


@require_POST
@allowed("record_contacts")
def delete(request: StaffRequest, entry_id: int) -> HttpResponse:
    """Forget what an entry said."""
    try:
        entry = operations.delete_entry(
            entry_id=entry_id, by=request.user, at=request.now
        )
    except BansoError as error:
        return refuse(request, error)
    messages.success(request, _("Deleted. The timeline still says that it was there."))
    return _to(entry.customer_id, entry.pk)


@require_safe
@allowed("see_customers")
@personal(Personal.FILES)
def attachment(request: StaffRequest, attachment_id: int) -> HttpResponseBase:
    """Send a file, to be saved and never shown in the page."""
    return download(request, attachment_id)


@require_POST
@allowed("record_contacts")
def remove_attachment(request: StaffRequest, attachment_id: int) -> HttpResponse:
    """Take a file off an entry."""
    try:
        entry = operations.remove_attachment(
            attachment_id=attachment_id, by=request.user, at=request.now
        )
    except BansoError as error:
        return refuse(request, error)
    return redirect("timeline:change", entry.pk)


@require_safe
@allowed("see_customers")
def count_mentions(request: StaffRequest) -> HttpResponse:
    """Answer the navigation with how many mentions wait, or with nothing."""
    context = {"unread": queries.count_mentions(request.user)}
    return render(request, "timeline/_count.html", context)


@require_POST
@allowed("read_mentions")
def read_mentions(request: StaffRequest) -> HttpResponse:
    """Note that the user has read what mentions them."""
    operations.read_mentions(by=request.user, at=request.now)
    return redirect(reverse("timeline:list") + "?show=mentions")


@require_POST
@allowed("record_contacts")
def settle(request: StaffRequest, customer_id: str) -> HttpResponse:
    """Note that what a customer wrote needs no answer."""
    operations.settle_question(customer_id, by=request.user, at=request.now)
    messages.success(request, _("It is noted that no answer is needed."))
    return redirect("work:today")


def _to(customer_id: str, entry_id: int) -> HttpResponse:
    address = reverse("customer:timeline", args=[customer_id])
    return redirect(f"{address}#entry-{entry_id}")
