"""Which decision counts when, by hand and by any order of decisions."""

import datetime as dt

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.analytics.consents import latest_decisions, of_willing, unnamed
from banso.kernel.consent import DEFAULTS, Decision, Gate, Purpose, Standing, standing

CONTACT = Purpose.CONTACT


def moment(day: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, 6, day, hour, tzinfo=dt.UTC)


def said(day: int, *, granted: bool, contact: str = "a", purpose: Purpose = CONTACT):
    return Decision(contact, purpose, moment(day), granted)


def gate(*decisions: Decision, **defaults: bool) -> Gate:
    chosen = {Purpose(name): value for name, value in defaults.items()}
    return Gate({**DEFAULTS, **chosen}).with_decisions(decisions)


HISTORY = [said(3, granted=True), said(10, granted=False), said(20, granted=True)]


@pytest.mark.parametrize(
    ("at", "granted", "since"),
    [
        (moment(2), False, None),  # nothing was decided: the default
        (moment(3), True, moment(3)),  # from the very moment on
        (moment(9, 23), True, moment(3)),
        (moment(10), False, moment(10)),
        (moment(19), False, moment(10)),
        (moment(25), True, moment(20)),
    ],
)
def test_the_latest_decision_up_to_a_moment_counts(at, granted, since):
    for order in (HISTORY, HISTORY[::-1]):
        assert standing(order, at=at, default=False) == Standing(granted, since)


def test_of_two_decisions_at_one_moment_the_refusal_counts():
    both = [said(3, granted=True), said(3, granted=False)]

    assert not standing(both, at=moment(4), default=True).granted
    assert not standing(both[::-1], at=moment(4), default=True).granted
    assert not gate(*both).may("a", CONTACT)


def test_what_is_about_nobody_may_be_used():
    asked_first = gate(contact=False)

    assert asked_first.may(None, CONTACT)
    assert asked_first.may("", CONTACT)
    assert not asked_first.may("a", CONTACT)


decisions = st.lists(
    st.builds(
        Decision,
        contact_id=st.sampled_from(["a", "b"]),
        purpose=st.sampled_from([Purpose.CONTACT, Purpose.NEWS]),
        decided_at=st.integers(1, 6).map(moment),
        granted=st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=30)
@given(decisions, st.integers(0, 7), st.randoms())
def test_expression_and_gate_say_what_a_plain_reading_of_the_history_says(
    history, day, chance
):
    at = moment(max(day, 1))
    rows = [
        {
            "consent_id": str(number),
            "contact_id": each.contact_id,
            "purpose": each.purpose.value,
            "decided_at": each.decided_at.replace(tzinfo=None),
            "granted": each.granted,
        }
        for number, each in enumerate(history)
    ]
    chance.shuffle(rows)
    table = ibis.memtable(pa.Table.from_pylist(rows, SCHEMA))
    until = ibis.literal(at.replace(tzinfo=None), type="timestamp")

    found = latest_decisions(table, until=until).to_pyarrow().to_pylist()

    told = {(row["contact_id"], row["purpose"]): row["granted"] for row in found}
    known = gate(*(each for each in history if each.decided_at <= at))
    for contact in ("a", "b"):
        for purpose in (Purpose.CONTACT, Purpose.NEWS):
            mine = [
                each
                for each in history
                if (each.contact_id, each.purpose) == (contact, purpose)
            ]
            plain = standing(mine, at=at, default=DEFAULTS[purpose])
            assert known.standing(contact, purpose) == plain
            if plain.decided_at is None:
                assert (contact, purpose.value) not in told
            else:
                assert told[contact, purpose.value] is plain.granted


SCHEMA = pa.schema(
    [
        ("consent_id", pa.string()),
        ("contact_id", pa.string()),
        ("purpose", pa.string()),
        ("decided_at", pa.timestamp("us")),
        ("granted", pa.bool_()),
    ]
)
TICKETS = {
    "ticket_id": "string", "customer_id": "string", "contact_id": "string",
    "text": "string", "priority": "string", "phone": "string",
}  # fmt: skip


def tickets() -> ibis.Table:
    rows = [
        ("1", "c", "a", "help", "high", "090"),
        ("2", "c", "b", "thanks", "low", "080"),
        ("3", "c", None, "nobody's", "low", None),
    ]
    columns = dict(zip(TICKETS, map(list, zip(*rows, strict=True)), strict=True))
    return ibis.memtable(columns, schema=TICKETS)


def listed(rows: ibis.Table) -> list[dict]:
    return sorted(rows.to_pyarrow().to_pylist(), key=str)


@pytest.mark.parametrize("default", [True, False])
def test_rows_of_who_refuses_go_and_those_of_nobody_stay(default):
    asked = gate(
        said(3, granted=False), said(3, granted=True, contact="b"), contact=default
    )

    left = of_willing(tickets(), asked, CONTACT).to_pyarrow()["ticket_id"].to_pylist()

    assert sorted(left) == ["2", "3"]


@pytest.mark.parametrize("default", [True, False])
def test_row_stays_for_the_sums_and_says_nothing_of_who_refuses(default):
    asked = gate(
        said(3, granted=False), said(3, granted=True, contact="b"), contact=default
    )

    first, second, third = listed(unnamed(tickets(), "tickets", asked, CONTACT))

    assert first == {
        "ticket_id": "1", "customer_id": "c", "contact_id": None, "text": None,
        "priority": "high", "phone": None,
    }  # fmt: skip
    assert (second["contact_id"], second["text"], second["phone"]) == (
        *("b", "thanks", "080"),
    )
    assert third["text"] == "nobody's"


def test_who_refuses_is_not_among_the_contacts():
    people = {"contact_id": ["a", "b"], "name": ["Ann", "Bo"], "email": ["a@x", "b@x"]}
    asked = gate(said(3, granted=False))

    left = unnamed(ibis.memtable(people), "contacts", asked, CONTACT)

    assert listed(left) == [{"contact_id": "b", "name": "Bo", "email": "b@x"}]


def test_other_columns_that_name_a_contact_are_emptied_too():
    deals = {"deal_id": ["1"], "referred_by_contact_id": ["a"], "prospect": ["Acme"]}
    asked = gate(said(3, granted=False))

    left = unnamed(ibis.memtable(deals), "deals", asked, CONTACT)

    assert listed(left) == [
        {"deal_id": "1", "referred_by_contact_id": None, "prospect": "Acme"}
    ]
