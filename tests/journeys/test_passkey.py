"""A passkey in a real browser: add it, sign in by it alone, take it away again."""

import re

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    # Closing a browser leaves sockets to the interpreter's own end.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def give_fingerprint_reader(page) -> None:
    """Let the browser have a reader that always knows the finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    reader = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": reader})


def test_passkey_signs_in_without_a_password(demonstration, open_page):
    address = demonstration.address.replace("127.0.0.1", "localhost")
    page = open_page(locale="ja-JP")
    give_fingerprint_reader(page)
    page.goto(address)
    page.fill("input[type=email]", demonstration.users["csm"])
    page.fill("input[type=password]", demonstration.password)
    page.click("button[type=submit]")
    page.wait_for_url(re.compile("/(overview|today)/$"))

    page.goto(f"{address}/settings/factors/")
    page.get_by_role("link", name="パスキーを追加").click()
    page.get_by_label("パスキーの名前").fill("指紋")
    page.get_by_role("button", name="パスキーを追加").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes code").count() == 10

    page.locator("summary", has_text=re.compile(".")).first.click()
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/sign-in")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.wait_for_url(re.compile("/(overview|today)/$"))

    page.goto(f"{address}/settings/factors/")
    assert page.get_by_text("指紋", exact=True).is_visible()
    page.get_by_role("link", name="解除").click()
    page.get_by_role("button", name="解除").click()
    page.wait_for_url("**/settings/factors/")
    assert page.get_by_text("指紋", exact=True).count() == 0
    assert page.errors == []
