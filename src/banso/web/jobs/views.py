"""The page of background work."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.jobs import operations, queries
from banso.web.jobs.forms import FilterForm
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("administer_jobs")
def every(request: StaffRequest) -> HttpResponse:
    """Show what runs, waits and failed."""
    form = FilterForm(request.GET)
    context = {
        "form": form,
        "page": queries.jobs_page(
            state=form.chosen(), cursor=request.GET.get("at", "")
        ),
        "counts": queries.counts(),
        "workers": queries.live_workers(at=request.now),
        "coming": queries.coming(),
    }
    return render(request, "jobs/list.html", context)


@require_POST
@allowed("administer_jobs")
def attempt(request: StaffRequest, job_id: int) -> HttpResponse:
    """Let a job that failed begin at once."""
    job = queries.get_job(job_id)
    try:
        operations.retry(job.pk, by=request.user, at=request.now)
    except BansoError as refusal:
        messages.error(request, refusal_text(refusal))
    else:
        messages.success(request, _("It begins again within seconds."))
    return redirect("jobs:all")
