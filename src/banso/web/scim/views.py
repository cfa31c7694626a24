"""The addresses of SCIM 2.0 (RFC 7644) below ``/scim/v2/``."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from banso.web.scim import discovery, operations, queries
from banso.web.scim.faults import ScimRefused, ScimUnknown
from banso.web.scim.queries import Json, Page
from banso.web.scim.resources import ERROR, LIST, GroupSent, PatchSent, UserSent, read
from banso.webkit.requests import StaffRequest

MEDIA_TYPE = "application/scim+json"
Answer = Json | None
View = Callable[..., tuple[int, Answer]]


def scim(**methods: View) -> Callable[..., HttpResponse]:
    """Return the view of an address, by method, for directories with a token."""

    @csrf_exempt
    @login_not_required
    @wraps(next(iter(methods.values())))
    def answered(request: StaffRequest, **parameters: str) -> HttpResponse:
        try:
            if not _is_admitted(request):
                return _fault("Send a valid token: “Authorization: Bearer …”.", 401)
            view = methods.get(request.method or "")
            if view is None:
                answer = _fault(f"{request.method} is not offered here.", 405)
                answer["Allow"] = ", ".join(methods)
                return answer
            status, body = view(request, **parameters)
        except ScimRefused as refusal:
            return _fault(refusal.message, refusal.status, refusal.kind)
        except RequestDataTooBig:
            return _fault("The body is too large.", 413)
        answer = _json(body, status) if body is not None else HttpResponse(status=204)
        if status == HTTPStatus.CREATED and body is not None:
            answer["Location"] = str(body["meta"]["location"])  # type: ignore[index]
        return answer

    return answered


def _list_users(request: StaffRequest) -> tuple[int, Answer]:
    return 200, queries.list_users(_page(request), base=_base(request))


def _add_user(request: StaffRequest) -> tuple[int, Answer]:
    user = operations.add_user(read(UserSent, _body(request)), at=request.now)
    return 201, queries.show_user(user, base=_base(request))


def _show_user(request: StaffRequest, key: str) -> tuple[int, Answer]:
    shown = queries.show_user(queries.get_user(key), base=_base(request))
    return 200, queries.reduced(shown, _page(request))


def _replace_user(request: StaffRequest, key: str) -> tuple[int, Answer]:
    sent = read(UserSent, _body(request))
    user = operations.replace_user(key, sent, at=request.now)
    return 200, queries.show_user(user, base=_base(request))


def _patch_user(request: StaffRequest, key: str) -> tuple[int, Answer]:
    sent, base = read(PatchSent, _body(request)), _base(request)
    user = operations.patch_user(key, sent, base=base, at=request.now)
    return 200, queries.show_user(user, base=base)


def _remove_user(request: StaffRequest, key: str) -> tuple[int, Answer]:
    operations.remove_user(key, at=request.now)
    return 204, None


def _list_groups(request: StaffRequest) -> tuple[int, Answer]:
    return 200, queries.list_groups(_page(request), base=_base(request))


def _add_group(request: StaffRequest) -> tuple[int, Answer]:
    group = operations.add_group(read(GroupSent, _body(request)), at=request.now)
    return 201, queries.show_group(group, base=_base(request))


def _show_group(request: StaffRequest, key: str) -> tuple[int, Answer]:
    shown = queries.show_group(queries.get_group(key), base=_base(request))
    return 200, queries.reduced(shown, _page(request))


def _replace_group(request: StaffRequest, key: str) -> tuple[int, Answer]:
    sent = read(GroupSent, _body(request))
    group = operations.replace_group(key, sent, at=request.now)
    return 200, queries.show_group(group, base=_base(request))


def _patch_group(request: StaffRequest, key: str) -> tuple[int, Answer]:
    sent, base = read(PatchSent, _body(request)), _base(request)
    group = operations.patch_group(key, sent, base=base, at=request.now)
    return 200, queries.show_group(group, base=base)


def _remove_group(request: StaffRequest, key: str) -> tuple[int, Answer]:
    operations.remove_group(key, at=request.now)
    return 204, None


def _config(request: StaffRequest) -> tuple[int, Answer]:
    return 200, discovery.service_provider_config(_base(request))


def _resource_types(request: StaffRequest, key: str = "") -> tuple[int, Answer]:
    return 200, _described(discovery.resource_types(_base(request)), key)


def _schemas(request: StaffRequest, key: str = "") -> tuple[int, Answer]:
    return 200, _described(discovery.schemas(_base(request)), key)


def _nothing(request: StaffRequest, **_parameters: str) -> tuple[int, Answer]:
    raise ScimUnknown(f"There is nothing at {request.path}.")


users = scim(GET=_list_users, POST=_add_user)
user = scim(GET=_show_user, PUT=_replace_user, PATCH=_patch_user, DELETE=_remove_user)
groups = scim(GET=_list_groups, POST=_add_group)
group = scim(
    GET=_show_group, PUT=_replace_group, PATCH=_patch_group, DELETE=_remove_group
)
config = scim(GET=_config)
resource_types = scim(GET=_resource_types)
schemas = scim(GET=_schemas)
nothing = scim(GET=_nothing, POST=_nothing)


def _is_admitted(request: StaffRequest) -> bool:
    kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and operations.admit(secret, at=request.now)


def _described(found: list[Json], key: str) -> Json:
    if key:
        one = next((each for each in found if each["id"] == key), None)
        if one is None:
            raise ScimUnknown(f"There is no {key}.")
        return one
    return {
        "schemas": [LIST],
        "totalResults": len(found),
        "startIndex": 1,
        "itemsPerPage": len(found),
        "Resources": found,
    }


def _page(request: StaffRequest) -> Page:
    asked = request.GET
    return Page(
        start=max(_number(asked.get("startIndex"), 1), 1),
        count=min(
            max(_number(asked.get("count"), queries.AT_MOST), 0), queries.AT_MOST
        ),
        filter=asked.get("filter", ""),
        without=_names(asked.get("excludedAttributes")),
        only=_names(asked.get("attributes")),
    )


def _number(text: str | None, otherwise: int) -> int:
    if text is None:
        return otherwise
    try:
        return int(text)
    except ValueError as error:
        raise ScimRefused(f"{text!r} is no number.", kind="invalidValue") from error


def _names(text: str | None) -> frozenset[str]:
    return frozenset(
        each.strip().lower().partition(".")[0]
        for each in (text or "").split(",")
        if each
    )


def _body(request: StaffRequest) -> object:
    try:
        return json.loads(request.body)
    except ValueError as error:  # no JSON, or no UTF-8
        raise ScimRefused("The body is no JSON.", kind="invalidSyntax") from error


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/scim/v2")


def _fault(detail: str, status: int, kind: str = "") -> HttpResponse:
    body: Json = {"schemas": [ERROR], "status": str(status), "detail": detail}
    if kind:
        body["scimType"] = kind
    answer = _json(body, status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def _json(body: Json, status: int) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type=MEDIA_TYPE)
