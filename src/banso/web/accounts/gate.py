"""Leads who must have a second factor to setting one up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from banso.web.accounts import queries

_OPEN = ("accounts:sign_out", "accounts:display", "accounts:settings")


class SecondFactorMiddleware:
    """Shows one page only to a role that must have two factors and has one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Leave the answer as it is."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],
        _args: tuple[object, ...],
        _kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """Answer instead of the view until a factor is there."""
        if not getattr(view, "login_required", True) or not _has_to(request):
            return None
        match = request.resolver_match
        name = match.view_name if match else ""
        if name.startswith("mfa_") or name == "account_reauthenticate" or name in _OPEN:
            return None
        if queries.has_second_factor(request):
            return None
        if getattr(request, "htmx", False):
            answer = HttpResponse(status=204)
            if request.method != "GET":  # parts load by themselves: they lead nowhere
                answer.headers["HX-Redirect"] = reverse("mfa_index")
            return answer
        if request.method == "GET":
            return redirect("mfa_index")
        return render(request, "account/factor_demanded.html", status=403)


def _has_to(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "must_have_factor", False))
