"""The API: one document and one set of addresses from the routers of all features."""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib import import_module
from typing import Final, cast

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.security import HttpBearer

from banso.kernel.errors import BansoError
from banso.kernel.nearness import nearest
from banso.site.api_document import completed
from banso.site.api_texts import refuse_nul_in_address, refuse_nul_in_body
from banso.site.discovery import names_with
from banso.web.tokens import operations as tokens
from banso.webkit.api import problems
from banso.webkit.permissions import demanded_by, may

DESCRIPTION: Final = """\
What the web of Banso shows and does, for programs. A program comes with a token
(`Authorization: Bearer banso_…`) and acts as the user who made it: with the role and
the customers of that user, within the scopes of the token. What a user does not see is
404, what a role or a token forbids is 403. Refusals are problem documents (RFC 9457)
with a stable `code`; `Accept-Language: ja` or `en` chooses the language of their texts.
Money is a decimal in a string, beside its `currency`; a ratio is a number from 0 to 1.
"""

_ROUTE: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_ANGLES: Final = str.maketrans("{}", "<>")
MORE_PARAMETERS: Final = "x-more-parameters"  # any that begin like this

LARGEST_BODY: Final = 20_000_000  # ten thousand rows of two thousand bytes
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# statuses that say nothing of the request itself
PASSING: Final = frozenset({401, 403, 404, 409, 422, 429, 500, 503})

View = Callable[..., HttpResponseBase]


class Bearer(HttpBearer):
    """Lets a program in that comes with a token, as the user of the token."""

    openapi_description = "A token of *Settings → Tokens* or of `banso token add`."

    def authenticate(self, request: HttpRequest, token: str) -> object:
        """Return the user, limited to what the token grants."""
        now = request.now  # type: ignore[attr-defined]
        try:
            admitted = tokens.admit(token, at=now)
        except tokens.TooManyRequests as refusal:
            left = tokens.Allowance(
                cast("int", refusal.facts["limit"]),
                0,
                cast("int", refusal.facts["seconds"]),
            )
            request.allowance = left  # type: ignore[attr-defined]
            raise
        user = admitted.user
        request.allowance = admitted.allowance  # type: ignore[attr-defined]
        request.user = user  # type: ignore[assignment]
        request.token_name = admitted.token_name  # type: ignore[attr-defined]
        if user.language and "Accept-Language" not in request.headers:
            translation.activate(user.language)  # until the frame ends the request
        _check_capabilities(request)
        refuse_nul_in_address(request)
        _check_parameters(request)
        if request.method not in SAFE:
            _begin(request, admitted.token_id, at=now)
        return user


class _Answered(Exception):
    """The request came before, with the same key: it is answered as then."""

    def __init__(self, answer: tokens.Answer) -> None:
        super().__init__()
        self.answer = answer


def _begin(request: HttpRequest, token_id: int, *, at: dt.datetime) -> None:
    """Read the body, and look whether a request with an idempotency key came before."""
    body = request.read(LARGEST_BODY + 1)
    if len(body) > LARGEST_BODY:
        raise RequestDataTooBig
    request._body = body  # noqa: SLF001 - Django's own limit is that of forms
    route = _route(request)[1]
    # the lake holds any text, and a file any byte
    if not route.startswith("tables/") and not route.endswith("/attachments"):
        refuse_nul_in_body(body)
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return
    said = f"{request.method} {request.get_full_path()}\n".encode() + body
    begun = tokens.begin(token_id, key, said, at=at)
    if isinstance(begun, tokens.Answer):
        raise _Answered(begun)
    request.begun = begun  # type: ignore[attr-defined]


class Api(NinjaAPI):
    """Ninja's API with a document that says what every address answers."""

    def get_openapi_schema(
        self,
        *,
        path_prefix: str | None = None,
        path_params: Mapping[str, object] | None = None,
    ) -> OpenAPISchema:
        """Return the OpenAPI document."""
        del path_params
        prefix = "/api/v1/" if path_prefix is None else path_prefix
        return completed(super().get_openapi_schema(path_prefix=prefix))

    def on_exception(
        self, request: HttpRequest, exc: Exception | type[Exception]
    ) -> HttpResponse:
        """Answer what was refused; a bug goes on to Django."""
        match exc:
            case BansoError():
                return _refused(exc)
            case _Answered():
                return _again(exc.answer)
            case Http404():
                return problems.not_found()
            case PermissionDenied():
                return problems.forbidden(exc, request.user)
            case AuthenticationError():
                return _unknown()
            case ValidationError():
                return problems.invalid(exc.errors)
            case RequestDataTooBig():
                return _too_big()
            case HttpError() | MultiPartParserError() | SuspiciousOperation():
                return _unreadable(exc)
        return super().on_exception(request, exc)


def _check_capabilities(request: HttpRequest) -> None:
    """Refuse what the role or the token forbids before the request is looked at."""
    for capability in _capabilities().get(_route(request), ()):
        if not may(request.user, capability):
            raise PermissionDenied(capability)


def _route(request: HttpRequest) -> tuple[str, str]:
    match = request.resolver_match
    assert match is not None
    return (request.method or "", match.route.removeprefix("api/v1/"))


@cache
def _capabilities() -> Mapping[tuple[str, str], Collection[str]]:
    """Return what each operation demands, by method and route."""
    return {
        (method, path.translate(_ANGLES).lstrip("/")): demanded_by(operation.view_func)
        for router in make_api()._get_bound_routers()  # noqa: SLF001 - no public way
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }


def _check_parameters(request: HttpRequest) -> None:
    """Refuse parameters that nobody reads: a filter misspelt would give all rows."""
    method, route = _route(request)
    known = _parameters().get(_ROUTE.sub(r"{\1}", f"/api/v1/{route}"), {})
    names = known.get(method.lower(), ())
    more = next((name for name in names if name.endswith(".")), None)
    faults = [
        {
            "type": "parameter_unknown",
            "loc": ("query", given),
            "msg": _guess(given, names),
        }
        for given in request.GET
        if given not in names and not (more and given.startswith(more))
    ]
    if faults:
        raise ValidationError(faults)


def _guess(given: str, names: Collection[str]) -> str:
    said = _("There is no parameter of this name.")
    near = nearest(given, list(names))
    guess = _("Did you mean %(name)s?") % {"name": near}
    return f"{said} {guess}" if near else said


@cache
def _parameters() -> Mapping[str, Mapping[str, Collection[str]]]:
    """Return the parameters of all operations by path and method."""
    paths = make_api().get_openapi_schema()["paths"]
    return {
        path: {
            method: {
                *(p["name"] for p in operation["parameters"] if p["in"] == "query"),
                *filter(None, [operation.get(MORE_PARAMETERS)]),
            }
            for method, operation in operations.items()
        }
        for path, operations in paths.items()
    }


@cache
def make_api() -> Api:
    """Return the API of all features that have an ``api`` module."""
    api = Api(
        title="Banso",
        version="1",
        description=DESCRIPTION,
        auth=Bearer(),
        urls_namespace="api",
    )
    for name in names_with("api"):
        api.add_router("", import_module(f"{name}.api").router)
    return api


def api_urls() -> list[URLPattern | URLResolver]:
    """Return the addresses below ``/api/v1/``; unknown ones are problems too."""
    patterns: list[URLPattern | URLResolver] = []
    for pattern in make_api().urls[0]:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            pattern.callback = _answering(pattern.callback)
            patterns.append(pattern)
    nothing = _answering(lambda _request, **_rest: problems.not_found())
    return [*patterns, path("", nothing, name="api-root"), re_path("^.*$", nothing)]


def _answering(view: View) -> View:
    """Let a view be reached without a session, and say what is left to ask for."""

    @login_not_required
    def answer(request: HttpRequest, **parameters: object) -> HttpResponseBase:
        try:
            response = view(request, **parameters)
        except Exception:  # a bug: the request may be sent again
            tokens.finish(getattr(request, "begun", None), None)
            raise
        if isinstance(response, HttpResponseNotAllowed):
            response = problems.answer_of(request, 405, allow=response["Allow"])
        begun = getattr(request, "begun", None)
        if begun is not None:
            tokens.finish(begun, _answer_of(response))
        allowance = getattr(request, "allowance", None)
        if allowance is not None:
            policy = f'"token";q={allowance.limit};w=60'
            left = f'"token";r={allowance.remaining};t={allowance.reset_seconds}'
            response["RateLimit-Policy"], response["RateLimit"] = policy, left
        response["Content-Language"] = translation.get_language() or "en"
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined] # no cookie is looked at
    return answer


def _answer_of(response: HttpResponseBase) -> tokens.Answer | None:
    """Return what to answer to the same request again; None: it may be tried anew."""
    if not isinstance(response, HttpResponse) or response.status_code in PASSING:
        return None
    kind = response.headers.get("Content-Type", "")
    return tokens.Answer(response.status_code, kind, response.content)


def _again(answer: tokens.Answer) -> HttpResponse:
    response = HttpResponse(
        answer.content, status=answer.status, content_type=answer.kind
    )
    response["Idempotency-Replayed"] = "true"
    return response


def _refused(error: BansoError) -> HttpResponse:
    response = problems.problem_of(error)
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    if response.status_code == 429:
        response["Retry-After"] = str(error.facts.get("seconds", 60))
    if response.status_code == 503:
        response["Retry-After"] = "5"
    return response


def _unknown() -> HttpResponse:
    detail = _("Send a token: “Authorization: Bearer banso_…”.")
    response = problems.problem(401, code="token_missing", detail=detail)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _unreadable(error: Exception) -> HttpResponse:
    detail = _("The body is not multipart/form-data.")
    if isinstance(error, HttpError):
        detail = _("The body is not JSON in UTF-8.")
    status = error.status_code if isinstance(error, HttpError) else 400
    return problems.problem(status, code="body_unreadable", detail=detail)


def _too_big() -> HttpResponse:
    detail = _("The body of the request is too large.")
    return problems.problem(413, code="body_too_large", detail=detail)
