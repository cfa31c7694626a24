"""The success funnel, worked out by hand: eight customers, three as-of dates."""

import datetime as dt
from typing import Any

import ibis
import pyarrow as pa
import pytest

from banso.analytics.success.funnel import Cohort, funnel_row, success_row
from banso.analytics.success.states import onboarding, staff_at_work, success_states
from banso.definitions.success import Adopted, Onboarded, SuccessRules
from banso.kernel.zones import day_number

ALL = Cohort.of(dt.date(2026, 1, 1), "all")
RULES = SuccessRules(
    onboarded=Onboarded(where="steps >= 3", within_days=60),
    adopted=Adopted(where="days_active >= 10"),
)
JAN, FEB, MAR = dt.date(2026, 1, 31), dt.date(2026, 2, 28), dt.date(2026, 3, 31)
STARTS = {  # everybody's due day is 60 days later
    "quick": dt.date(2026, 1, 1),  # due on 2 March
    "slow": dt.date(2026, 1, 1),
    "idle": dt.date(2026, 1, 10),
    "gone": dt.date(2026, 1, 10),
    "fled": dt.date(2026, 1, 10),
    "new": dt.date(2026, 3, 2),
    "blank": dt.date(2026, 1, 1),
    "unseen": dt.date(2026, 1, 1),
}
ROWS = [  # customer, as of, steps, days active
    ("quick", JAN, 1, 2),
    ("quick", FEB, 3, 10),  # in time, and adopts
    ("quick", MAR, 4, 9),  # adopts no longer
    ("slow", JAN, 1, 20),
    ("slow", FEB, 2, 20),
    ("slow", MAR, 3, 20),  # the third step after the due day
    ("idle", JAN, 3, 0),
    ("idle", FEB, 3, 0),
    ("idle", MAR, 3, 10),
    ("gone", JAN, 3, 10),  # left in February
    ("fled", JAN, 0, 1),  # left in February, never onboarded
    ("new", MAR, 0, 0),
    ("blank", JAN, None, 20),
    ("blank", FEB, None, 20),
    ("blank", MAR, None, 20),
    ("unseen", JAN, 3, 20),
    ("unseen", FEB, 3, None),
    ("unseen", MAR, 3, 20),
]


def fetched(expression: ibis.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        ibis.duckdb.connect().to_pyarrow(expression).to_pylist()
    )
    return found


@pytest.fixture(scope="module")
def states() -> dict[tuple[str, dt.date], dict[str, Any]]:
    names = ("customer_id", "as_of", "steps", "days_active")
    rows = ibis.memtable(
        pa.Table.from_pylist(
            [dict(zip(names, row, strict=True)) for row in ROWS],
            pa.schema(
                [
                    ("customer_id", pa.string()),
                    ("as_of", pa.date32()),
                    ("steps", pa.float64()),
                    ("days_active", pa.float64()),
                ]
            ),
        )
    )
    starts = ibis.memtable(
        pa.table(
            {
                "customer_id": list(STARTS),
                "day": pa.array(map(day_number, STARTS.values()), pa.int32()),
            }
        )
    )
    onboarded = onboarding(rows, starts, RULES)
    found = fetched(success_states(rows, onboarded, RULES, (JAN, FEB, MAR)))
    return {(row["customer_id"], row["as_of"]): row for row in found}


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        ("quick", ("early", "successful", "not_adopting")),
        ("slow", ("early", "early", "not_onboarded")),
        ("idle", ("not_adopting", "not_adopting", "successful")),
        ("gone", ("successful", "left", "left")),
        ("fled", ("early", "not_onboarded", "not_onboarded")),
        ("blank", ("early", "early", "unknown")),
        ("unseen", ("successful", "unknown", "successful")),
    ],
)
def test_state_on_each_date(
    states: dict[tuple[str, dt.date], dict[str, Any]],
    customer: str,
    said: tuple[str, ...],
) -> None:
    found = tuple(states[customer, date]["state"] for date in (JAN, FEB, MAR))

    assert found == said


def test_nobody_is_there_before_the_first_day(
    states: dict[tuple[str, dt.date], dict[str, Any]],
) -> None:
    assert ("new", FEB) not in states
    assert states["new", MAR]["state"] == "early"


def test_onboarding_is_dated_and_not_known_before(
    states: dict[tuple[str, dt.date], dict[str, Any]],
) -> None:
    assert states["quick", JAN]["onboarded_on"] is None
    assert states["quick", MAR]["onboarded_on"] == FEB
    assert states["slow", MAR]["onboarded_on"] is None
    assert states["new", MAR]["cohort"] == dt.date(2026, 3, 1)


def test_customers_times_rates_are_the_successful() -> None:
    """Ten of whom the data tell: eight onboarded, one left, three do not adopt."""
    counts = {
        "unknown": 2,
        "early": 5,
        "not_onboarded": 2,
        "left": 1,
        "not_adopting": 3,
        "successful": 4,
    }

    row = funnel_row(MAR, ALL, counts)

    assert (row.customers, row.onboarded, row.successful) == (10, 8, 4)
    assert (row.early, row.unknown) == (5, 2)
    assert row.onboarding_rate == 0.8
    assert row.adoption_rate == 0.5
    # Wilson (1927) for 8 of 10 and 4 of 8, as in any table of it
    assert row.onboarding_low == pytest.approx(0.4902, abs=1e-4)
    assert row.onboarding_high == pytest.approx(0.9433, abs=1e-4)
    assert row.adoption_low == pytest.approx(0.2152, abs=1e-4)
    assert row.adoption_high == pytest.approx(0.7848, abs=1e-4)


def test_rates_of_nobody_are_undefined() -> None:
    nobody = funnel_row(MAR, ALL, {"early": 3})
    none_onboarded = funnel_row(MAR, ALL, {"not_onboarded": 3})

    assert (nobody.customers, nobody.onboarding_rate) == (0, None)
    assert (none_onboarded.onboarding_rate, none_onboarded.adoption_rate) == (0.0, None)


def test_success_is_not_nought_before_the_history_of_use() -> None:
    before = funnel_row(MAR, ALL, {"unknown": 5, "left": 1, "not_onboarded": 1})
    since = funnel_row(MAR, ALL, {"left": 1, "not_onboarded": 1})

    assert (before.successful, before.adoption_rate) == (None, None)
    assert (since.successful, since.adoption_rate) == (0, 0.0)
    assert success_row(before, 3).successful_per_csm is None


@pytest.mark.parametrize(
    ("period", "start"),
    [("month", "2026-05-01"), ("quarter", "2026-04-01"), ("year", "2026-01-01")],
)
def test_months_are_put_together(period: Any, start: str) -> None:
    cohort = Cohort.of(dt.date(2026, 5, 1), period)

    assert cohort.start == dt.date.fromisoformat(start)


def test_success_per_csm_needs_somebody_at_work() -> None:
    row = funnel_row(MAR, ALL, {"successful": 12})

    assert success_row(row, 5).successful_per_csm == 2.4
    assert success_row(row, None).successful_per_csm is None
    assert success_row(row, 0).csms is None


def test_csms_at_work_are_those_in_touch_with_customers() -> None:
    touches = ibis.memtable(
        pa.table(
            {
                "staff": ["A@x.jp", "a@x.jp", "b@x.jp", "sales@x.jp", None, "c@x.jp"],
                "day": pa.array(
                    [
                        day_number(MAR),
                        day_number(MAR) - 5,
                        day_number(MAR) - 89,
                        day_number(MAR),
                        day_number(MAR),
                        day_number(MAR) - 90,  # one day too long ago
                    ],
                    pa.int32(),
                ),
            }
        )
    )
    staff = ibis.memtable(
        pa.table(
            {
                "email": ["a@x.jp", "b@x.jp", "c@x.jp", "sales@x.jp"],
                "role": ["csm", "csm", "csm", "sales"],
            }
        )
    )

    of_csms = fetched(staff_at_work(touches, staff, (JAN, MAR), days=90))
    of_all = fetched(staff_at_work(touches, None, (MAR,), days=90))

    counted = {row["as_of"]: row["csms"] for row in of_csms}
    assert counted == {MAR: 2, JAN: 2}
    assert [row["csms"] for row in of_all] == [4]
