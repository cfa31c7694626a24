"""The pages of one customer: what they show, to whom, and what they never do."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from banso.runs.project import Project

PAGES = ("page", "metrics", "contracts", "contacts", "timeline", "brief")
SLASHED = "C/3 %2F 100%"
pytestmark = pytest.mark.usefixtures("project")


def address(name: str, customer: str = "C1", **more: str) -> str:
    return reverse(f"customer:{name}", kwargs={"customer_id": customer, **more})


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("customer", ["C1", "C2", SLASHED, "C4"])
def test_every_page_of_every_customer_answers(
    aoi: Client, name: str, customer: str
) -> None:
    text = text_of(aoi, address(name, customer))

    assert "<script>alert" not in text


@pytest.mark.parametrize("name", PAGES)
def test_customers_of_others_are_not_there(chika: Client, name: str) -> None:
    assert chika.get(address(name, "C1")).status_code == 200
    assert chika.get(address(name, "C2")).status_code == 404
    assert chika.get(address(name, "nobody")).status_code == 404


def test_names_of_customers_out_of_scope_stay_hidden(chika: Client) -> None:
    text = text_of(chika, address("page", "C1"))

    assert "長長長" not in text  # a child of hers that belongs to Aoi


def test_a_visitor_is_asked_to_sign_in(visitor: Client) -> None:
    for name in PAGES:
        assert visitor.get(address(name)).status_code == 302


def test_the_head_says_how_the_customer_stands(aoi: Client) -> None:
    text = text_of(aoi, address("page"))

    assert "青空商事" in text
    assert "Chika" in text
    assert "¥50,000" in text
    assert "in 9 days" in text
    assert "東京パートナー" in text
    assert re.search(r"\d+ of 17 elements · data of 22 Nov 2026", text)


def test_the_page_speaks_japanese(cast: Any, signed_in: Any) -> None:
    text = text_of(signed_in(cast.aoi, language="ja"), address("page"))

    assert "なぜ動いたか" in text
    assert "契約更新日" in text
    assert "Why did it move" not in text


def test_the_fall_of_use_is_named(aoi: Client) -> None:
    text = text_of(aoi, address("page") + "?from=28")

    assert re.search(r"Down \d+\.\d points, mostly by “[^”]+” and “[^”]+”\.", text)


def test_the_lines_of_the_table_add_up_as_written(aoi: Client) -> None:
    for since in ("previous", "28", "91", "2026-07-05"):
        panel = aoi.get(address("page"), {"from": since}).context["page"].panel
        elements = [
            row.effect for side in panel.dimensions for row in side.elements
            if row.effect is not None
        ]  # fmt: skip

        total = sum(elements) + panel.why.shifted_value

        assert round(total, 1) == round(panel.why.total, 1)


def test_a_missing_table_is_named_where_it_is_missed(aoi: Client) -> None:
    text = text_of(aoi, address("page"))

    assert "Connect Outcomes (outcomes)" in text
    assert "Not connected yet:" in text_of(aoi, address("timeline"))
    assert "No charges are connected" in text_of(aoi, address("contracts"))


@pytest.mark.parametrize(
    "since", ["1999-01-01", "2999-01-01", "nonsense", "0000-00-00"]
)
def test_dates_outside_the_history_are_taken_to_its_edges(
    aoi: Client, since: str
) -> None:
    answer = aoi.get(address("page"), {"from": since, "to": since})

    assert answer.status_code == 200


def test_a_customer_who_left_shows_the_last_known_health(aoi: Client) -> None:
    text = text_of(aoi, address("page", "C2"))

    assert "This customer has left." in text
    assert "price" in text


def test_a_customer_to_come_has_no_health_yet(aoi: Client) -> None:
    assert "has not started yet" in text_of(aoi, address("page", "C4"))


def test_an_element_leads_to_the_rows_that_count(aoi: Client) -> None:
    url = address("element", dimension="engagement", element="regularity")
    answer = aoi.get(url, {"from": "28"})

    page = answer.context["page"]
    (source,) = page.sources
    sizes = {group.key: group.count for group in source.groups}
    assert sizes == {"entered": 4, "left": 56, "stayed": 0}
    assert page.metric.value == "4 days"
    assert page.metric.before == "28 days"
    assert [group.more for group in source.groups] == [0, 6, 0]
    assert "Number of days with product events" in answer.content.decode()


def test_unknown_elements_and_metrics_are_not_there(aoi: Client) -> None:
    for url in (
        address("element", dimension="engagement", element="nothing"),
        address("element", dimension="nothing", element="regularity"),
        address("metric", metric="nothing"),
        address("rows", metric="nothing"),
    ):
        assert aoi.get(url).status_code == 404


def test_metrics_that_are_off_say_what_to_connect(aoi: Client) -> None:
    assert "Connect Requests (requests)" in text_of(
        aoi, address("metric", metric="requests_180")
    )


def test_every_metric_that_is_on_has_a_page(aoi: Client) -> None:
    page = aoi.get(address("metrics")).context["page"]
    keys = [row.key for group in page.groups for row in group.rows]

    assert len(keys) > 15
    for key in keys:
        assert aoi.get(address("metric", metric=key)).status_code == 200, key


def test_the_export_has_every_row(aoi: Client) -> None:
    url = address("rows", metric="days_active_28")
    answer = aoi.get(url, {"from": "28"})

    sent = answer.getvalue().decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(sent))
    assert len(rows) == 60
    assert {row[head.index("counted_before")] for row in rows} == {"True", "False"}


def test_who_may_only_read_exports_nothing(ben: Client) -> None:
    assert ben.get(address("rows", metric="days_active_28")).status_code == 403


def test_contacts_stand_by_layer_with_their_last_day(aoi: Client) -> None:
    found = aoi.get(address("contacts")).context["page"].contacts

    assert [layer.key for layer in found.layers] == ["decision_maker", "user"]
    decider, user = (layer.contacts[0] for layer in found.layers)
    assert decider.left == "20 Oct 2026"
    assert user.left == ""
    assert user.last_active == "22 Nov 2026"
    assert "0 people, 1 more left" in aoi.get(address("contacts")).content.decode()


def test_the_timeline_pages_through_everything_once(aoi: Client) -> None:
    seen: list[str] = []
    cursor = ""
    for _page in range(10):
        asked = {"kind": "interactions", "at": cursor}
        stream = aoi.get(address("timeline"), asked).context["page"].stream
        seen += [item.said.text for item in stream.items]
        cursor = stream.next
        if not cursor:
            break

    # all of them have the same moment, which is where a cursor goes wrong
    assert sorted(seen) == [f"Note number {number:03d}." for number in range(95)]


@pytest.mark.parametrize("cursor", ["x", "20260101-", "20261122T000000000000--5"])
def test_a_broken_cursor_begins_at_the_top(aoi: Client, cursor: str) -> None:
    answer = aoi.get(address("timeline"), {"at": cursor, "kind": "<b>"})

    assert answer.status_code == 200
    assert answer.context["page"].stream.items


def test_the_queries_are_few_whatever_the_page(
    aoi: Client, django_assert_max_num_queries: Any
) -> None:
    for name in PAGES:
        # two of them ask what people allow: of the contacts, and of who is quoted; two
        # note who read
        with django_assert_max_num_queries(24):
            aoi.get(address(name))


def test_without_a_release_the_page_says_so(
    aoi: Client, project: Project, settings: Any
) -> None:
    settings.BANSO_PROJECT_FOLDER = None

    assert "There are no results yet" in text_of(aoi, address("page"))


def test_brief_holds_what_a_successor_needs(aoi: Client) -> None:
    text = text_of(aoi, address("brief"))

    for expected in ("青空商事", "Chika", "田中", "名刺", "¥50,000", "Note number"):
        assert expected in text
    assert "鈴木" not in text.partition("What happened lately")[0]  # has left


def test_brief_speaks_japanese(cast: Any, signed_in: Any) -> None:
    text = text_of(signed_in(cast.aoi, language="ja"), address("brief"))

    assert "引き継ぎ資料" in text
    assert "Hand-over" not in text
