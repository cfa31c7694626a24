"""The page of one table: columns, how full they are, the newest rows and who sees."""

import pytest

from banso.tables.registry import TABLES


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_a_page(cast, aoi, company, table):
    assert aoi.get(f"/data/{table}/").status_code == 200


@pytest.mark.parametrize("table", ["accounts", "quarantine.", "customers'--"])
def test_a_table_that_does_not_exist_is_not_found(cast, aoi, company, table):
    assert aoi.get(f"/data/{table}/").status_code == 404


def test_columns_show_meaning_and_how_full_they_are(cast, aoi, company):
    page = aoi.get("/data/customers/").content.decode()

    assert "CSM in charge (e-mail)" in page
    assert "担当CSM（メール）" in page
    assert "75%" in page  # touch is empty for one of four
    assert "not in your data" in page  # industry
    assert "Your own column (attribute)" in page


def test_keepers_see_the_newest_rows_as_they_are(cast, aoi, company):
    page = aoi.get("/data/contacts/").content.decode()

    assert "hanako@example.com" in page
    assert "佐藤 花子" in page


def test_a_value_that_looks_like_markup_stays_text(cast, aoi, company):
    page = aoi.get("/data/customers/").content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_rows_of_all_customers_are_not_for_a_narrower_scope(cast, chika, ben, company):
    for client in (chika, ben):
        page = client.get("/data/contacts/").content.decode()

        assert "hanako" not in page
        assert "Rows of all customers are shown to administrators" in page


def test_who_sees_all_customers_sees_rows_without_persons(cast, signed_in, company):
    cast.chika.scope = "all"
    cast.chika.save()

    page = signed_in(cast.chika).get("/data/contacts/").content.decode()

    assert "P1" in page
    assert "hanako" not in page
    assert "佐藤" not in page
    assert "Personal columns are not shown: name, email." in page


def test_own_text_columns_are_masked_because_nobody_knows_them(
    cast, signed_in, company
):
    cast.chika.scope = "all"
    cast.chika.save()

    page = signed_in(cast.chika).get("/data/customers/").content.decode()

    assert "みどり商事" in page
    assert "silver" not in page


def test_a_table_that_is_not_connected_says_how_to_connect_it(cast, signed_in, company):
    page = signed_in(cast.aoi, language="ja").get("/data/tickets/").content.decode()

    assert "ticket_id, customer_id, opened_at の列を持つ tickets.csv" in page
    assert "ヘルススコア" in page or "サポート" in page
