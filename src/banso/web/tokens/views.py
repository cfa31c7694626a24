"""Pages of tokens: one's own, and everybody's for administrators."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from banso.kernel.errors import BansoError
from banso.web.tokens import operations, queries
from banso.web.tokens.forms import TokenForm
from banso.webkit.permissions import allowed
from banso.webkit.refusals import refusal_text
from banso.webkit.requests import StaffRequest, get_or_post


@require_safe
@allowed("make_tokens")
def own(request: StaffRequest) -> HttpResponse:
    """List the user's own tokens."""
    lines = queries.list_own(request.user, at=request.now)
    return render(request, "tokens/list.html", {"lines": lines, "whose": "own"})


@require_safe
@allowed("administer_users")
def every(request: StaffRequest) -> HttpResponse:
    """List the tokens of everybody."""
    lines = queries.list_all(at=request.now)
    return render(request, "tokens/list.html", {"lines": lines, "whose": "all"})


@never_cache
@get_or_post
@allowed("make_tokens")
def new(request: StaffRequest) -> HttpResponse:
    """Ask what a token is for, make it, and show its secret once."""
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.make_token(
                user=request.user,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                days=form.cleaned_data["days"],
                by=request.user,
                at=request.now,
            )
        except BansoError as refusal:
            form.add_error(None, refusal_text(refusal))
        else:
            address = request.build_absolute_uri("/")
            context = {"made": made, "address": address}
            return render(request, "tokens/made.html", context)
    status = 422 if form.is_bound else 200
    return render(request, "tokens/new.html", {"form": form}, status=status)


@require_POST
@allowed("make_tokens")
def revocation(request: StaffRequest, token_id: int) -> HttpResponse:
    """Revoke a token of one's own, or anybody's as an administrator."""
    token = queries.get_token(token_id, visible_to=request.user)
    operations.revoke_token(token, by=request.user, at=request.now)
    messages.success(request, _("The token %(name)s was revoked.") % {"name": token})
    back = request.POST.get("back")
    return redirect("tokens:all" if back == "all" else "tokens:own")
