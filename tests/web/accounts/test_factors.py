"""Second factors: setting up, signing in by them, losing them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from authenticator_app import code_of, wrong_code
from django.test import Client

from banso.web.accounts import queries
from banso.web.audit.models import AuditEntry

PASSWORD = "a-quiet-forest-7"
ASKED = "/settings/factors/authenticate/"


def enter(client: Client, email: str = "aoi@example.com", **more: str):
    form = {"email": email, "password": PASSWORD, **more}
    return client.post("/sign-in", form)


def set_up_app(client: Client) -> str:
    """Set up an authenticator app as the signed-in user; return its secret."""
    page = client.get("/settings/factors/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post(
        "/settings/factors/totp/activate/", {"code": code_of(secret, steps=-1)}
    )
    assert answer.status_code == 302, answer.content.decode()
    return secret


@pytest.fixture
def secret(cast, visitor) -> str:
    """Let Aoi, who signed in by her password, have an authenticator app."""
    enter(visitor)
    secret = set_up_app(visitor)
    visitor.post("/sign-out")
    return secret


def test_code_is_asked_after_the_password_and_lets_in(cast, visitor, secret):
    first = enter(visitor, next="/users/")
    before = visitor.get("/users/")

    second = visitor.post(ASKED, {"code": code_of(secret)})

    assert first.headers["Location"] == ASKED
    assert before.headers["Location"].startswith("/sign-in")
    assert second.headers["Location"] == "/users/"
    assert visitor.get("/users/").status_code == 200


def test_set_up_and_sign_in_are_in_the_audit(cast, visitor, secret, aoi):
    enter(visitor)
    visitor.post(ASKED, {"code": code_of(secret)})

    text = aoi.get("/audit/").content.decode()
    assert "Set up: authenticator app." in text
    assert "Set up: recovery codes." in text
    assert "Signed in (password, second factor)." in text


def test_wrong_code_is_refused_in_words_and_noted(cast, visitor, secret):
    enter(visitor)

    answer = visitor.post(ASKED, {"code": wrong_code(secret)})

    assert "The code is wrong, or was used before." in answer.content.decode()
    assert AuditEntry.objects.filter(action="proof_failed").count() == 1
    assert "_auth_user_id" not in visitor.session


def test_code_that_was_seen_over_a_shoulder_is_used_up(cast, visitor, secret):
    code = code_of(secret)
    enter(visitor)
    visitor.post(ASKED, {"code": code})
    thief = Client(headers={"host": "localhost", "accept-language": "en"})
    enter(thief)

    answer = thief.post(ASKED, {"code": code})

    assert "was used before" in answer.content.decode()


def test_sixth_code_is_not_tried_from_anywhere(cast, visitor, secret):
    for number in range(5):
        client = Client(
            headers={"host": "localhost", "accept-language": "en"},
            REMOTE_ADDR=f"203.0.113.{number}",
        )
        enter(client)
        client.post(ASKED, {"code": wrong_code(secret)})
    enter(visitor)

    answer = visitor.post(ASKED, {"code": code_of(secret)})

    assert "Wait five minutes" in answer.content.decode()
    assert "_auth_user_id" not in visitor.session


def test_recovery_code_lets_in_once(cast, visitor, secret):
    enter(visitor)
    visitor.post(ASKED, {"code": code_of(secret)})
    page = visitor.get("/settings/factors/recovery-codes/").content.decode()
    codes = re.findall(r"<code>(\d{8})</code>", page)
    visitor.post("/sign-out")

    enter(visitor)
    first = visitor.post(ASKED, {"code": codes[0]})
    visitor.post("/sign-out")
    enter(visitor)
    again = visitor.post(ASKED, {"code": codes[0]})

    assert len(codes) == 10
    assert first.status_code == 302
    assert "was used before" in again.content.decode()


def test_secrets_are_not_readable_in_the_database(cast, secret):
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert Authenticator.objects.count() == 2
    assert secret not in kept


def test_another_key_of_the_project_lets_no_code_in(cast, visitor, secret, settings):
    settings.SECRET_KEY = "another-key-than-before-0123456789-0123456789"
    enter(visitor)

    answer = visitor.post(ASKED, {"code": code_of(secret)})

    assert answer.status_code == 200
    assert "_auth_user_id" not in visitor.session


def test_factors_change_only_after_the_password_once_more(cast, aoi):
    asked = aoi.get("/settings/factors/totp/activate/")
    wrong = aoi.post("/settings/proof", {"password": "wrong"})
    right = aoi.post(asked.headers["Location"], {"password": PASSWORD})

    assert asked.headers["Location"].startswith("/settings/proof")
    assert "not your current password" in wrong.content.decode()
    assert right.headers["Location"] == "/settings/factors/totp/activate/"
    assert aoi.get(right.headers["Location"]).status_code == 200


def test_administrator_takes_lost_factors_away(cast, visitor, secret, signed_in, aoi):
    before = signed_in(cast.aoi)
    assert (
        "Take factors and links away"
        in before.get(f"/users/{cast.aoi.pk}").content.decode()
    )

    before.post(f"/users/{cast.aoi.pk}/factors")

    assert before.get("/users/").status_code == 302  # every session ended
    assert enter(visitor).headers["Location"] == "/"
    assert AuditEntry.objects.filter(action="factors_reset", by=cast.aoi).exists()


def test_only_administrators_take_factors_away(cast, ben, chika):
    for client in (ben, chika):
        assert client.post(f"/users/{cast.aoi.pk}/factors").status_code == 403


@pytest.fixture
def demanding(settings):
    """Demand two factors of CSMs."""
    settings.BANSO_TWO_FACTOR_ROLES = frozenset({"csm"})


def test_role_that_needs_two_factors_is_led_to_them(cast, demanding, visitor, ben):
    enter(visitor, "chika@example.com")

    led = visitor.get("/customers/")
    page = visitor.get("/settings/factors/").content.decode()
    posted = visitor.post("/customers/x/notes")
    part = visitor.get("/customers/", headers={"hx-request": "true"})
    clicked = visitor.post("/users/new", headers={"hx-request": "true"})

    assert led.headers["Location"] == "/settings/factors/"
    assert "Your role needs two factors." in page
    assert posted.status_code in (403, 404)
    assert (part.status_code, part.content) == (204, b"")
    assert "HX-Redirect" not in part.headers  # it loaded by itself
    assert clicked.headers["HX-Redirect"] == "/settings/factors/"
    assert ben.get("/customers/").status_code == 200  # another role


def test_who_set_a_factor_up_goes_on(cast, demanding, visitor):
    enter(visitor, "chika@example.com")
    set_up_app(visitor)

    assert visitor.get("/customers/").status_code == 200


def test_pages_of_factors_are_in_japanese(cast, visitor, secret, signed_in):
    text = signed_in(cast.aoi, language="ja").get("/settings/factors/").content.decode()

    assert "<h1>二要素認証</h1>" in text
    assert "認証アプリ" in text


def test_where_one_is_signed_in_is_listed_and_ended(cast, visitor, signed_in):
    windows = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"
    other = Client(headers={"host": "localhost", "user-agent": windows})
    enter(other)
    older = signed_in(cast.aoi)  # from before sessions were listed
    enter(visitor)

    page = visitor.get("/settings/sessions").content.decode()
    visitor.post("/settings/sessions")

    assert "Chrome · Windows" in page
    assert "This one" in page
    assert other.get("/settings").status_code == 302
    assert older.get("/settings").status_code == 302
    assert visitor.get("/settings").status_code == 200
    assert "Windows" not in visitor.get("/settings/sessions").content.decode()


def test_session_does_not_come_back_with_its_person(aoi, cast, ben):
    aoi.post(f"/users/{cast.ben.pk}/activity", {"active": "0"})
    aoi.post(f"/users/{cast.ben.pk}/activity", {"active": "1"})

    assert ben.get("/settings").status_code == 302


def test_sixth_password_within_a_minute_is_not_looked_at(ben, cast):
    for _attempt in range(5):
        ben.post("/settings/password", {"current": "wrong", "new": "another-forest-8"})

    answer = ben.post(
        "/settings/password", {"current": PASSWORD, "new": "another-forest-8"}
    )

    assert answer.status_code == 429
    assert "Wait a minute" in answer.content.decode()


def test_passwords_can_be_turned_off(cast, visitor, settings):
    settings.BANSO_PASSWORD_SIGN_IN = False

    page = visitor.get("/sign-in").content.decode()

    assert 'name="password"' not in page
    assert enter(visitor).status_code == 403


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU OS 19) Version/19 Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Firefox/150.0", "Firefox · macOS"),
        ("Mozilla/5.0 (Windows NT) Chrome/150 Safari/5 Edg/150", "Edge · Windows"),
        ("curl/8.9", "curl/8.9"),
        ("", ""),
    ],
)
def test_device_is_named_in_two_words(user_agent, device):
    assert queries.device_of(user_agent) == device


def test_codes_agree_with_the_standard():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238, appendix B

    assert code_of(secret, at=59) == "287082"
    assert code_of(secret, at=1_111_111_109) == "081804"
