"""Where the pages of a customer are that was merged into another one."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from banso.web.customers import queries as customers

View = Callable[..., HttpResponseBase]


def following_merges(view: View) -> View:
    """Let a page of a customer that was merged lead to that of the one that stays."""

    @wraps(view)
    def followed(
        request: HttpRequest, customer_id: str, **more: object
    ) -> HttpResponseBase:
        kept = customers.find_kept(customer_id)
        if kept is None or request.resolver_match is None:
            return view(request, customer_id=customer_id, **more)
        there = {"customer_id": kept, **more}
        return redirect(reverse(request.resolver_match.view_name, kwargs=there))

    return followed
