"""The pages of signals: all of them, and one with who it is open at."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from banso.kernel.errors import BansoError
from banso.web.signals import queries, trial
from banso.web.signals.forms import TrialForm
from banso.webkit.permissions import allowed, may
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("see_customers")
def list_signals(request: StaffRequest) -> HttpResponse:
    """Show every signal, at how many customers it is open, and what it was worth."""
    found = queries.signals_page(visible_to=request.user)
    return render(request, "signals/list.html", _context(request, found))


@require_safe
@allowed("see_customers")
def signal(request: StaffRequest, key: str) -> HttpResponse:
    """Show one signal: since when and why it is open at whom, and its figures."""
    found = queries.signal_page(key, request.GET, visible_to=request.user)
    return render(request, "signals/signal.html", _context(request, found))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed("publish_definitions")
def try_drafts(request: StaffRequest) -> HttpResponse:
    """Try one draft or two on the past, beside what is published; nothing is kept."""
    if request.method != "POST":
        start = trial.text_to_start_from(request.GET.get("from", ""))
        form = TrialForm(initial={"first": start})
        return render(request, "signals/trial.html", {"form": form})
    form = TrialForm(request.POST)
    found = None
    if form.is_valid():
        try:
            found = trial.trial_page(
                form.cleaned_data["first"],
                form.cleaned_data["second"],
                months=form.cleaned_data["months"],
            )
        except BansoError as error:
            form.add_error(None, refusal_text(error))
            if error.hint:
                form.add_error(None, error.hint)
    context = {"form": form, "page": found}
    return render(request, "signals/trial.html", context, status=200 if found else 422)


def _context(request: StaffRequest, page: object) -> dict[str, object]:
    return {"page": page, "may_try": may(request.user, "publish_definitions")}
