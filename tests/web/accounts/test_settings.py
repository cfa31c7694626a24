"""Language, theme and password of the signed-in user."""

import pytest

OWN = "a-quiet-forest-7"
OTHER = "another-forest-8"


def test_chosen_language_stays_on_every_device(ben, cast, visitor):
    ben.post("/display", {"language": "ja", "next": "/settings"})

    visitor.force_login(cast.ben)  # another browser, set to English
    assert "<h1>個人設定</h1>" in visitor.get("/settings").content.decode()


def test_visitor_keeps_the_language_in_a_cookie(db, visitor):
    assert "<h1>Sign in</h1>" in visitor.get("/sign-in").content.decode()

    visitor.post("/display", {"language": "ja", "next": "/sign-in"})

    assert "<h1>サインイン</h1>" in visitor.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    ("accepts", "language"), [("fr, en;q=0.5", "en"), ("ja-JP", "ja"), ("fr", "ja")]
)
def test_browser_chooses_the_language_else_the_company(db, visitor, accepts, language):
    answer = visitor.get("/sign-in", headers={"accept-language": accepts})

    assert answer.headers["Content-Language"] == language
    assert f'<html lang="{language}"' in answer.content.decode()


def test_theme_is_in_the_page_before_any_script(ben):
    ben.post("/display", {"theme": "dark", "next": "/settings"})

    assert 'data-theme="dark"' in ben.get("/settings").content.decode()


def test_unknown_language_and_theme_change_nothing(ben, cast):
    ben.post("/display", {"language": "xx", "theme": "<script>", "next": "/settings"})

    cast.ben.refresh_from_db()
    assert (cast.ben.language, cast.ben.theme) == ("", "")


def test_new_password_ends_other_sessions_and_keeps_this_one(
    ben, cast, signed_in, visitor
):
    elsewhere = signed_in(cast.ben)

    ben.post("/settings/password", {"current": OWN, "new": OTHER})

    answer = visitor.post("/sign-in", {"email": "ben@example.com", "password": OTHER})
    assert ben.get("/settings").status_code == 200
    assert elsewhere.get("/settings").status_code == 302
    assert answer.status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "said"),
    [("wrong", OTHER, "not your current password"), (OWN, "short", "too short")],
)
def test_password_is_kept_when_refused(ben, cast, current, new, said):
    answer = ben.post("/settings/password", {"current": current, "new": new})

    cast.ben.refresh_from_db()
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert cast.ben.check_password(OWN)
