"""Files become facts: once, as a whole, and so that nothing is lost."""

import datetime as dt
import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bad_input.conftest import AT, CUSTOMERS, Desk, new_desk, of_table

from banso.runs.loading import MappingDoesNotFit, load
from banso.tables.spec import Kind
from banso.warehouse.lake import Lake

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
KILLED = """
import datetime as dt, os, signal, sys
from pathlib import Path
from banso.runs.loading import load
from banso.runs.project import Project

def stop(what, done, total):
    if what == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)

load(Project.open(Path(sys.argv[1])), Path(sys.argv[2]), at=dt.datetime.now(dt.UTC),
     progress=stop)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


def kinds(desk: Desk, table: str) -> dict[str, Kind]:
    return dict(Lake(desk.project.lake_folder).current().facts[table].columns)


def test_the_same_folder_twice_changes_nothing(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        events__csv="occurred_at,customer_id,name\n2024-01-31,c1,login\n",
    )

    first = desk.load()
    second = desk.load()

    assert (first.version, second.version) == (1, 1)
    assert of_table(first, "events").new == 1
    assert of_table(second, "events").unchanged == 1
    assert not second.has_findings


def test_a_corrected_row_replaces_the_old_one(desk):
    desk.put(customers__csv=CUSTOMERS)
    desk.load()

    desk.put(customers__csv="customer_id,name\nc2,海風工業株式会社\n")
    summary = desk.load()

    assert of_table(summary, "customers").changed == 1
    assert [row["name"] for row in desk.rows("customers")] == [
        "青空商事",
        "海風工業株式会社",
    ]


def test_one_table_may_lie_in_several_files_of_several_kinds(desk):
    desk.put(customers__csv=CUSTOMERS)
    (desk.folder / "events-2024-01.csv.gz").write_bytes(
        gzip.compress(
            b"event_id,occurred_at,customer_id,name\ne1,2024-01-01T00:00Z,c1,a\n"
        )
    )
    (desk.folder / "events_2024-02.jsonl").write_text(
        json.dumps(
            {"event_id": 2, "occurred_at": "2024-02-01T00:00:00Z", "value": 1.5}
            | {"customer_id": "c1", "name": "b", "properties": {"n": [1, 2]}}
        )
        + "\n\n"
    )
    pq.write_table(
        pa.table(
            {
                "event_id": ["e3"],
                "occurred_at": [dt.datetime(2024, 3, 1, 9)],  # naive: Tokyo
                "customer_id": ["c2"],
                "name": ["c"],
                "value": pa.array([float("nan")]),
            }
        ),
        desk.folder / "events.2024.parquet",
    )

    summary = desk.load()

    assert of_table(summary, "events").rows_read == 3
    assert [
        (row["event_id"], str(row["occurred_at"]), row["value"], row["properties"])
        for row in desk.rows("events")
    ] == [
        ("2", "2024-02-01 00:00:00", 1.5, '{"n":[1,2]}'),
        ("e1", "2024-01-01 00:00:00", None, None),
        ("e3", "2024-03-01 00:00:00", None, None),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_three_delimiters_are_told_apart(desk, delimiter):
    text = 'customer_id,"name",industry\r\nc1,"A; B\t C",x\r\n'
    desk.put(customers__csv=text.replace(",", delimiter))

    desk.load()

    (row,) = desk.rows("customers")
    assert (row["name"], row["industry"]) == ("A; B\t C", "x")


def test_lines_are_counted_through_quoted_breaks_and_blank_lines(desk):
    desk.put(
        customers__csv='customer_id,name,touch\n\nc1,"a\nb\r\nc",high\r\n\n'
        'c2,x,bad\nc3\nc4,"y\n",bad\n"c5\n",z,bad,1\n\nc6,w,bad\n'
    )

    desk.load()

    assert [(f["line"], f["value"]) for f in desk.faults()] == [
        (7, "bad"),
        (8, "c3"),
        (9, "bad"),
        (11, '"c5\n",z,bad,1'),
        (14, "bad"),
    ]


def test_unknown_columns_are_kept_with_the_kind_of_all_their_values(desk):
    desk.put(
        customers__csv="Customer ID,Name,Seats Sold,score,zip,is_test,since,文字,no\n"
        "c1,A,12,1,0123,TRUE,2024-01-31,5,\n"
        "c2,B,-3,2.5,4567,no,2024/2/1,x,\n"
        "c3,C,,,,,,,\n"
    )

    desk.load()

    found = kinds(desk, "customers")
    assert {
        name: found[name] for name in found if name not in {"customer_id", "name"}
    } == {
        "is_test": Kind.FLAG,
        "score": Kind.NUMBER,
        "seats_sold": Kind.INTEGER,
        "since": Kind.DATE,
        "zip": Kind.TEXT,
        "文字": Kind.TEXT,
    }
    first = desk.rows("customers")[0]
    assert first["since"] == dt.date(2024, 1, 31)
    assert (first["seats_sold"], first["is_test"], first["zip"]) == (12, True, "0123")


def test_typed_columns_of_parquet_keep_their_kinds(desk):
    pq.write_table(
        pa.table(
            {
                "customer_id": pa.array([1, 2]),
                "name": ["A", "B"],
                "created_on": [dt.date(2024, 1, 31), None],
                "code": ["1", "2"],
                "weight": [1.0, None],
                "seen": pa.array(
                    [dt.datetime(2024, 1, 31, 1)] * 2, pa.timestamp("us", "UTC")
                ),
                "tags": [["a"], ["b", "c"]],
            }
        ),
        desk.folder / "customers.parquet",
    )

    desk.load()

    found = kinds(desk, "customers")
    assert {name: str(found[name]) for name in ("code", "weight", "seen", "tags")} == {
        "code": "text",
        "weight": "number",
        "seen": "time",
        "tags": "text",
    }
    assert desk.rows("customers")[1]["tags"] == '["b","c"]'
    assert desk.rows("customers")[0]["customer_id"] == "1"


def test_an_attribute_kept_as_text_stays_text(desk):
    desk.put(customers__csv="customer_id,name,version\nc1,A,1.10.2\n")
    desk.load()

    desk.put(customers__csv="customer_id,name,version\nc2,B,1.10\n")
    desk.load()

    assert [row["version"] for row in desk.rows("customers")] == ["1.10.2", "1.10"]


def test_money_has_the_currency_of_the_company_unless_it_says(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        subscriptions__csv="subscription_id,started_on,customer_id,mrr,currency\n"
        "s1,2024-01-01,c1,１２００．５,\ns2,2024-01-01,c1,9,usd\ns3,2024-01-01,c1,9,ドル\n",
    )

    desk.load()

    assert [(row["mrr"], row["currency"]) for row in desk.rows("subscriptions")] == [
        (Decimal("1200.5"), "JPY"),
        (Decimal(9), "USD"),
    ]
    assert [fault["reason"] for fault in desk.faults()] == ["wrong_choice"]


def test_a_key_part_may_be_empty_where_the_contract_says_so(desk):
    desk.put(
        costs__csv="month,kind,amount\n2024-01-01,staff,100\n2024-01-01,serving,50\n"
    )

    desk.load()

    assert sorted(row["customer_id"] for row in desk.rows("costs")) == ["", ""]


def test_derived_event_ids_are_equal_across_kinds_of_files(desk):
    desk.put(customers__csv=CUSTOMERS)
    desk.put(
        events__csv="occurred_at,customer_id,name,value\n2024-01-31T00:00:00Z,c1,a,2\n"
    )
    desk.load()
    (desk.folder / "events.csv").unlink()
    pq.write_table(
        pa.table(
            {
                "name": ["a"],
                "value": [2.0],
                "customer_id": ["c1"],
                "occurred_at": pa.array(
                    [dt.datetime(2024, 1, 31)], pa.timestamp("ms", "UTC")
                ),
            }
        ),
        desk.folder / "events.parquet",
    )

    summary = desk.load()

    assert of_table(summary, "events").unchanged == 1


def test_known_versions_of_a_row_can_be_asked_for_by_day(desk):
    text = (
        "customer_id,name,known_at\nc1,New,2024-03-01\nc1,Old,2024-01-01\n"
        "c1,Middle,2024-02-01\n"
    )
    desk.put(customers__csv=text)
    summary = desk.load()
    assert of_table(summary, "customers").rows_read == 3
    assert not summary.has_findings

    def name_on(day: dt.date) -> list[str]:
        with desk.session() as session:
            return session.to_arrow(session.facts_as_known("customers", day))[
                "name"
            ].to_pylist()

    assert [row["name"] for row in desk.rows("customers")] == ["New"]
    assert name_on(dt.date(2024, 1, 15)) == ["Old"]
    assert name_on(dt.date(2024, 2, 15)) == ["Middle"]

    again = desk.load()

    assert again.version == summary.version
    assert of_table(again, "customers").repeated == 2


def test_two_rows_known_at_the_same_moment_cannot_differ(desk):
    desk.put(
        customers__csv="customer_id,name,known_at\nc1,A,2024-03-01\nc1,B,2024-03-01\n"
    )

    desk.load()

    assert [fault["reason"] for fault in desk.faults()] == ["duplicate_key"]


def test_a_mapping_renames_translates_and_fills_in(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        keiyaku__csv="契約番号,取引先,開始,料金,周期,タッチ,秘密\n"
        "k1,c1,31.01.2024,1200,年,ハイ,x\nk2,c2,01.02.2024,100,月,?,y\n",
        mapping__yaml="""
schema_version: 1
files:
  - file: keiyaku*.csv
    table: subscriptions
    columns:
      {subscription_id: 契約番号, customer_id: 取引先, started_on: 開始, mrr: 料金}
    formats: {started_on: '%d.%m.%Y'}
    constants: {currency: USD, seats: 3}
    values: {タッチ: {ハイ: high}}
    monthly: {mrr: {interval: 周期, months: {年: 12}}}
    ignore: [秘密]
""",
    )

    desk.load()

    (row,) = desk.rows("subscriptions")
    assert (row["subscription_id"], row["mrr"], row["currency"], row["seats"]) == (
        ("k1", 100, "USD", 3)
    )
    assert (row["started_on"], row["タッチ"]) == (dt.date(2024, 1, 31), "high")
    assert "秘密" not in row
    assert [fault["value"] for fault in desk.faults()] == ["100 per 月"]


def test_a_mapping_for_columns_that_are_not_there_is_refused(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        mapping__yaml="schema_version: 1\nfiles:\n  - file: customers.csv\n"
        "    table: customers\n    columns: {name: naem}\n",
    )

    with pytest.raises(MappingDoesNotFit) as refusal:
        desk.load()

    assert refusal.value.message == (
        "customers.csv: the mapping names its column 'naem', which it does not have."
        " Did you mean 'name'?"
    )


def test_a_file_whose_columns_do_not_fit_gets_a_proposal_that_works(desk):
    desk.put(
        customers__csv="顧客コード,会社名,業種,担当\nc1,青空商事,小売,aoi@example.jp\n",
        toiawase__csv="問い合わせ番号,顧客ID,問い合わせ日時,件名\nt1,c1,2024-01-31,困った\n",
    )

    summary = desk.load()

    assert summary.tables == ()
    assert str(summary.notes[1]) == (
        "customers.csv was not loaded: customers needs customer_id, name, and the file"
        " has 顧客コード, 会社名, 業種, 担当."
    )
    desk.put(mapping__yaml=summary.proposed_mapping)
    again = desk.load()
    assert not again.has_findings
    assert desk.rows("customers")[0]["owner"] == "aoi@example.jp"
    assert desk.rows("tickets")[0]["text"] == "困った"


def test_progress_tells_what_is_read(desk):
    desk.put(customers__csv=CUSTOMERS)
    told = []

    load(
        desk.project,
        desk.folder,
        at=AT,
        progress=lambda what, done, total: told.append((what, done, total)),
    )

    size = len(CUSTOMERS.encode())
    assert told == [("customers.csv", size, size), ("quarantine", size, size)]


@pytest.mark.parametrize("moment", ["customers.csv", "events.csv", "quarantine"])
def test_a_killed_load_leaves_the_last_state_then_completes(desk, moment):
    desk.put(customers__csv="customer_id,name\nc0,Before\n")
    desk.load()
    desk.put(
        customers__csv=CUSTOMERS,
        events__csv="occurred_at,customer_id,name\n2024-01-31,c1,a\n2024-01-31,c9,a\n",
    )

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, desk.project.folder, desk.folder, moment],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False,
    )

    assert killed.returncode == -signal.SIGKILL
    assert [row["customer_id"] for row in desk.rows("customers")] == ["c0"]
    assert desk.rows("events") == []
    assert desk.faults() == []
    summary = desk.load()
    assert summary.version == 2
    assert len(desk.rows("customers")) == 3
    assert len(desk.rows("events")) == 1
    assert len(desk.faults()) == 1
    assert not list((desk.project.lake_folder / "staging").iterdir())


FIELDS = st.sampled_from(
    ["c1", "c2", "c9", "", "x", "2024-01-31", "31.1.24", "-1", "7", "high", "é\n🍣"]
)
ROWS = st.lists(st.lists(FIELDS, min_size=3, max_size=7), max_size=30)


@given(rows=ROWS, again=ROWS)
@settings(max_examples=25)
def test_every_row_is_good_repeated_or_in_quarantine(rows, again):
    with tempfile.TemporaryDirectory() as folder:
        desk = new_desk(Path(folder))
        for each in (rows, again):
            lines = [",".join(f'"{value}"' for value in row) for row in each]
            desk.put(
                customers__csv=CUSTOMERS,
                subscriptions__csv="subscription_id,started_on,customer_id,mrr,note\n"
                + "\n".join(["s0,2024-01-31,c1,7,", *lines, ""]),
            )

            counts = of_table(desk.load(), "subscriptions")

            filled = sum(any(value for value in row) for row in each)
            assert counts.rows_read == filled + 1
            assert counts.rows_read + counts.taken_in == (
                counts.new
                + counts.changed
                + counts.unchanged
                + counts.repeated
                + counts.quarantined
            )
            assert len({fault["raw"] for fault in desk.faults()}) >= counts.quarantined


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="the data sets of ../shared are absent")
@pytest.mark.parametrize(
    ("name", "rows", "faults"),
    [
        (
            "oulad_2013",
            {
                "customers": 13327,
                "contacts": 13327,
                "subscriptions": 13529,
                "events": 162944,
                "outcomes": 9806,
            },
            # 13 learners left on the day before their course began.
            {("subscriptions", "negative_period"): 13},
        ),
        (
            "online_retail_year1",
            {"customers": 4383, "charges": 14266, "events": 42802},
            {("charges", "unknown_customer"): 30},
        ),
        ("helpdesk_4tu", {"customers": 394, "tickets": 4580}, {}),
        ("sfo_surveys_2017", {"customers": 37, "responses": 5434}, {}),
    ],
)
def test_the_real_sets_load_as_they_are(desk: Desk, name, rows, faults):
    summary = desk.load(SHARED / name)

    found: dict[tuple[object, object], int] = {}
    for fault in desk.faults():
        key = (fault["table"], fault["reason"])
        found[key] = found.get(key, 0) + 1
    assert {each.table: each.rows_read for each in summary.tables} == rows
    assert found == faults
