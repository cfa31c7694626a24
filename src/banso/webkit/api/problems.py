"""Refusals of the API, as problem documents (RFC 9457) with stable codes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field

from banso.kernel.errors import BansoError
from banso.webkit.permissions import CAPABILITIES, GROUPS, READ, WRITE, may
from banso.webkit.refusals import refusal_text

MEDIA_TYPE: Final = "application/problem+json"
# a refusal that is no conflict with what there is, by its code
STATUSES: Final[Mapping[str, int]] = {
    "token_refused": 401,
    "too_many_requests": 429,
    "cursor_invalid": 422,
    "idempotency_key_reused": 422,
    "nobody_of_that_email": 422,
    "snooze_out_of_range": 422,
    "note_required": 422,
    "answer_required": 422,
    "no_such_play": 422,
    "not_one_customer": 422,
    "attachment_too_large": 422,
    "too_many_attachments": 422,
    "columns_missing": 422,
    "hand_over_to_nobody": 422,
    "not_of_the_pair": 422,
    "no_such_touch": 422,
    "nothing_assigned": 422,
    "day_is_over": 422,
    "not_the_elements": 422,
    "nothing_weighs": 422,
    "no_such_definitions": 404,
    "no_such_source": 404,
    "source_key_invalid": 422,
    "email_invalid": 422,
    "password_too_weak": 422,
    "no_such_customer": 422,
    "merge_with_itself": 422,
    "webhook_address_refused": 422,
    "webhook_event_unknown": 422,
    "no_as_of": 422,
    "no_such_table": 404,
    "lake_busy": 503,
    "release_gone": 503,
}


class Fault(Schema):
    """One thing that is wrong with a request."""

    place: str = Field(description="Where: query.limit, body.rows.3.mrr …")
    code: str = Field(description="Stable code of the fault.")
    detail: str = Field(description="What is wrong, in the language asked for.")


class Problem(Schema):
    """Why a request was refused."""

    type: str = Field(description="urn:banso:problem: and the code.")
    title: str = Field(description="The kind of problem, in the language asked for.")
    status: int
    code: str = Field(description="Stable code; detail and title are for people.")
    detail: str = Field(description="The reason, in the language asked for.")
    errors: list[Fault] = Field(
        default_factory=list, description="Each fault of the request."
    )


def problem_of(error: BansoError) -> HttpResponse:
    """Answer an expected refusal."""
    status = STATUSES.get(error.code, 409)
    return problem(status, code=error.code, detail=refusal_text(error))


def not_found() -> HttpResponse:
    """Answer 404: it is not there, or not the user's to see."""
    return problem(
        404, code="not_found", detail=_("There is no such thing, or you do not see it.")
    )


def forbidden(error: PermissionDenied, user: object) -> HttpResponse:
    """Answer 403 and say whether the role or the token forbids it."""
    capability = str(error.args[0]) if error.args else ""
    if capability in CAPABILITIES and may(user, capability):
        detail = _("This is for those who see all customers.")
        return problem(403, code="customers_forbid", detail=detail)
    if getattr(user, "role", None) in CAPABILITIES.get(capability, ()):
        detail = _("The token lacks the scope %(scope)s.") % {
            "scope": scope_of(capability)
        }
        return problem(403, code="scope_missing", detail=detail)
    detail = _("Your role does not allow this.")
    return problem(403, code="role_forbids", detail=detail)


def scope_of(capability: str) -> str:
    """Return the narrowest scope of a token that grants a capability."""
    for name, group in GROUPS.items():
        if capability in group.reading:
            return f"{name}:{READ}"
        if capability in group.writing:
            return f"{name}:{WRITE}"
    return "–"


def invalid(errors: Iterable[Mapping[str, object]]) -> HttpResponse:
    """Answer 422 with everything that is wrong with a request."""
    faults = [
        Fault(
            place=".".join(_place(error.get("loc"))),
            code=str(error.get("type", "")),
            detail=_said(error),
        )
        for error in errors
    ]
    detail = _("The request is not as described.")
    return problem(422, code="request_invalid", detail=detail, errors=faults)


def problem(
    status: int, *, code: str, detail: str, errors: Sequence[Fault] = ()
) -> HttpResponse:
    """Answer a problem document."""
    content = Problem(
        type=f"urn:banso:problem:{code}",
        title=str(_titles().get(status, code)),
        status=status,
        code=code,
        detail=detail,
        errors=list(errors),
    )
    response = JsonResponse(
        content.model_dump(), status=status, json_dumps_params={"ensure_ascii": False}
    )
    response["Content-Type"] = MEDIA_TYPE
    return response


def answer_of(request: HttpRequest, status: int, *, allow: str = "") -> HttpResponse:
    """Return what answers a plain status, such as 405."""
    del request
    codes = {404: "not_found", 405: "method_not_allowed"}
    if status == 404:
        return not_found()
    detail = _("This address knows: %(methods)s.") % {"methods": allow}
    response = problem(status, code=codes.get(status, "refused"), detail=detail)
    if allow:
        response["Allow"] = allow
    return response


def _titles() -> Mapping[int, str]:
    return {
        400: _("The request cannot be read"),
        401: _("A valid token is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("This cannot be done here"),
        409: _("Refused"),
        413: _("Too large"),
        422: _("Not as described"),
        429: _("Too many requests"),
        503: _("Not now"),
    }


def _place(location: object) -> list[str]:
    parts = list(location) if isinstance(location, tuple | list) else []
    # the name of the parameter of a function of ours says nothing to a reader
    hidden = {"body": 2, "query": 1, "path": 1, "header": 1}.get(
        str(parts[0]) if parts else "", 0
    )
    kept = [part for n, part in enumerate(parts) if not (hidden == 2 and n == 1)]
    return [str(part) for part in kept]


def _said(error: Mapping[str, object]) -> str:
    """Return a fault that pydantic found in the language asked for."""
    context = error.get("ctx")
    words = dict(context) if isinstance(context, dict) else {}
    kind = str(error.get("type", ""))
    sentences = {
        "missing": _("This is needed."),
        "extra_forbidden": _("There is no field of this name."),
        "timezone_aware": _(
            "A time with its zone, like 2026-11-30T09:00:00Z, is needed."
        ),
        "string_pattern_mismatch": _("A text of this form is needed: %(pattern)s"),
        "literal_error": _("One of these is needed: %(expected)s."),
        "enum": _("One of these is needed: %(expected)s."),
        "int_parsing": _("A whole number is needed."),
        "int_type": _("A whole number is needed."),
        "int_from_float": _("A whole number is needed."),
        "float_parsing": _("A number is needed."),
        "bool_parsing": _("true or false is needed."),
        "string_type": _("A text is needed."),
        "list_type": _("A list is needed."),
        "dict_type": _("An object is needed."),
        "date_from_datetime_parsing": _("A date like 2026-11-30 is needed."),
        "date_parsing": _("A date like 2026-11-30 is needed."),
        "datetime_from_date_parsing": _("A time like 2026-11-30T09:00:00Z is needed."),
        "datetime_parsing": _("A time like 2026-11-30T09:00:00Z is needed."),
        "string_too_short": _("At least %(min_length)s characters are needed."),
        "string_too_long": _("At most %(max_length)s characters are allowed."),
        "too_long": _("At most %(max_length)s are allowed."),
        "too_short": _("At least %(min_length)s are needed."),
        "greater_than_equal": _("It must be %(ge)s or more."),
        "less_than_equal": _("It must be %(le)s or less."),
    }
    sentence = sentences.get(kind)
    try:
        return sentence % words if sentence else str(error.get("msg", kind))
    except KeyError:
        return str(error.get("msg", kind))
