"""Revenue: movements, the lines behind each amount, and who sees what."""

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.test import Client
from page_text import plain
from results import put_results
from tests.web.conftest import Cast, SignIn
from tests.web.customer.conftest import NOW, SLASHED

from banso.runs.project import Project
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.web.customers import operations as customers

PAGE = "/revenue/"
LINES = "/revenue/lines/"


def row_of(client: Client, url: str, label: str) -> list[tuple[str, str]]:
    """Return the cells of a row of a table by its head: text and address."""
    body = client.get(url).content.decode()
    head = rf'(?s)<th scope="row"[^>]*><a[^>]*>{label}</a>.*?</tr>'
    found = re.search(head, body)
    assert found, f"no row {label}"
    cells = re.findall(r"(?s)<td[^>]*>(.*?)</td>", found[0])
    links = [re.search(r'href="([^"]+)"', cell) for cell in cells]
    texts = [re.sub(r"<[^>]+>", "", cell).strip() for cell in cells]
    return [
        (t, html.unescape(m[1]) if m else "") for t, m in zip(texts, links, strict=True)
    ]


def test_opening_and_movements_are_closing(aoi: Client, project: Project) -> None:
    page = plain(aoi, f"{PAGE}?period=2026-10-01")

    assert (
        "In Oct 2026 MRR went from ¥100,000 to ¥50,000: ¥0 gained and ¥50,000" in page
    )
    assert "Opening MRR ¥100,000 2 New 0 0 Reactivation 0 0 Expansion 0 0" in page
    assert "Churn −¥50,000 1 Closing MRR ¥50,000 1" in page


def test_the_newest_period_is_still_running(aoi: Client, project: Project) -> None:
    page = plain(aoi, PAGE)

    assert "Nov 2026 until 22 Nov 2026" in page
    assert "MRR ¥100K +¥50K ¥100,000" in page
    assert "¥1,200,000, twelve times MRR" in page


@pytest.mark.parametrize(
    ("by", "label", "new"),
    [("quarter", "Q4 2026", "¥50,000"), ("year", "2026", "¥100,000")],
)
def test_other_periods_tell_from_their_first_to_their_last_day(
    aoi: Client, project: Project, by: str, label: str, new: str
) -> None:
    cells = row_of(aoi, f"{PAGE}?by={by}", label)

    assert cells[1][0] == new


def test_each_amount_opens_lines_that_add_up_to_it(
    aoi: Client, project: Project
) -> None:
    for label in ("Jun 2026", "Oct 2026", "Nov 2026"):
        linked = [cell for cell in row_of(aoi, PAGE, label) if cell[1]]

        assert linked
        for amount, url in linked:
            assert f"{amount}: " in plain(aoi, url), (label, url)


def test_the_lines_of_churn_name_contract_and_customer(
    aoi: Client, project: Project
) -> None:
    page = plain(aoi, f"{LINES}?by=month&period=2026-10-01&kind=churn")

    assert "−¥50,000: 1 contract line of 1 customers." in page
    assert "Left Ltd S-C2 名刺 Pro −¥50,000" in page


def test_segments_add_up_to_the_whole(aoi: Client, project: Project) -> None:
    url = f"{PAGE}?period=2026-11-01&grouping=touch"

    page = plain(aoi, url)
    high, none = row_of(aoi, url, "High touch"), row_of(aoi, url, "Not given")

    assert "All together ¥50,000 ¥50,000 0 0 0 0 ¥100,000 2" in page
    assert (high[6][0], none[6][0]) == ("¥50,000", "¥50,000")
    assert "¥50,000: 1 contract line of 1 customers." in plain(aoi, none[6][1])
    assert "Not given" in plain(aoi, none[6][1])
    chosen = plain(aoi, f"{url}&segment=high")
    assert "Nov 2026 · High touch" in chosen
    assert "In Nov 2026 MRR went from ¥50,000 to ¥50,000" in chosen


def test_a_csm_sees_the_revenue_of_the_own_customers(
    aoi: Client, chika: Client, project: Project
) -> None:
    page = plain(chika, PAGE)

    assert "Figures are of the customers that you see." in page
    assert "In Nov 2026 MRR went from ¥50,000 to ¥50,000" in page
    assert row_of(chika, PAGE, "Oct 2026")[5][0] == "0"
    lines = plain(chika, f"{LINES}?by=month&period=2026-06-01&kind=new")
    assert "¥50,000: 1 contract line of 1 customers." in lines
    assert "Left Ltd" not in lines
    assert "2 contract lines" in plain(
        aoi, f"{LINES}?by=month&period=2026-06-01&kind=new"
    )


def test_who_sees_nobody_is_told_so(ben: Client, cast: Cast, signed_in: SignIn,
                                    project: Project) -> None:  # fmt: skip
    cast.ben.scope = "own"
    cast.ben.save()

    assert "have no revenue in this selection" in plain(signed_in(cast.ben), PAGE)


def test_the_file_holds_the_lines(aoi: Client, project: Project) -> None:
    answer = aoi.get(
        "/revenue/lines/export?bom=1&by=month&period=2026-11-01&kind=closing"
    )

    text = answer.getvalue().decode()
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["customer_id"] for row in rows} == {"C1", SLASHED}
    assert {row["amount"] for row in rows} == {"50000.0000"}


def test_who_only_reads_exports_nothing(ben: Client, project: Project) -> None:
    url = "/revenue/lines/export?by=month&period=2026-11-01"

    assert ben.get(url).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["by=x", "period=x", "period=1900-01-01", "grouping=x", "segment=x", "currency=x",
     "kind=x", "at=x", "at=99", "grouping=touch&segment=x", "currency='"],
)  # fmt: skip
def test_what_an_address_cannot_ask_for_is_no_fault(
    aoi: Client, project: Project, query: str
) -> None:
    assert aoi.get(f"{PAGE}?{query}").status_code == 200
    assert aoi.get(f"{LINES}?{query}").status_code == 200


def test_in_japanese(cast: Cast, signed_in: SignIn, project: Project) -> None:
    client = signed_in(cast.aoi, language="ja")

    assert "2026年10月のMRRは¥100,000から¥50,000になりました" in plain(
        client, f"{PAGE}?period=2026-10-01"
    )
    lines = plain(client, f"{LINES}?by=month&period=2026-10-01&kind=churn")
    assert "−¥50,000（契約明細1件、1社）" in lines


def test_a_currency_without_a_rate_is_told_apart(aoi: Client, project: Project) -> None:
    lake = lake_of(project)
    release = lake.current().release
    assert release is not None
    note: Any = release.notes["revenue"]
    lacking = [{"currency": "JPY", "lines": 3, "first_day": "2026-06-01"}]
    put_results(
        project, {}, notes={"revenue": {**note, "currency": "USD", "unpriced": lacking}}
    )
    customers.publish_newest(project, at=NOW)

    page, shown = plain(aoi, PAGE), plain(aoi, f"{PAGE}?currency=JPY")

    close_reader()
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
    assert "JPY is told apart: definitions/revenue.yaml has no rate for it from" in page
    assert "1 Jun 2026 on (3 contract lines). Show JPY" in page
    assert "Closing MRR ¥100,000 2" in shown


def revision_tables() -> dict[str, Any]:
    """Return a correction that lowers the MRR of September, and the row behind it."""
    month = dt.date(2026, 9, 1)
    figure = {"period": month, "currency": "JPY", "figure": "mrr_end",
              "before": 110_000, "after": 100_000}  # fmt: skip
    row = {"customer_id": "C2", "subscription_id": "S-C2", "what": "changed",
           "row_started_on": dt.date(2026, 6, 1), "field": "mrr", "old": "60000.0000",
           "new": "50000.0000", "known_at": None, "first_period": month}  # fmt: skip
    return {"revenue_revisions": [figure], "revenue_revision_rows": [row]}


def test_closed_months_that_changed_are_told_with_the_rows_behind(
    aoi: Client, chika: Client, project: Project
) -> None:
    lake = lake_of(project)
    release = lake.current().release
    assert release is not None
    noted = release.notes["revenue"]
    assert isinstance(noted, dict)
    moved = {"causes": ["definitions", "version"], "choices": ["churn_at", "rates"]}
    notes = {"revenue": {**noted, "moved": moved}}
    put_results(project, revision_tables(), notes=notes)
    customers.publish_newest(project, at=NOW)

    page, of_chika = plain(aoi, PAGE), plain(chika, PAGE)

    close_reader()
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()
    assert "Sept 2026 Closing MRR ¥110,000 ¥100,000" in page
    assert "Left Ltd S-C2 1 Jun 2026 Row changed mrr 60,000 50,000" in page
    assert "definitions/revenue.yaml changed: churn_at, rates. Another version" in page
    assert "Closed months that changed" not in of_chika  # C2 is not hers


def test_the_number_of_queries_does_not_grow(
    aoi: Client, project: Project, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(6):
        aoi.get(f"{PAGE}?grouping=plan")
    with django_assert_max_num_queries(8):
        aoi.get(f"{LINES}?by=month&period=2026-11-01&kind=closing")


def test_before_any_run_the_page_says_what_to_do(aoi: Client, settings: Any) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert "banso load FOLDER" in aoi.get(PAGE).getvalue().decode()
    assert aoi.get(LINES).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: Client) -> None:
    assert visitor.get(PAGE).status_code == 302
    assert visitor.get(LINES).status_code == 302


def test_without_charges_nothing_is_said_of_billing(
    aoi: Client, project: Project
) -> None:
    assert "/revenue/reconciliation/" not in aoi.get(PAGE).getvalue().decode()
    assert "no charges to compare" in plain(aoi, "/revenue/reconciliation/")
    rows = "/revenue/reconciliation/rows/?item=usage&month=2026-10-01"
    assert aoi.get(rows).status_code == 404
