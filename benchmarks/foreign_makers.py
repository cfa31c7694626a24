"""Companies that Banso did not make up: what is in their files, and what is planted."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.int64]  # since 1970
AS_OF = dt.date(2025, 6, 30)
TODAY = (AS_OF - dt.date(1970, 1, 1)).days
NEVER = TODAY + 10_000
YES = np.array(["No", "Yes"])

USAGE = """\
schema_version: 1
metrics:
  - key: minutes_31
    label: {ja: 通話時間（31日間）, en: Minutes (31 days)}
    unit: count
    kind: sum
    table: events
    of: value
    where: name == 'minutes'
    window_days: 31
  - key: minutes_change_31
    label: {ja: 通話時間の増減, en: Change of minutes}
    unit: ratio
    kind: change
    of: minutes_31
"""


@dataclass(frozen=True)
class Company:
    """The files of a company, what its people wrote into the definitions, the truth."""

    tables: Mapping[str, pa.Table]
    profile: tuple[str, ...]  # columns of customers that were set at the start
    planted: Mapping[str, str]  # element: what was planted; "nil" means nothing
    metrics: str = ""  # a file of metrics of their own


@dataclass(frozen=True)
class People:
    """When customers of a company came and went."""

    starts: Days
    ends: Days  # NEVER when they stay

    @property
    def ids(self) -> list[str]:
        """The ID of each customer."""
        return [f"C{number:06}" for number in range(len(self.starts))]


def telco(random: np.random.Generator, customers: int) -> Company:
    """Return consumers with attributes, and usage of the last six months.

    Who left is known of the last twelve months alone. Three attributes and the minutes
    of the last months go with leaving; the others do not.
    """
    starts = TODAY - random.integers(30, 6 * 365, customers)
    contract = random.choice(3, customers, p=[0.55, 0.25, 0.2])
    traits = _traits(random, customers, 14)
    support = random.integers(0, 2, customers)
    payment = random.integers(0, 4, customers)
    base = np.exp(random.normal(5.5, 0.5, customers))
    odds = -8.1 - 1.1 * contract - 0.7 * support + 0.6 * (payment == 2)
    fading = random.random(customers) < 0.15
    ends = np.full(customers, NEVER)
    minutes = []
    for month in range(12, 0, -1):
        begins = TODAY - 30 * month
        here = (ends == NEVER) & (starts <= begins)
        level = base * np.where(fading & (month < 4), 0.45, 1.0)
        used = np.round(level * np.exp(random.normal(0, 0.2, customers)), 1)
        if month <= 6:
            days = np.full(here.sum(), begins)
            minutes.append((np.flatnonzero(here), days, used[here]))
        hazard = np.exp(odds + 0.9 * (fading & (month < 4)))
        wait = random.exponential(1 / hazard).astype(int) + 1
        leaves = here & (wait < 30)
        ends[leaves] = begins + wait[leaves]
    people = People(starts, ends)
    price = np.round(random.uniform(20, 110, customers), 2)
    blank = random.random(customers) < 0.01
    attributes = {
        "contract": np.array(["Month-to-month", "One year", "Two year"])[contract],
        "tech_support": YES[support],
        "payment_method": np.array(["card", "bank", "check", "mailed"])[payment],
        "region_code": np.array([f"R{n:02}" for n in range(30)])[
            random.integers(0, 30, customers)
        ],
        "total_charges": np.where(blank, " ", np.round(price * 12, 2).astype(str)),
        **traits,
    }
    return Company(
        tables={
            "customers": _customers(people, attributes),
            "subscriptions": _lines(people, price),
            "events": _events(people, minutes),
        },
        profile=("contract", "tech_support", "payment_method", "region_code", *traits),
        planted={
            "contract": "two years stay",
            "tech_support": "who has it stays",
            "payment_method": "check leaves",
            "minutes_change_31": "who uses less leaves",
            **dict.fromkeys(("region_code", *traits), "nil"),
        },
        metrics=USAGE,
    )


def snapshot(random: np.random.Generator, customers: int) -> Company:
    """Return consumers as of one month: attributes, its usage, and who left in it."""
    starts = TODAY - random.integers(31, 6 * 365, customers)
    contract = random.choice(3, customers, p=[0.55, 0.25, 0.2])
    traits = _traits(random, customers, 8)
    minutes = np.round(np.exp(random.normal(5.5, 0.6, customers)), 1)
    odds = -2.6 - 1.0 * contract - 0.5 * np.log(minutes / np.exp(5.5))
    left = random.random(customers) < 1 / (1 + np.exp(-odds))
    ends = np.where(left, TODAY - random.integers(0, 29, customers), NEVER)
    people = People(starts, ends)
    first = np.full(customers, TODAY - 30)
    attributes = {
        "contract": np.array(["Month-to-month", "One year", "Two year"])[contract],
        **traits,
    }
    price = np.round(random.uniform(20, 110, customers), 2)
    return Company(
        tables={
            "customers": _customers(people, attributes),
            "subscriptions": _lines(people, price),
            "events": _events(people, [(np.arange(customers), first, minutes)]),
        },
        profile=("contract", *traits),
        planted={
            "contract": "two years stay",
            "minutes_31": "who uses more stays",
            **dict.fromkeys(traits, "nil"),
        },
        metrics=USAGE,
    )


def noise(random: np.random.Generator, customers: int) -> Company:
    """Return customers who leave by luck alone."""
    starts = TODAY - random.integers(0, 3 * 365, customers)
    ends = starts + random.exponential(1000, customers).astype(int) + 1
    people = People(starts, np.where(ends < TODAY, ends, NEVER))
    traits = _traits(random, customers, 15)
    grouped = {
        f"group_{n:02}": np.array(list("abcdef"))[random.integers(0, 2 + n, customers)]
        for n in range(5)
    }
    numbers = {f"number_{n:02}": random.normal(size=customers) for n in range(5)}
    rate = np.exp(random.normal(-2.5, 0.7, customers))
    price = np.round(random.uniform(20, 110, customers), 2)
    metrics = "schema_version: 1\nmetrics:\n" + "".join(
        f"  - key: {name}\n    label: {{ja: {name}, en: {name}}}\n"
        f"    unit: number\n    kind: attribute\n    column: {name}\n"
        for name in numbers
    )
    return Company(
        tables={
            "customers": _customers(people, {**traits, **grouped, **numbers}),
            "subscriptions": _lines(people, price),
            "events": _uses(random, people, lambda _day: rate),
        },
        profile=(*traits, *grouped, *numbers),
        planted={"*": "nil"},
        metrics=metrics,
    )


def b2b(random: np.random.Generator, customers: int) -> Company:
    """Return companies with terms, tickets, NPS and usage, and drivers of their own.

    Who uses less, has bugs open or is on the small plan leaves more often; the size
    goes with the plan and has no effect of its own; the region has none at all. Who
    has an annual term leaves at its end alone.
    """
    starts = TODAY - random.integers(60, 4 * 365, customers)
    size = random.integers(0, 3, customers)
    plan = np.clip(size + random.choice([-1, 0, 1], customers), 0, 2)
    annual = random.random(customers) < 0.6
    habit = random.normal(0, 0.8, customers)
    buggy = random.random(customers) < 0.25
    odds = -4.4 - 0.8 * habit + 0.9 * buggy - 0.5 * (plan - 1)
    ends = np.full(customers, NEVER)
    monthly = 1 / (1 + np.exp(-odds))
    for month in range(1, 49):
        due = starts + 30 * month
        yearly = (month % 12 == 0) * (1 - (1 - monthly) ** 12)
        chance = np.where(annual, yearly, monthly)
        leaves = (ends == NEVER) & (random.random(customers) < chance) & (due < TODAY)
        ends[leaves] = due[leaves]
    people = People(starts, ends)
    rate = np.exp(-1.5 + 0.8 * habit)
    attributes = {
        "size": np.array(["small", "middle", "large"])[size],
        "region": np.array(["north", "south", "west"])[
            random.integers(0, 3, customers)
        ],
    }
    lines = _lines(people, np.array([100.0, 400.0, 1500.0])[plan])
    lines = lines.append_column("plan", pa.array(np.array(["S", "M", "L"])[plan]))
    lines = lines.append_column("term_months", pa.array(np.where(annual, 12, 1)))
    return Company(
        tables={
            "customers": _customers(people, attributes),
            "subscriptions": lines,
            "events": _uses(random, people, lambda _day: rate),
            "tickets": _tickets(random, people, np.where(buggy, 0.02, 0.004)),
            "responses": _nps(random, people, 8.0 + habit - 1.5 * buggy),
        },
        profile=("size", "region"),
        planted={
            "days_active_28": "who uses more stays",
            "tickets_90": "who has many leaves",
            "nps_last": "goes with use and bugs",
            "plan": "large stays",
            "size": "none beside the plan",
            "region": "nil",
        },
    )


MAKERS: Mapping[str, tuple[Callable[[np.random.Generator, int], Company], int]] = {
    "telco": (telco, 70_000),
    "snapshot": (snapshot, 20_000),
    "noise": (noise, 5_000),
    "b2b": (b2b, 1_500),
}


def _traits(
    random: np.random.Generator, customers: int, count: int
) -> dict[str, NDArray[np.str_]]:
    """Return flags that go with nothing."""
    return {
        f"trait_{n:02}": YES[(random.random(customers) < (n + 1) / (count + 1)) * 1]
        for n in range(count)
    }


def _customers(
    people: People, attributes: Mapping[str, NDArray[np.generic]]
) -> pa.Table:
    return pa.table(
        {
            "customer_id": people.ids,
            "name": people.ids,
            "created_on": _dates(people.starts),
            **{key: pa.array(values) for key, values in attributes.items()},
        }
    )


def _lines(people: People, price: Floats) -> pa.Table:
    ended = people.ends < NEVER
    return pa.table(
        {
            "subscription_id": people.ids,
            "customer_id": people.ids,
            "started_on": _dates(people.starts),
            "ended_on": pa.array(_dates(people.ends), mask=~ended),
            "mrr": price,
        }
    )


def _events(
    people: People, parts: list[tuple[NDArray[np.intp], Days, Floats]]
) -> pa.Table:
    who, days, values = (np.concatenate(each) for each in zip(*parts, strict=True))
    return pa.table(
        {
            "occurred_at": _dates(days),
            "customer_id": np.array(people.ids)[who],
            "name": np.full(len(who), "minutes"),
            "value": values,
        }
    )


def _uses(
    random: np.random.Generator, people: People, rate_on: Callable[[int], Floats]
) -> pa.Table:
    """Return days of use, by the chance of each day."""
    who, days = [], []
    for day in range(int(people.starts.min()), TODAY + 1):
        here = (people.starts <= day) & (people.ends > day)
        used = np.flatnonzero(here & (random.random(len(here)) < rate_on(day)))
        who.append(used)
        days.append(np.full(len(used), day))
    return pa.table(
        {
            "occurred_at": _dates(np.concatenate(days)),
            "customer_id": np.array(people.ids)[np.concatenate(who)],
            "name": np.full(sum(map(len, who)), "used"),
        }
    )


def _tickets(random: np.random.Generator, people: People, rate: Floats) -> pa.Table:
    who, days = _spread(random, people, rate)
    closed = np.minimum(days + random.integers(1, 30, len(who)), TODAY)
    return pa.table(
        {
            "ticket_id": [f"T{number}" for number in range(len(who))],
            "customer_id": np.array(people.ids)[who],
            "opened_at": _dates(days),
            "closed_at": _dates(closed),
            "kind": np.where(random.random(len(who)) < 0.5, "bug", "question"),
        }
    )


def _nps(random: np.random.Generator, people: People, mean: Floats) -> pa.Table:
    who, days = _spread(random, people, np.full(len(mean), 1 / 120))
    scores = np.clip(np.round(mean[who] + random.normal(0, 1.5, len(who))), 0, 10)
    return pa.table(
        {
            "response_id": [f"N{number}" for number in range(len(who))],
            "customer_id": np.array(people.ids)[who],
            "occurred_at": _dates(days),
            "survey": np.full(len(who), "nps"),
            "score": scores,
        }
    )


def _spread(
    random: np.random.Generator, people: People, rate: Floats
) -> tuple[NDArray[np.intp], Days]:
    """Return days spread over each customer's time, so many a day."""
    length = np.minimum(people.ends, TODAY) - people.starts
    who = np.repeat(np.arange(len(length)), random.poisson(rate * length))
    return who, people.starts[who] + (random.random(len(who)) * length[who]).astype(int)


def _dates(days: Days) -> NDArray[np.datetime64]:
    return np.asarray(days).astype("datetime64[D]")
