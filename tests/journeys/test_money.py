"""From revenue to the customers behind it in a real browser, in both languages."""

import re

import pytest
from tests.journeys.test_morning import fits, go_to

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    # Closing a browser leaves sockets to the interpreter's own end.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

HEADINGS = {
    "/revenue/": ("収益", "Revenue"),
    "/revenue/retention/": ("収益", "Revenue"),
    "/cohorts/": ("コホート", "Cohorts"),
    "/lifetime/": ("LTV", "Lifetime value"),
    "/renewals/": ("契約更新", "Renewal desk"),
    "/simulators/pricing/": ("料金モデル", "Pricing models"),
}
SEEN = [("ja-JP", "dark"), ("en-US", "light")]


def behind(page, address: str, pattern: str) -> str:
    """Return the address of what is behind the first figure of a page."""
    go_to(page, address)
    link = page.locator(f"main table a[href*='{pattern}']").first
    return link.get_attribute("href")


def addresses(page) -> list[str]:
    return [
        *HEADINGS,
        behind(page, "/revenue/", "/revenue/lines"),
        behind(page, "/cohorts/", "/cohorts/customers"),
    ]


@pytest.mark.parametrize(("locale", "theme"), SEEN)
def test_pages_of_money_have_no_fault_that_axe_finds(open_as, locale, theme) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    page = open_as("administrator", locale=locale, theme=theme)
    faults = {}

    for address in addresses(page):
        go_to(page, address)
        page.wait_for_load_state("networkidle")
        # tables under charts are looked at too
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = 1)")
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"]})
        if found.violations_count:
            faults[address] = found.generate_report()

    assert faults == {}
    assert page.errors == []


@pytest.mark.parametrize(("locale", "theme"), SEEN)
def test_pages_of_money_fit_a_phone_and_have_their_heading(
    open_as, locale, theme
) -> None:
    page = open_as("administrator", locale=locale, theme=theme, width=390)
    place = 0 if locale == "ja-JP" else 1

    for address in addresses(page):
        go_to(page, address)
        page.wait_for_load_state("networkidle")
        assert fits(page), address
        if address in HEADINGS:
            assert HEADINGS[address][place] in page.locator("h1").inner_text()
    assert page.errors == []


def test_from_the_cell_of_a_heat_map_to_its_customers(open_as) -> None:
    page = open_as("administrator", locale="en-US")
    go_to(page, "/cohorts/?by=year")
    cells = page.locator("#chart-cohort-heat .chart-plot svg .mark-rect path")
    cells.first.wait_for()

    cells.first.click(force=True)
    page.wait_for_url(re.compile("/cohorts/customers"))

    said = page.locator("[role=status]").inner_text()
    there, all_of_them = re.search(r"(\d+) of (\d+) customers", said).groups()
    assert page.locator("main tbody tr").count() == min(50, int(all_of_them))
    page.get_by_role("link", name="Still there").click()
    page.wait_for_url(re.compile("state=there"))
    assert page.locator("main tbody tr").count() == min(50, int(there))
    assert page.errors == []


def test_a_csm_sees_own_customers_behind_money_only(open_as) -> None:
    everybody = open_as("administrator", locale="en-US")
    cell = behind(everybody, "/cohorts/?by=year", "/cohorts/customers")

    counts = {}
    for role in ("administrator", "csm"):
        page = open_as(role, locale="en-US")
        go_to(page, cell)
        said = page.locator("[role=status]").inner_text()
        counts[role] = int(re.search(r"of (\d+) customers", said).group(1))
        listed = page.locator("main tbody tr").count()
        assert listed == min(50, counts[role])

    assert counts["csm"] < counts["administrator"]


def test_a_slider_of_pricing_changes_what_customers_pay(open_as) -> None:
    page = open_as("administrator", locale="ja-JP")
    go_to(page, "/simulators/pricing/?kind=flat")
    before = page.locator("#chart-price-changes .chart-sentence").inner_text()

    slider = page.locator("input[type=range][name=level]")
    slider.evaluate(
        "s => { s.value = 1.5; s.dispatchEvent(new Event('input', {bubbles: true}));"
        " s.dispatchEvent(new Event('change', {bubbles: true})); }"
    )
    page.wait_for_function(
        "b => document.querySelector('#chart-price-changes .chart-sentence')"
        ".innerText !== b",
        arg=before,
    )
    assert page.errors == []
