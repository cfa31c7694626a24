"""A CSM's morning by keyboard alone: sign in, three cards, a hand-over, sign out."""

import re

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    # Closing a browser leaves sockets to the interpreter's own end.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def first_card(page) -> str:
    """Return which signal the first card is about."""
    return cards(page)[0]


def cards(page) -> list[str]:
    heads = page.locator("[data-card] h2").all()
    return [head.get_attribute("id") for head in heads]


def tab_to(page, selector: str) -> None:
    """Press Tab until what is meant has the focus."""
    for _press in range(300):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(selector)


def goes_on(page, *keys: str) -> str:
    """Press keys that send a form, and return what the page then says."""
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)
    page.wait_for_load_state("networkidle")
    return page.locator("#messages").inner_text()


def sign_in_by_keyboard(page, demonstration) -> None:
    """Open the site and sign the CSM in without a pointer."""
    page.goto(demonstration.address)
    tab_to(page, "input[type=email]")
    page.keyboard.type(demonstration.users["csm"])
    page.keyboard.press("Tab")
    page.keyboard.type(demonstration.password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/today/$"))
    page.wait_for_load_state("networkidle")


def follow(page, selector: str, address: str) -> None:
    """Go to a link by Tab, and follow it."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(address))
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("ja-JP", ("を始めました", "先送りしました", "見送りました", "引き継ぎ資料")),
        ("en-US", ("Started:", "Snoozed until", "Dismissed:", "Hand-over brief")),
    ],
)
def test_a_morning_by_keyboard(
    demonstration, open_page, locale: str, said: tuple[str, ...]
) -> None:
    started, snoozed, dismissed, brief = said
    page = open_page(locale=locale)
    sign_in_by_keyboard(page, demonstration)
    page.keyboard.press("?")
    assert page.locator("dialog[data-keys]").is_visible()
    page.keyboard.press("Escape")

    worked = [first_card(page)]
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-card]:focus .today-detail")
    assert started in goes_on(page, "d")

    worked.append(first_card(page))
    page.keyboard.press("s")
    page.wait_for_selector("dialog[open] [name=until]:focus")
    assert snoozed in goes_on(page, "Enter")

    worked.append(first_card(page))
    page.keyboard.press("x")
    page.wait_for_selector("dialog[open] [name=reason]:focus")
    page.keyboard.press("Space")
    assert dismissed in goes_on(page, "Enter")

    assert len(set(worked)) == 3
    assert not set(worked) & set(cards(page))
    follow(page, "aside a[href^='/plays/']", r"/plays/\d+/$")
    follow(page, "main a[href*='/plays/hand-over/']", "/plays/hand-over/")
    tab_to(page, "select[name=to]")
    page.keyboard.press("Tab")
    page.keyboard.type("来週の面談から")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/plays/hand-overs/\d+/$"))
    assert brief in page.title()
    assert "来週の面談から" in page.locator("main").inner_text()

    tab_to(page, ".user-menu > summary")
    page.keyboard.press("Enter")
    tab_to(page, "[action*='sign-out'] button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("sign-in"))
    assert page.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_work_have_no_fault_that_axe_finds(open_as, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    page = open_as("administrator", locale="ja-JP", theme=theme)
    home = re.match(r"https?://[^/]+", page.url).group()
    faults = {}

    for address in ("/today/", "/plays/", "/plays/?tab=load", "/plays/?tab=library"):
        page.goto(home + address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        if found.violations_count:
            faults[address] = found.generate_report()

    assert faults == {}
