"""Rows come in by key: new ones, corrected ones, and those that are there already."""

import datetime as dt
import hashlib
from decimal import Decimal

import duckdb
import pytest

from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.warehouse.columns import content_hash
from banso.warehouse.lake import Lake
from banso.warehouse.session import Session
from banso.warehouse.staged import StagedRefused
from banso.warehouse.upsert import Upserted

EVENTS = """
    SELECT 'e' || i AS event_id, 'c' || i % 3 AS customer_id, 'login' AS "name",
        TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_days(i) AS occurred_at
    FROM range(90) AS t(i)
"""


def test_first_load_splits_by_month_and_sorts_by_customer(lake, load, rows):
    many = EVENTS.replace("to_days(i)", "to_days(i % 90)").replace("90)", "135000)")

    counts = load("events", many.replace("i % 135000", "i % 90"))

    table = lake.current().facts["events"]
    assert counts == Upserted(new=135_000, changed=0, unchanged=0)
    assert [part.slice for part in table.parts] == ["2026-01", "2026-02", "2026-03"]
    assert [part.rows for part in table.parts] == [46_500, 42_000, 46_500]
    assert table.parts[1].first_day == dt.date(2026, 2, 1)
    assert table.parts[1].last_day == dt.date(2026, 2, 28)
    assert table.rows == len(rows("events", "event_id")) == 135_000
    stored = duckdb.connect().execute(
        f"SELECT customer_id FROM '{lake.folder / table.parts[0].path}'"
    )
    customers = [customer for (customer,) in stored.fetchall()]
    assert customers == sorted(customers)


def test_months_begin_when_a_table_is_larger_than_a_row_group(lake, load, rows):
    load("events", EVENTS)
    (small,) = lake.current().facts["events"].parts
    more = EVENTS.replace("to_days(i)", "to_days((i % 40)::INT)")

    load("events", more.replace("range(90)", "range(50, 122881)"), day=2)

    assert (small.slice, small.rows) == ("all", 90)
    table = lake.current().facts["events"]
    assert [part.slice for part in table.parts] == ["2026-01", "2026-02", "all"]
    assert table.rows == len(rows("events", "event_id")) == 122_881
    assert load("events", EVENTS, day=3).changed == 40  # back to where they were


def test_same_file_twice_changes_nothing(lake, load):
    load("events", EVENTS)
    before = lake.current()

    counts = load("events", EVENTS, day=2)

    assert counts == Upserted(new=0, changed=0, unchanged=90)
    assert lake.current() == before


def test_corrected_row_replaces_the_old_one(lake, load, rows):
    load("customers", "SELECT 'a' AS customer_id, '山田' AS name UNION SELECT 'b', 'B'")

    counts = load("customers", "SELECT 'a' AS customer_id, '山田商店' AS name", day=2)

    assert counts == Upserted(new=0, changed=1, unchanged=0)
    assert rows("customers", "customer_id", "name") == [("a", "山田商店"), ("b", "B")]


def test_corrected_row_may_move_to_another_month(lake, load, rows):
    load("events", EVENTS)
    moved = EVENTS.replace("2026-01-01", "2027-01-01").replace("range(90)", "range(2)")

    counts = load("events", moved, day=2)

    assert counts.changed == 2
    assert lake.current().facts["events"].rows == 90
    found = dict(rows("events", "event_id", "occurred_at"))
    assert found["e1"] == dt.datetime.fromisoformat("2027-01-02")
    assert found["e2"] == dt.datetime.fromisoformat("2026-01-03")


def test_row_corrected_many_times_counts_once(lake, load, rows):
    for day in range(1, 6):
        load("customers", f"SELECT 'a' AS customer_id, 'n{day}' AS name", day=day)

    assert rows("customers", "customer_id", "name") == [("a", "n5")]


def test_part_without_any_row_left_is_dropped(lake, load):
    load("customers", "SELECT 'a' AS customer_id, 'old' AS name")
    load("customers", "SELECT 'a' AS customer_id, 'new' AS name", day=2)

    assert len(lake.current().facts["customers"].parts) == 1


def test_several_upserts_of_one_draft_see_each_other(lake, stage, at):
    spec = TABLES["customers"]
    with lake.writing(at=at(1)) as draft:
        draft.upsert(spec, stage("SELECT 'a' AS customer_id, 'A' AS name"))
        counts = draft.upsert(spec, stage("SELECT 'a' AS customer_id, 'A' AS name"))
        draft.commit()

    assert counts == Upserted(new=0, changed=0, unchanged=1)
    assert lake.current().version == 1


def test_draft_that_is_not_committed_leaves_nothing(lake, stage, at):
    with lake.writing(at=at(1)) as draft:
        draft.upsert(TABLES["events"], stage(EVENTS))

    assert lake.current().version == 0
    assert list(lake.folder.rglob("*.parquet")) == []


def test_file_without_rows_changes_nothing(lake, load):
    counts = load("events", EVENTS + " LIMIT 0")

    assert counts == Upserted(0, 0, 0)
    assert lake.current().version == 0


def test_attributes_appear_later(lake, load, rows):
    load("customers", "SELECT 'a' AS customer_id, 'A' AS name")
    load("customers", "SELECT 'b' AS customer_id, 'B' AS name, 7 AS \"地域\"", day=2)

    assert lake.current().facts["customers"].columns["地域"] is Kind.INTEGER
    assert rows("customers", "customer_id", "地域") == [("a", None), ("b", 7)]


def test_attribute_that_a_row_never_had_does_not_change_it(lake, load):
    load("customers", "SELECT 'a' AS customer_id, 'A' AS name")

    counts = load(
        "customers",
        "SELECT 'a' AS customer_id, 'A' AS name, CAST(NULL AS BIGINT) AS floor",
        day=2,
    )

    assert counts.unchanged == 1


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["CAST(1 AS INTEGER)", "2.5"], Kind.NUMBER, [1.0, 2.5]),
        (["CAST(1 AS INTEGER)", "'x'"], Kind.TEXT, ["1", "x"]),
        (["CAST(3.0 AS DOUBLE)", "'x'"], Kind.TEXT, ["3", "x"]),
        (["CAST(1 AS INTEGER)", "2.5", "'x'"], Kind.TEXT, ["1", "2.5", "x"]),
        (["true", "'x'"], Kind.TEXT, ["true", "x"]),
        (["DATE '2026-01-02'", "'x'"], Kind.TEXT, ["2026-01-02", "x"]),
        (
            ["DATE '2026-01-02'", "TIMESTAMP '2026-01-03 04:00:00'"],
            Kind.TIME,
            [
                dt.datetime.fromisoformat("2026-01-02"),
                dt.datetime.fromisoformat("2026-01-03T04:00"),
            ],
        ),
        (["'x'", "CAST(NULL AS INTEGER)"], Kind.TEXT, ["x", None]),
    ],
)
def test_kinds_of_attributes_widen(lake, load, rows, values, kind, expected):
    for number, value in enumerate(values, start=1):
        load(
            "customers",
            f"SELECT 'c{number}' AS customer_id, 'n' AS name, {value} AS extra",
            day=number,
        )

    assert lake.current().facts["customers"].columns["extra"] is kind
    assert [value for _, value in rows("customers", "customer_id", "extra")] == expected


def test_widened_rows_are_recognized_when_they_come_again(lake, load):
    load("customers", "SELECT 'a' AS customer_id, 'A' AS name, 5 AS extra")
    load("customers", "SELECT 'b' AS customer_id, 'B' AS name, 'x' AS extra", day=2)

    counts = load("customers", "SELECT 'a' AS customer_id, 'A' AS name, 5 AS extra")

    assert counts.unchanged == 1


def test_name_of_an_attribute_is_the_same_in_any_case(lake, load, rows):
    load("customers", "SELECT 'a' AS customer_id, 'A' AS name, 1 AS \"Region\"")
    load("customers", "SELECT 'b' AS \"CUSTOMER_ID\", 'B' AS name, 2 AS region", day=2)

    assert rows("customers", "customer_id", "Region") == [("a", 1), ("b", 2)]


def test_contract_columns_have_their_kind_whatever_the_file_says(lake, load, rows):
    load(
        "subscriptions",
        "SELECT 's' AS subscription_id, DATE '2026-01-01' AS started_on,"
        " 'c' AS customer_id, 100 AS mrr, CAST(3 AS TINYINT) AS seats",
    )

    assert rows("subscriptions", "mrr", "seats") == [(Decimal(100), 3)]


def test_contract_column_without_any_value_may_have_any_type(lake, load, rows):
    load(
        "customers",
        "SELECT 'a' AS customer_id, 'A' AS name, NULL::VARCHAR AS created_on",
    )

    assert rows("customers", "created_on") == [(None,)]


def test_key_part_that_may_be_empty_may_be_missing(lake, load):
    cost = "SELECT DATE '2026-01-01' AS month, 'staff' AS kind, 100 AS amount"
    load("costs", cost)

    counts = load("costs", f"{cost}, CAST(NULL AS VARCHAR) AS customer_id", day=2)

    assert counts == Upserted(new=0, changed=0, unchanged=1)


def test_rows_without_a_date_lie_in_a_slice_of_their_own(lake, load, rows):
    load(
        "customers",
        "SELECT 'a' AS customer_id, 'A' AS name, CAST(NULL AS DATE) AS created_on"
        " UNION ALL SELECT 'b', 'B', DATE '0044-03-15'"
        " UNION ALL SELECT 'c', 'C', DATE '2026-03-15'",
    )

    parts = lake.current().facts["customers"].parts
    assert [(p.slice, p.rows) for p in parts] == [("all", 1), ("undated", 2)]
    assert parts[1].first_day is None
    assert len(rows("customers", "customer_id")) == 3


def test_nan_is_no_value(lake, load, rows):
    load(
        "responses",
        "SELECT 'r' AS response_id, 'c' AS customer_id, TIMESTAMP '2026-01-01' AS"
        " occurred_at, 'nps' AS survey, CAST('NaN' AS DOUBLE) AS score",
    )

    assert rows("responses", "score") == [(None,)]


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT 'A' AS name", "customer_id"),
        ("SELECT 'a' AS customer_id, 1 AS __key_hash", "__key_hash"),
        ("SELECT 'a' AS customer_id, 1 AS file_row_number", "file_row_number"),
        ("SELECT 'a' AS customer_id, 'soon' AS created_on", "created_on"),
        ("SELECT 'a' AS customer_id, TIMESTAMP '2026-01-01' AS created_on", "date"),
    ],
)
def test_file_that_does_not_fit_is_refused_by_column(lake, load, sql, word):
    with pytest.raises(StagedRefused, match=word):
        load("customers", sql)

    assert lake.current().version == 0


def test_names_and_values_with_quotes_and_markup_stay_as_they_are(lake, load, rows):
    name = "<script>alert('x')</script>😀" + "長" * 10_000
    quoted = name.replace("'", "''")
    load(
        "customers",
        f"SELECT 'a''b' AS customer_id, '{quoted}' AS name, 1 AS \"o\"\"k; DROP 'x'\"",
    )

    assert rows("customers", "customer_id", "name", "o\"k; DROP 'x'") == [
        ("a'b", name, 1)
    ]


def test_content_hash_is_what_its_description_says():
    """MD5 over ``name=length:text``, low 64 bits: stable over versions of DuckDB."""
    columns = (("b", Kind.TEXT), ("a", Kind.NUMBER), ("t", Kind.TIME))

    (found,) = (
        duckdb.connect()
        .execute(
            f"SELECT {content_hash(columns)} FROM (SELECT 'é' AS b, 5.0::DOUBLE AS a,"
            " TIMESTAMP '1970-01-01 00:00:01' AS t)"
        )
        .fetchall()[0]
    )

    text = "a=1:5\x1fb=2:é\x1ft=7:1000000"
    assert found == int.from_bytes(hashlib.md5(text.encode()).digest()[8:], "little")


def test_two_values_do_not_run_together():
    columns = (("a", Kind.TEXT), ("b", Kind.TEXT))
    hashes = duckdb.connect().execute(
        f"SELECT DISTINCT {content_hash(columns)} FROM (VALUES ('x', 'y'),"
        " (concat('x', chr(31), 'b=1:y'), NULL), ('xy', ''), (NULL, 'xy')) AS t(a, b)"
    )

    assert len(hashes.fetchall()) == 4


def test_equal_facts_have_equal_digests_however_they_came(tmp_path, load):
    at_once, in_pieces = Lake(tmp_path / "once"), Lake(tmp_path / "pieces")
    load("events", EVENTS, into=at_once)
    load("events", EVENTS.replace("'login'", "'wrong'"), into=in_pieces)
    load("events", EVENTS.replace("range(90)", "range(40, 90)"), day=4, into=in_pieces)
    load("events", EVENTS + " ORDER BY hash(i)", day=9, into=in_pieces)

    digests = {lake.current().facts_digest for lake in (at_once, in_pieces)}
    assert len(digests) == 1
    with Session(at_once) as session:
        assert session.manifest.facts_digest in digests


def test_other_facts_have_another_digest(lake, load):
    load("events", EVENTS)
    before = lake.current().facts_digest
    load("events", EVENTS.replace("'login'", "'view'"), day=2)

    assert lake.current().facts_digest != before
