"""Keyset paging over a table with ties."""

import datetime as dt

import pytest

from banso.web.accounts.models import User
from banso.webkit.paging import Cursor, Order, capped_count, page_of

AT = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


@pytest.fixture
def users(db):
    return User.objects.bulk_create(
        User(
            email=f"u{number:03}@example.com",
            name=f"Name {number % 4}",  # many ties
            role="csm",
            scope="own",
            created_at=AT,
        )
        for number in range(47)
    )


def walk(order, *, size=10):
    cursor, seen, last = "", [], None
    while True:
        page = page_of(User.objects.all(), order, cursor=cursor, size=size)
        seen.append([user.email for user in page.rows])
        last, cursor = page, page.next
        if not cursor:
            return seen, last


@pytest.mark.parametrize("descending", [False, True])
def test_walk_sees_each_row_once_in_order(users, descending):
    order = Order("name", descending=descending)

    pages, _last = walk(order)

    everything = [email for page in pages for email in page]
    expected = User.objects.order_by(*order.terms()).values_list("email", flat=True)
    assert everything == list(expected)
    assert [len(page) for page in pages] == [10, 10, 10, 10, 7]


@pytest.mark.parametrize("descending", [False, True])
def test_way_back_shows_the_same_pages(users, descending):
    order = Order("name", descending=descending)
    pages, page = walk(order)

    for before in reversed(pages[:-1]):
        page = page_of(User.objects.all(), order, cursor=page.previous, size=10)
        assert [user.email for user in page.rows] == before
    assert page.previous == ""


def test_page_works_on_dictionaries(users):
    rows = User.objects.values("pk", "name", "email")

    first = page_of(rows, Order("name"), size=5)
    second = page_of(rows, Order("name"), cursor=first.next, size=5)

    assert not {r["email"] for r in first.rows} & {r["email"] for r in second.rows}


@pytest.mark.parametrize(
    "cursor", ["", "x", "####", str(Cursor("a", "b")), str(Cursor(None, 1)), "bnVsbA"]
)
def test_forged_cursor_gives_a_page(users, cursor):
    page = page_of(User.objects.all(), Order("created_at"), cursor=cursor, size=10)

    assert len(page.rows) == 10


def test_empty_table_has_one_empty_page(db):
    page = page_of(User.objects.all(), Order("name"))

    assert (page.rows, page.previous, page.next) == ((), "", "")


def test_count_stops_at_a_thousand(users):
    assert capped_count(User.objects.all()) == (47, False)
    User.objects.bulk_create(
        User(
            email=f"v{n}@example.com", name="v", role="csm", scope="own", created_at=AT
        )
        for n in range(1000)
    )
    assert capped_count(User.objects.all()) == (1000, True)
