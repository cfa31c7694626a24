"""What holds for every page of the frame."""

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path

from banso.site import urls

PAGES = ["/settings", "/users/", "/users/new", "/audit/"]
# who may see what: the answer to Aoi (administrator), Ben (read only), Chika (CSM)
MATRIX = {
    "/": (302, 302, 302),
    "/settings": (200, 200, 200),
    "/users/": (200, 403, 403),
    "/users/new": (200, 403, 403),
    "/users/1000": (404, 403, 403),
    "/audit/": (200, 403, 403),
    "/nowhere": (404, 404, 404),
}


@pytest.mark.parametrize("address", MATRIX)
def test_role_decides_what_is_seen(aoi, ben, chika, address):
    answers = tuple(client.get(address).status_code for client in (aoi, ben, chika))

    assert answers == MATRIX[address]


@pytest.mark.parametrize("path", ["/users/new", "/users/1", "/users/1/activity"])
def test_others_cannot_post_where_they_cannot_see(ben, chika, path):
    assert [each.post(path).status_code for each in (ben, chika)] == [403, 403]


PUBLIC = {
    *("sign-in", "display", "api/v1/openapi.json", "api/v1/docs"),
    *("healthz", "readyz", "metrics"),  # the last one to this machine alone
}


def test_every_address_demands_sign_in_but_the_few_named(db, visitor):
    for route in all_routes(get_resolver().url_patterns):
        if route in PUBLIC:
            continue
        path = "/" + re.sub(r"<[^>]+>", "1", route)
        answer = visitor.get(path)
        if "scim/v2" in path or path.startswith("/api/v1/"):  # by a token
            assert answer.status_code in (401, 404, 405), path
        elif path.startswith("/sso/"):  # no provider is configured
            assert answer.status_code in (302, 404), path
        else:
            assert (answer.status_code, path) in {(302, path), (405, path)}
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in")


def all_routes(patterns, before: str = ""):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


@pytest.mark.parametrize("path", ["/sign-in", *PAGES, "/nowhere"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_has_a_strict_policy_and_keeps_it(cast, signed_in, path, language):
    answer = signed_in(cast.aoi, language=language).get(path, follow=True)
    page = answer.content.decode()

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script


def test_signed_in_pages_are_not_kept_by_caches(ben):
    assert "no-store" in ben.get("/settings").headers["Cache-Control"]


def test_navigation_shows_only_what_the_user_may_see(aoi, ben):
    assert 'href="/users/"' in aoi.get("/settings").content.decode()
    assert 'href="/users/"' not in ben.get("/settings").content.decode()


def test_page_marks_where_the_reader_is(aoi):
    page = aoi.get("/users/new").content.decode()

    assert '<a href="/users/" aria-current="page">' in page


@pytest.mark.parametrize(
    ("language", "said"),
    [("ja", "ページが見つかりません"), ("en", "This page does not exist")],
)
def test_error_page_speaks_the_readers_language(cast, signed_in, language, said):
    assert said in signed_in(cast.ben, language=language).get("/no").content.decode()


def fail(_request):
    raise RuntimeError


class AddressesWithAFault:
    urlpatterns = (path("fault", fail), *urls.urlpatterns)
    handler500 = urls.handler500


def test_fault_answers_500_with_a_page(cast, signed_in, settings):
    settings.ROOT_URLCONF = AddressesWithAFault
    client = signed_in(cast.aoi, language="ja")
    client.raise_request_exception = False

    answer = client.get("/fault")

    assert answer.status_code == 500
    assert "システム側で問題が発生しました" in answer.content.decode()


def test_name_with_a_script_is_text(aoi, cast):
    cast.ben.name = '<script>alert("1")</script>🐟'
    cast.ben.save()

    page = aoi.get("/users/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_foreign_host_is_refused(db):
    assert Client(headers={"host": "evil.example"}).get("/sign-in").status_code == 400


def test_healthz_answers_without_sign_in(db, visitor):
    assert visitor.get("/healthz").json() == {"status": "ok"}


def test_static_addresses_change_with_their_content(db, visitor):
    page = visitor.get("/sign-in").content.decode()

    assert re.search(r'href="/static/webkit/banso\.css\?v=[0-9a-f]{12}"', page)
