"""What every answer carries, and what Django says of a deployment."""

import os
import subprocess
import sys

import pytest
from django.test import Client

from banso.site.settings import SILENCED_SYSTEM_CHECKS

PAGES = (
    *("/sign-in", "/settings", "/settings/factors/", "/users/", "/healthz"),
    *("/api/v1/customers", "/scim/v2/Users", "/nothing", "/sso/saml/x/metadata/"),
)


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_forbids_what_a_page_does_not_need(aoi: Client, path: str) -> None:
    headers = aoi.get(path).headers

    policy = dict(
        part.strip().partition(" ")[::2]
        for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Server" not in headers
    assert "X-Powered-By" not in headers


@pytest.mark.parametrize("path", ["/settings", "/settings/factors/", "/users/"])
def test_what_a_signed_in_person_sees_is_kept_nowhere(aoi: Client, path: str) -> None:
    assert "no-store" in aoi.get(path).headers["Cache-Control"]


def test_cookies_are_for_the_server_alone(cast, visitor: Client) -> None:
    form = {"email": "aoi@example.com", "password": "a-quiet-forest-7"}

    visitor.post("/sign-in", form)

    for name in ("banso_session", "banso_csrf"):
        cookie = visitor.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_deployment_check_of_django_finds_nothing() -> None:
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "django", "check", "--deploy"),
            *("--fail-level", "WARNING", "--settings", "banso.site.settings"),
        ],
        env={**os.environ, "BANSO_HTTPS": "1", "BANSO_HOSTS": "banso.example.com"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert len(SILENCED_SYSTEM_CHECKS) == 4  # each is explained in SECURITY.md
