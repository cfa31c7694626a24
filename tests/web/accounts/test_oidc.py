"""Signing in by OpenID Connect, at a provider that answers on the loopback."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from oidc_provider_mock import User as Claims
from oidc_provider_mock import run_server_in_thread

from banso.web.accounts.models import User
from banso.web.audit.models import AuditEntry

START = "/sso/oidc/acme/login/"
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::authlib.deprecate.AuthlibDeprecationWarning"
)


def person(sub: str, email: str, **more: object) -> Claims:
    claims = {"email": email, "email_verified": True, "name": sub.title(), **more}
    return Claims(sub=sub, claims=claims)


PEOPLE = (
    person("chika", "Chika@Example.com"),
    person("dai", "dai@example.com"),
    person("unverified", "chika@example.com", email_verified=False),
    person("silent", "chika@example.com", email_verified=None),
    person("elsewhere", "chika@evil.example"),
    person("second", "chika@example.com"),
)


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(issuer, settings) -> dict[str, object]:
    known = {"server_url": issuer, "email_domains": ["example.com"]}
    app = {
        "provider_id": "acme",
        "name": "Acme",
        "client_id": "banso",
        "secret": "s3cret",
        "settings": known,
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    return known


Enter = Callable[..., object]


@pytest.fixture
def enter(provider, visitor) -> Enter:
    """Return a function: what the visitor sees who comes back from the provider."""

    def go(sub: str, client: Client = visitor, **query: str):
        there = client.get(START, query).headers["Location"]
        page = requests.post(
            there, data={"sub": sub}, allow_redirects=False, timeout=10
        )
        back = urlsplit(page.headers["Location"])
        return client.get(f"{back.path}?{back.query}")

    return go


def test_page_of_sign_in_offers_the_provider(cast, provider, visitor):
    page = visitor.get("/sign-in?next=/users/").content.decode()

    assert "Sign in with Acme" in page
    assert 'href="/sso/oidc/acme/login/?next=%2Fusers%2F"' in page


def test_known_person_enters_and_goes_on(cast, enter, visitor):
    answer = enter("chika", next="/customers/")

    assert answer.headers["Location"] == "/customers/"
    assert visitor.get("/customers/").status_code == 200
    assert SocialAccount.objects.get(user=cast.chika).provider == "acme"
    words = {entry.action for entry in AuditEntry.objects.filter(subject_name="Chika")}
    assert {"provider_linked", "signed_in"} <= words


def test_person_is_known_by_the_link_and_not_by_a_new_e_mail(cast, enter, visitor):
    enter("chika")
    visitor.post("/sign-out")
    User.objects.filter(pk=cast.chika.pk).update(email="chika.m@example.com")

    enter("chika")

    assert int(visitor.session["_auth_user_id"]) == cast.chika.pk
    assert not User.objects.filter(email="chika@example.com").exists()


@pytest.mark.parametrize(
    ("sub", "said", "reason"),
    [
        ("dai", "Nobody with this e-mail was added", "sso_person_unknown"),
        ("unverified", "does not say that this e-mail", "sso_email_not_verified"),
        ("silent", "does not say that this e-mail", "sso_email_not_verified"),
        ("elsewhere", "one of a domain that may not", "sso_email_elsewhere"),
    ],
)
def test_who_may_not_enter_is_told_why(cast, enter, visitor, sub, said, reason):
    answer = enter(sub)

    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert "_auth_user_id" not in visitor.session
    assert not SocialAccount.objects.exists()
    entry = AuditEntry.objects.get(action="sign_in_failed")
    assert entry.details["reason"] == reason


def test_reason_is_in_japanese_in_the_audit(cast, enter, signed_in):
    enter("unverified")

    text = signed_in(cast.aoi, language="ja").get("/audit/").content.decode()

    assert "メールアドレスが確認済みである" in text


def test_trusted_provider_need_not_say_that_an_e_mail_is_verified(
    cast, enter, provider, visitor
):
    provider["verified_email"] = ["example.com"]

    assert enter("silent").headers["Location"] == "/"


def test_another_person_with_the_same_e_mail_does_not_become_the_user(
    cast, enter, visitor
):
    enter("chika")
    visitor.post("/sign-out")

    answer = enter("second")

    assert "linked to another person" in answer.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_deactivated_person_does_not_enter(cast, enter, visitor):
    enter("chika")
    visitor.post("/sign-out")
    User.objects.filter(pk=cast.chika.pk).update(is_active=False)

    assert "was deactivated" in enter("chika").content.decode()


def test_unknown_person_is_added_when_the_company_says_so(
    cast, enter, visitor, settings
):
    settings.BANSO_PROVISION = {"role": "csm", "scope": "own", "team": "North"}

    enter("dai")

    dai = User.objects.get(email="dai@example.com")
    assert (dai.name, dai.role, dai.scope, str(dai.team)) == (
        *("Dai", "csm", "own", "North"),
    )
    assert not dai.has_usable_password()
    assert int(visitor.session["_auth_user_id"]) == dai.pk
    assert 'name="current"' not in visitor.get("/settings").content.decode()


def test_signed_in_person_cannot_be_linked_to_a_stranger(cast, enter, ben):
    answer = enter("chika", ben, process="connect")

    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_answer_is_taken_once_and_only_where_it_was_asked_for(cast, provider, visitor):
    there = visitor.get(START).headers["Location"]
    page = requests.post(
        there, data={"sub": "chika"}, allow_redirects=False, timeout=10
    )
    back = urlsplit(page.headers["Location"])
    stranger = Client(headers={"host": "localhost", "accept-language": "en"})

    elsewhere = stranger.get(f"{back.path}?{back.query}")
    first = visitor.get(f"{back.path}?{back.query}")
    visitor.post("/sign-out")
    again = visitor.get(f"{back.path}?{back.query}")

    assert "used before, or nothing was asked" in elsewhere.content.decode()
    assert first.headers["Location"] == "/"
    assert "used before, or nothing was asked" in again.content.decode()


def test_code_is_bound_to_this_browser_by_pkce(db, provider, visitor):
    there = visitor.get(START).headers["Location"]

    assert re.search(r"code_challenge=[\w-]{43}", there)
    assert "code_challenge_method=S256" in there


def test_who_turns_back_at_the_provider_is_at_sign_in_again(cast, provider, visitor):
    there = visitor.get(START).headers["Location"]
    state = re.search(r"state=(\w+)", there).group(1)

    answer = visitor.get(
        f"/sso/oidc/acme/login/callback/?error=access_denied&state={state}",
        follow=True,
    )

    assert "The sign-in was cancelled." in answer.content.decode()


def test_provider_that_is_down_is_said_in_words(cast, provider, visitor):
    provider["server_url"] = "http://localhost:9"  # nothing listens there

    answer = visitor.get(START)

    assert answer.status_code == 403
    assert "cannot be reached" in answer.content.decode()


def test_provider_that_is_not_configured_is_no_page(cast, provider, visitor):
    assert visitor.get("/sso/oidc/other/login/").status_code == 404


def test_second_factor_set_up_here_is_asked_after_the_provider(cast, enter, visitor):
    from allauth.mfa.totp.internal.auth import TOTP  # noqa: PLC0415

    TOTP.activate(cast.chika, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")

    assert enter("chika").headers["Location"] == "/settings/factors/authenticate/"


def test_provider_counts_as_second_factor_where_one_is_demanded(
    cast, enter, visitor, settings
):
    settings.BANSO_TWO_FACTOR_ROLES = frozenset({"csm"})

    enter("chika")

    assert visitor.get("/customers/").status_code == 200
