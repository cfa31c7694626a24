"""Saying a BansoError in the reader's language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from banso.kernel.errors import BansoError
from banso.webkit.features import installed_features


def refusal_text(error: BansoError) -> str:
    """Return the sentence for an expected refusal, by its code.

    A code that no feature words is said in the English of the error itself.
    """
    for feature in installed_features():
        sentence = feature.refusals.get(error.code)
        if sentence is not None:
            return str(sentence) % error.facts
    return error.message


def refuse(request: HttpRequest, error: BansoError) -> HttpResponse:
    """Answer 409 with the reason: a fragment to htmx, a page to a browser."""
    template = "_refusal.html" if getattr(request, "htmx", False) else "refusal.html"
    context = {"reason": refusal_text(error)}
    return render(request, f"webkit/{template}", context, status=409)
