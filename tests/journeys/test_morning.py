"""A CSM's Monday morning in a real browser, in both languages."""

import re

import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    # Closing a browser leaves sockets to the interpreter's own end.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def go_to(page, address: str) -> None:
    page.goto(re.match(r"https?://[^/]+", page.url).group() + address)


def first_customer(page) -> str:
    links = page.locator("main table a[href*='/customers/']")
    return links.first.get_attribute("href")


def fits(page) -> bool:
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


@pytest.mark.parametrize(
    ("locale", "heading", "why", "rows"),
    [
        ("ja-JP", "概況", "なぜ動いたか", "計算"),
        ("en-US", "Overview", "Why did it move", "computed"),
    ],
)
def test_from_the_overview_to_the_rows_behind_a_score(
    open_as, locale: str, heading: str, why: str, rows: str
) -> None:
    page = open_as("administrator", locale=locale)
    assert page.locator("h1").inner_text() == heading

    page.locator("main a[href*='/customers/C']").first.click()
    page.wait_for_url(re.compile(r"/customers/C\d+/"))
    assert page.locator("html").get_attribute("lang") == locale[:2]
    assert page.get_by_text(why, exact=False).count()
    page.wait_for_selector(".vega-embed svg, figure svg")

    page.locator("main a[href*='/elements/']").first.click()
    page.wait_for_url(re.compile("/elements/"))
    assert rows in page.locator("main").inner_text()
    assert page.errors == []


def test_csm_sees_own_customers_only(open_as) -> None:
    everybody = open_as("administrator", locale="en-US")
    go_to(everybody, "/customers/")
    all_customers = int(re.search(r"(\d+) customers", everybody.content()).group(1))

    own = open_as("csm", locale="en-US")
    go_to(own, "/customers/")
    own_customers = int(re.search(r"(\d+) customers?", own.content()).group(1))

    assert 0 < own_customers < all_customers


def test_search_by_part_of_a_japanese_name(open_as) -> None:
    page = open_as("administrator", locale="ja-JP")
    go_to(page, "/customers/")
    name = page.locator("main table a[href*='/customers/C']").first.inner_text()
    part = re.sub(r"株式会社|有限会社|合同会社", "", name)[:3]

    page.fill("main input[type=search], main input[name=q]", part)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))

    found = page.locator("main table a[href*='/customers/C']").all_inner_texts()
    assert name in found
    assert all(part in each for each in found)


@pytest.mark.parametrize(
    "address",
    [
        "/overview/",
        "/today/",
        "/plays/",
        "/customers/",
        "/signals/",
        "/data/",
        "/definitions/",
    ],
)
@pytest.mark.parametrize(("locale", "theme"), [("ja-JP", "dark"), ("en-US", "light")])
def test_pages_fit_a_phone(open_as, address: str, locale: str, theme: str) -> None:
    page = open_as("administrator", locale=locale, theme=theme, width=390)

    go_to(page, address)

    assert fits(page)
    assert page.errors == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_fault_that_axe_finds(open_as, theme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    page = open_as("administrator", locale="ja-JP", theme=theme)
    go_to(page, "/customers/")
    customer = first_customer(page)
    faults = {}

    for address in (
        "/overview/",
        "/customers/",
        customer,
        "/signals/",
        "/data/",
        "/definitions/",
    ):
        go_to(page, address)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        if found.violations_count:
            faults[address] = found.generate_report()

    assert faults == {}
