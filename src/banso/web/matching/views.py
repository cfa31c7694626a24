"""The pages on which people decide which customers are one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.matching import operations, queries
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refuse as answer_refusal
from banso.webkit.requests import StaffRequest


@require_safe
@allowed("merge_customers")
def pairs(request: StaffRequest) -> HttpResponse:
    """Show the pairs to decide."""
    return _page(request, decided=False)


@require_safe
@allowed("merge_customers")
def decided(request: StaffRequest) -> HttpResponse:
    """Show what was decided, to take it back."""
    return _page(request, decided=True)


@require_POST
@allowed("merge_customers")
def accept(request: StaffRequest, pair_id: int) -> HttpResponse:
    """Decide that two customers are one."""
    kept = request.POST.get("kept", "")
    try:
        pair = operations.accept(pair_id, kept=kept, by=request.user, at=request.now)
    except BansoError as refusal:
        return answer_refusal(request, refusal)
    done = _("%(pair)s: one customer. The numbers follow with the next run.")
    messages.success(request, done % {"pair": pair})
    return redirect("matching:pairs")


@require_POST
@allowed("merge_customers")
def refuse(request: StaffRequest, pair_id: int) -> HttpResponse:
    """Decide that two customers are two."""
    try:
        pair = operations.refuse(pair_id, by=request.user, at=request.now)
    except BansoError as refusal:
        return answer_refusal(request, refusal)
    done = _("%(pair)s: two customers. This pair is not proposed again.")
    messages.success(request, done % {"pair": pair})
    return redirect("matching:pairs")


@require_POST
@allowed("merge_customers")
def undo(request: StaffRequest, pair_id: int) -> HttpResponse:
    """Take a decision back."""
    try:
        pair = operations.undo(pair_id, by=request.user, at=request.now)
    except BansoError as refusal:
        return answer_refusal(request, refusal)
    done = _("%(pair)s is to be decided again. The numbers follow with the next run.")
    messages.success(request, done % {"pair": pair})
    return redirect("matching:decided")


def _page(request: StaffRequest, *, decided: bool) -> HttpResponse:
    number = request.GET.get("page", "1")
    page = queries.pairs_page(request.user, decided=decided, number=number)
    context = {"page": page, "is_decided": decided}
    return render(request, "matching/pairs.html", context)
