"""Rows that do not fit: quarantine says file, line, column, value and reason."""

import pytest

CUSTOMERS = "customer_id,name\nc1,青空商事\nc2,海風工業\n"
SUBSCRIPTIONS = "subscription_id,started_on,customer_id,mrr,ended_on\n"


def fault(desk):
    (only,) = desk.faults()
    return only


def test_rows_with_too_many_or_too_few_fields(desk, summary_of):
    desk.put(
        customers__csv='customer_id,name\nc1,Acme, Inc.\nc2,"Blue\nSea"\nc3\nc4,D\n'
    )

    summary = desk.load()

    assert [row["customer_id"] for row in desk.rows("customers")] == ["c2", "c4"]
    many, few = desk.faults()
    assert (many["source"], many["line"], many["value"], many["reason"]) == (
        ("customers.csv", 2, "c1,Acme, Inc.", "too_many_fields")
    )
    assert many["detail"] == (
        "The row has 3 fields where the header has 2:"
        " a delimiter inside a text needs quotes."
    )
    assert (few["line"], few["value"], few["reason"]) == (5, "c3", "too_few_fields")
    assert summary_of(summary, "customers").quarantined == 2


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("31.01.2024", "%d.%m.%Y"),
        ("Jan 31 2024", "%b %d %Y"),
        ("令和6年1月31日", "wareki"),
        ("20240131", "%Y%m%d"),
        ("45322", "excel"),
    ],
)
def test_a_date_in_a_wrong_form_says_how_to_map_it(desk, value, form):
    text = f"customer_id,name,created_on\nc1,Acme,{value}\n"
    desk.put(customers__csv=text)

    desk.load()

    found = fault(desk)
    assert (found["line"], found["column"], found["value"], found["reason"]) == (
        (2, "created_on", value, "unparsable_date")
    )
    assert found["detail"] == (
        f"created_on is '{value}'; expected a date such as 2024-01-31. For this form,"
        f" write formats: {{created_on: '{form}'}} into a mapping file."
    )
    assert desk.rows("customers") == []

    desk.put(
        mapping__yaml="schema_version: 1\nfiles:\n  - file: customers.csv\n"
        f"    table: customers\n    formats: {{created_on: '{form}'}}\n"
    )
    desk.load()

    assert [str(row["created_on"]) for row in desk.rows("customers")] == ["2024-01-31"]
    assert desk.faults() == []


@pytest.mark.parametrize(
    "value", ["2024-02-30", "2024-13-01", "infinity", "0000-01-01", "2024-01-31x", "-"]
)
def test_a_date_that_does_not_exist_is_none(desk, value):
    desk.put(customers__csv=f"customer_id,name,created_on\nc1,Acme,{value}\n")

    desk.load()

    assert fault(desk)["reason"] == "unparsable_date"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-01-31", "2024-01-31"),
        ("2024/1/31", "2024-01-31"),
        ("２０２４－０１－３１", "2024-01-31"),
        ("2024-01-31 23:30", "2024-01-31"),
        ("2024-01-31T23:30:00Z", "2024-02-01"),  # already the next day in Tokyo
        ("\u30002024-01-31 ", "2024-01-31"),
    ],
)
def test_dates_that_are_understood(desk, value, day):
    desk.put(customers__csv=f"customer_id,name,created_on\nc1,Acme,{value}\n")

    desk.load()

    assert [str(row["created_on"]) for row in desk.rows("customers")] == [day]


@pytest.mark.parametrize(
    ("value", "utc"),
    [
        ("2024-01-31T09:30:00", "2024-01-31 00:30:00"),  # naive: Tokyo
        ("2024/1/31 9:30", "2024-01-31 00:30:00"),
        ("2024-01-31T09:30:00Z", "2024-01-31 09:30:00"),
        ("2024-01-31T09:30:00.5-0500", "2024-01-31 14:30:00.500000"),
        ("2024-01-31", "2024-01-30 15:00:00"),
    ],
)
def test_times_are_stored_in_utc(desk, value, utc):
    desk.put(
        customers__csv=CUSTOMERS,
        events__csv=f"event_id,occurred_at,customer_id,name\ne1,{value},c1,login\n",
    )

    desk.load()

    assert [str(row["occurred_at"]) for row in desk.rows("events")] == [utc]


@pytest.mark.parametrize("value", ["¥1,200", "1,200", "1,200円"])
def test_money_with_separators_says_how_to_map_it(desk, value):
    desk.put(
        customers__csv=CUSTOMERS,
        subscriptions__csv=SUBSCRIPTIONS + f's1,2024-01-01,c1,"{value}",\n',
    )

    desk.load()

    assert fault(desk)["detail"] == (
        f"mrr is '{value}'; expected a plain amount such as 1200.50. For this form,"
        " write formats: {mrr: '1,234.56'} into a mapping file."
    )

    desk.put(
        mapping__yaml="schema_version: 1\nfiles:\n  - file: subscriptions.csv\n"
        "    table: subscriptions\n    formats: {mrr: '1,234.56'}\n"
    )
    desk.load()

    assert [row["mrr"] for row in desk.rows("subscriptions")] == [1200]
    assert desk.faults() == []


@pytest.mark.parametrize(
    ("line", "column", "reason", "detail"),
    [
        (
            "s1,2024-01-01,c1,100,2023-12-31",
            "ended_on",
            "negative_period",
            "ended_on (2023-12-31) is before started_on (2024-01-01).",
        ),
        (
            "s1,2024-01-01,c1,-5,",
            "mrr",
            "negative_mrr",
            (
                "mrr is -5; recurring revenue is never below zero."
                " A refund is a row of charges."
            ),
        ),
        (
            "s1,2024-01-01,,100,",
            "customer_id",
            "missing_value",
            "customer_id is empty; every row of subscriptions needs it.",
        ),
        (
            "s1,2024-01-01,c1,NaN,",
            "mrr",
            "missing_value",
            "mrr is empty; every row of subscriptions needs it.",
        ),
        (
            "s1,2024-01-01,c1,inf,",
            "mrr",
            "unparsable_number",
            "mrr is 'inf'; expected a plain amount such as 1200.50.",
        ),
        (
            "s1,2024-01-01,c9,100,",
            "customer_id",
            "unknown_customer",
            (
                "Customer 'c9' is not known yet. The row waits, and is taken in when a"
                " load brings the customer."
            ),
        ),
    ],
)
def test_a_row_that_cannot_be_is_kept_apart(desk, line, column, reason, detail):
    desk.put(
        customers__csv=CUSTOMERS,
        subscriptions__csv=f"{SUBSCRIPTIONS}s0,2024-01-01,c2,1,\n{line}\n",
    )

    desk.load()

    found = fault(desk)
    assert (found["table"], found["source"], found["line"]) == (
        ("subscriptions", "subscriptions.csv", 3)
    )
    assert (found["column"], found["reason"]) == (column, reason)
    assert found["detail"] == detail
    assert [row["subscription_id"] for row in desk.rows("subscriptions")] == ["s0"]


def test_a_wrong_choice_says_which_there_are(desk):
    desk.put(customers__csv="customer_id,name,touch\nc1,A,ハイ\nc2,B,HIGH\n")

    desk.load()

    assert fault(desk)["detail"] == (
        "touch is 'ハイ'; expected one of high, low, tech. To translate, write"
        " values: {touch: {'ハイ': high}} into a mapping file."
    )
    assert [row["touch"] for row in desk.rows("customers")] == ["high"]


def test_flags_and_json_that_are_none(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        deals__csv="deal_id,opened_on,won\nd1,2024-01-01,maybe\nd2,2024-01-01,YES\n",
        events__jsonl='{"event_id": "e1", "occurred_at": "2024-01-01",'
        ' "customer_id": "c1", "name": "x", "properties": "{oops"}\n'
        "not json\n"
        '{"event_id": "e2", "occurred_at": "2024-01-01", "customer_id": "c1",'
        ' "name": "x", "properties": {"plan": "pro", "n": 1.5}, "value": NaN}\n',
    )

    desk.load()

    assert [(f["table"], f["line"], f["reason"]) for f in desk.faults()] == [
        ("deals", 2, "unparsable_flag"),
        ("events", 1, "unparsable_json"),
        ("events", 2, "unparsable_json"),
    ]
    assert [row["won"] for row in desk.rows("deals")] == [True]
    assert [(row["properties"], row["value"]) for row in desk.rows("events")] == [
        ('{"plan":"pro","n":1.5}', None)
    ]


def test_a_row_with_several_faults_tells_them_all(desk, summary_of):
    desk.put(
        customers__csv=CUSTOMERS,
        subscriptions__csv=SUBSCRIPTIONS + "s1,01.02.2024,,lots,2024-01-01\n",
    )

    summary = desk.load()

    assert [(f["column"], f["reason"]) for f in desk.faults()] == [
        ("customer_id", "missing_value"),
        ("mrr", "unparsable_number"),
        ("started_on", "unparsable_date"),
    ]
    assert summary_of(summary, "subscriptions").quarantined == 1


def test_the_first_of_two_rows_with_one_key_stays(desk, summary_of):
    desk.put(customers__csv="customer_id,name\nc1,First\nc1,Second\nc1,First\n")

    summary = desk.load()

    assert fault(desk)["line"] == 3
    assert fault(desk)["detail"] == (
        "The key customer_id = c1 is on line 2 of customers.csv too, with other"
        " content. That row stays."
    )
    assert [row["name"] for row in desk.rows("customers")] == ["First"]
    counts = summary_of(summary, "customers")
    assert (counts.new, counts.quarantined, counts.repeated) == (1, 1, 1)


def test_strange_names_are_kept_whole(desk):
    names = ["長" * 10_000, "🍣🍺 寿司", "<script>alert('x')</script>", 'a "b", c\nd']
    rows = "".join(
        'c{},"{}"\n'.format(i, name.replace('"', '""')) for i, name in enumerate(names)
    )
    desk.put(customers__csv="customer_id,name\n" + rows)

    desk.load()

    assert [row["name"] for row in desk.rows("customers")] == names
    assert desk.faults() == []


def test_a_text_beyond_all_measure_is_kept_apart(desk):
    desk.put(customers__csv=f"customer_id,name\nc1,{'x' * 100_001}\nc2,B\n")

    desk.load()

    assert fault(desk)["detail"] == (
        "name has 100001 characters; at most 100000 are taken."
    )
    assert len(fault(desk)["raw"]) > 100_000


def test_the_same_bad_file_twice_does_not_double_the_quarantine(desk):
    desk.put(customers__csv="customer_id,name,touch\nc1,A,hi\nc2,B,high,x\nc3,C\n")
    first = desk.load()
    before = desk.faults()

    second = desk.load()

    assert desk.faults() == before
    assert second.quarantine_rows == first.quarantine_rows == 3
    assert second.version == first.version


def test_a_corrected_row_leaves_the_quarantine(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        subscriptions__csv=SUBSCRIPTIONS
        + "s1,2024/1/1,c1,lots,\ns2,2024-01-01,c1,x,\n",
    )
    desk.load()

    desk.put(subscriptions__csv=SUBSCRIPTIONS + "s1,2024-01-01,c1,100,\n")
    desk.load()

    assert [f["value"] for f in desk.faults()] == ["x"]


def test_waiting_rows_are_taken_in_when_their_customer_comes(desk, summary_of):
    desk.put(
        customers__csv=CUSTOMERS,
        events__csv="occurred_at,customer_id,name,screen\n"
        "2024-01-31T09:30:00,c9,login,007\n2024-01-31,c8,login,1\n",
        subscriptions__csv=SUBSCRIPTIONS + "s1,2024-01-01,c9,100.5,\n",
    )
    summary = desk.load()
    assert [str(note) for note in summary.notes] == [
        "subscriptions: 1 rows wait for customers that no load has brought yet.",
        "events: 2 rows wait for customers that no load has brought yet.",
    ]
    assert {f["waiting_for"] for f in desk.faults()} == {"c8", "c9"}

    later = desk.folder / "later"
    later.mkdir()
    (later / "customers.csv").write_text("customer_id,name\nc9,Late\n")
    summary = desk.load(later)

    assert summary_of(summary, "subscriptions").taken_in == 1
    counts = summary_of(summary, "events")
    assert (counts.rows_read, counts.taken_in, counts.new) == (0, 1, 1)
    assert [f["waiting_for"] for f in desk.faults()] == ["c8"]
    (event,) = desk.rows("events")
    assert str(event["occurred_at"]) == "2024-01-31 00:30:00"
    assert event["screen"] == "007"
    assert desk.rows("subscriptions")[0]["mrr"] == 100.5
    (later / "events.csv").write_bytes((desk.folder / "events.csv").read_bytes())
    again = desk.load(later)
    assert summary_of(again, "events").unchanged == 1


def test_a_partner_that_no_load_brought_is_remarked_and_the_row_is_loaded(desk):
    customers = "customer_id,name,partner_id\nc1,A,p1\nc2,B,p9\nc3,C,\n"
    desk.put(customers__csv=customers)
    assert desk.load().notes == ()  # partners are not connected

    desk.put(
        customers__csv=customers.replace("A", "Aoi"),
        partners__csv="partner_id,name\np1,Agency\n",
    )
    (note,) = desk.load().notes

    assert str(note) == (
        "customers: 1 rows name partners that no load has brought yet. They are loaded."
    )
    assert [row["partner_id"] for row in desk.rows("customers")] == ["p1", "p9", None]
    assert desk.faults() == []
