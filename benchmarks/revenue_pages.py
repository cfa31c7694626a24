"""How long the server takes for the pages of revenue, of 100,000 customers.

    .venv/bin/python benchmarks/revenue_pages.py [--customers 100000] [--rounds 20]

Makes a project in a temporary folder with two contract lines for each customer over
three years. Movements, retention and cohorts are those of a run; metrics, forecast and
renewals to come are made up, because fitting them takes longer than the pages that are
timed here. Prints for each address the first request of a process, then p50 and p95 of
the others, and their CPU time, for somebody who sees all customers and for a CSM.
"""

import argparse
import datetime as dt
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

if TYPE_CHECKING:
    from banso.runs.derived import Kitchen
    from banso.runs.project import Project
    from banso.warehouse.manifest import Part

FIRST_DAY = dt.date(2023, 12, 1)
AS_OF = dt.date(2026, 11, 30)
NOW = dt.datetime(2026, 12, 1, 0, 5, tzinfo=dt.UTC)
OWNERS = 400
RELEASE = "benchmark"
PAGES = (
    ("pricing, as it opens", "/simulators/pricing/"),
    ("pricing, a slider moved", "/simulators/pricing/?kind=hybrid&level=1.15"),
    ("pricing, by another metric",
     "/simulators/pricing/?kind=usage&usage=active_contacts_28"),
    ("pricing, by outcome", "/simulators/pricing/?kind=outcome&variable_cost=3"),
    ("renewals, as it opens", "/renewals/"),
    ("renewals, one month", "/renewals/?month=2027-03-01"),
    ("renewals, one owner", "/renewals/?owner=csm7@aozora.example"),
    ("revenue by month", "/revenue/"),
    ("revenue by plan and quarter", "/revenue/?grain=quarter&grouping=plan"),
    ("retention", "/revenue/retention/"),
    ("contract lines", "/revenue/lines/?by=month&period=2026-11-01&kind=closing"),
    ("cohorts", "/cohorts/"),
    ("customers of a cohort",
     "/cohorts/customers?by=quarter&start=2024-04-01&age=12"),
)  # fmt: skip


def facts(customers: int) -> Mapping[str, str]:
    """Return the SQL of each table of facts."""
    name = "'C' || lpad(cast(c as varchar), 7, '0')"
    return {
        "customers": f"""
            select {name} as customer_id, '顧客 ' || c as name,
                   ['high', 'low', 'tech'][1 + c % 3] as touch,
                   ['1-49', '50-199', '200-999', null][1 + c // 3 % 4] as size,
                   'csm' || c % {OWNERS} || '@aozora.example' as owner
            from range({customers}) t(c)""",
        "subscriptions": f"""
            with spans as (
                select c, l, cast(hash(c * 4 + l) >> 1 as bigint) as h,
                       date '{FIRST_DAY}' + cast(hash(c) % 900 as int) as base
                from range({customers}) a(c), range(2) b(l)
            )
            select 's' || c || '-' || l as subscription_id, {name} as customer_id,
                   base + cast(h % 40 as int) as started_on,
                   case when h % 5 = 0
                        then base + 60 + cast(h // 5 % 500 as int) end as ended_on,
                   cast(10000 + h // 64 % 90 * 1000 as decimal(18, 4)) as mrr,
                   'JPY' as currency, 12 as term_months, 1 + h // 9 % 40 as seats,
                   ['base', 'mail'][1 + l] as product,
                   ['light', 'standard', 'large'][1 + h // 7 % 3] as plan
            from spans""",
        "charges": f"""
            select 'o' || c || '-' || m as charge_id, {name} as customer_id,
                   cast(date '2025-12-15' + to_months(cast(m as int)) as date)
                       as charged_on,
                   cast(100 as decimal(18, 4)) as amount, 'JPY' as currency,
                   'outcome' as kind, cast(hash(c + m) % 9 as double) as quantity
            from range({customers}) a(c), range(12) b(m) where c % 4 = 0""",
        "events": f"""
            select 'e1' as event_id, {name} as customer_id, 'login' as name,
                   'p' as contact_id, timestamp '2026-11-01 03:00:00' as occurred_at
            from range(1) t(c)""",
        "costs": f"""
            select cast(date '2025-12-01' + to_months(cast(m as int)) as date) as month,
                   'serving' as kind, '' as customer_id, '' as touch,
                   cast({customers} * 900 as decimal(18, 4)) as amount,
                   'JPY' as currency
            from range(12) t(m)""",
    }


def made_up(customers: int) -> Mapping[str, str]:
    """Return the SQL of the result tables that a run would have fitted."""
    name = "'C' || lpad(cast(c as varchar), 7, '0')"
    chances = ", ".join(
        f"cast(p * {part} as float) as {target}_{days}{end}"
        for target in ("churn", "expansion", "contraction")
        for days in (30, 90, 180, 365)
        for end, part in (("", 1), ("_low", 0.6), ("_high", 1.5))
    )
    return {
        "customer_now": f"""
            select {name} as customer_id, '顧客 ' || c as name, 'active' as status,
                   'csm' || c % {OWNERS} || '@aozora.example' as owner,
                   ['high', 'low', 'tech'][1 + c % 3] as touch,
                   case when c % 3 = 0 then 'base, mail' else 'base' end as products,
                   'standard' as plan, cast(1 + hash(c) % 40 as bigint) as seats,
                   cast(10000 + hash(c) % 90 * 1000 as decimal(18, 4)) as mrr,
                   'JPY' as currency
            from range({customers}) t(c)""",
        "metric_grid": f"""
            select {name} as customer_id,
                   cast(date '{AS_OF}' - to_days(cast(28 * d as int)) as date) as as_of,
                   cast(hash(c * 12 + d) % 300 as double) as events_28,
                   cast(hash(c * 12 + d) % 28 as double) as days_active_28,
                   cast(hash(c * 12 + d) % 9 as double) as active_contacts_28
            from range({customers}) a(c), range(12) b(d)""",
        "forecast_grid": f"""
            select {name} as customer_id, date '{AS_OF}' as as_of, 50000.0 as mrr,
                   'JPY' as currency, 'model' as basis, cast(null as varchar) as reason,
                   {chances}
            from (select c, hash(c) % 300 / 1000 as p from range({customers}) t(c))""",
        "starting_point": """
            select date '2026-11-01' as month, 'JPY' as currency,
                   90000 as customers, 5e9 as mrr, 80000 as customers_before,
                   4e9 as mrr_before, 20000 as won, 1e9 as won_mrr, 0.1 as churn,
                   0.1 as customer_churn, 0.02 as expansion, 1.08e9 as serving_cost,
                   cast(null as double) as acquisition_cost,
                   cast(null as varchar) as reason, 0 as place""",
        "renewals_foretold": f"""
            with due as (
                select c, k, hash(c * 4 + k) as h,
                       cast(date '2024-12-01' + to_days(cast(hash(c) % 365 as int))
                       + to_years(cast(k as int)) as date) as due_on
                from range({customers}) a(c), range(3) b(k))
            select date_trunc('month', due_on)::date - 1 as said_on,
                   due_on <= date '{AS_OF}' as is_past, {name} as customer_id,
                   's' || c || '-0' as subscription_id,
                   due_on - 365 as started_on, 'base' as product, 'standard' as plan,
                   'JPY' as currency, due_on, 30 as days,
                   cast(10000 + h % 90 * 1000 as decimal(18, 4)) as mrr,
                   h % 50 = 0 as noticed, h % 300 / 1000 as p_leave,
                   h % 300 / 1600 as low, h % 300 / 700 as high, 'model' as basis,
                   case when due_on <= date '{AS_OF}' then h % 7 > 0 end as renewed,
                   case when due_on <= date '{AS_OF}'
                        then cast(10000 + h % 90 * 1000 as decimal(18, 4)) end
                       as mrr_after
            from due""",
    }  # fmt: skip


def fill(project: "Project", folder: Path, customers: int) -> None:
    """Load the facts, compute revenue, and publish one release."""
    from banso.runs.derived import Kitchen  # noqa: PLC0415
    from banso.runs.publishing import apply_definitions  # noqa: PLC0415
    from banso.runs.results import VIEWS, lake_of, published_catalog  # noqa: PLC0415
    from banso.runs.revenue import RevenueRun  # noqa: PLC0415
    from banso.tables.registry import TABLES  # noqa: PLC0415
    from banso.warehouse.manifest import Release  # noqa: PLC0415
    from banso.warehouse.session import Session  # noqa: PLC0415

    lake = lake_of(project)
    with lake.writing(at=NOW) as draft:
        for table, sql in facts(customers).items():
            staged = folder / f"{table}.parquet"
            duckdb.sql(sql).write_parquet(str(staged))
            draft.upsert(TABLES[table], staged)
        draft.commit()
    apply_definitions(project, by="benchmark", why="start", at=NOW)
    manifest = lake.current()
    digest = manifest.definitions[-1].digest
    with Session(lake, manifest, views=VIEWS) as session:
        kitchen = Kitchen(session)
        catalog = published_catalog(lake, digest)
        earned, note = RevenueRun(kitchen, catalog, project.currency, AS_OF).parts()
        tables = {**earned, **cohorts(kitchen, earned["cohort_steps"][0])}
        for name, sql in made_up(customers).items():
            tables[name] = (written(kitchen, name, duckdb.sql(sql).to_arrow_table()),)
    dates = [AS_OF - dt.timedelta(28 * n) for n in range(12)]
    release = Release(
        release_id=RELEASE,
        as_of=AS_OF,
        made_at=NOW,
        definitions_digest=digest,
        facts_digest=manifest.facts_digest,
        seed=0,
        tables=tables,
        facts=manifest.facts,
        notes={
            "revenue": note,
            "dates": [day.isoformat() for day in sorted(dates)],
        },
    )
    with lake.writing(at=NOW) as draft:
        draft.put_release(release)
        draft.commit()


def cohorts(kitchen: "Kitchen", steps: "Part") -> dict[str, tuple["Part", ...]]:
    """Return the cohorts of all customers, counted as a run does."""
    from banso.analytics.cohorts.contract import (  # noqa: PLC0415
        contract_cohorts,
        segments_of,
    )

    people = kitchen.session.facts("customers")
    rows = contract_cohorts(
        kitchen.table([steps]), segments_of(people, ()), as_of=AS_OF
    )
    found = kitchen.session.to_arrow(rows.drop("grouping", "segment"))
    return {"cohorts": (written(kitchen, "cohorts", found),)}


def written(kitchen: "Kitchen", name: str, rows: pa.Table) -> "Part":
    """Return rows as a file of the lake."""
    from banso.runs.derived import Recipe  # noqa: PLC0415

    keys = [
        key for key in ("customer_id", "as_of", "due_on") if key in rows.schema.names
    ]
    order = tuple(keys or rows.schema.names[:2])
    recipe = Recipe(name=name, slice="benchmark", inputs=[], order_by=order)
    return kitchen.table_part(recipe, lambda: rows)


def publish(customers: int) -> None:
    """Write who sees which customer, as publishing does."""
    from customers_page import rows  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from banso.web.customers import row_writing  # noqa: PLC0415
    from banso.web.customers.models import PublishedRelease  # noqa: PLC0415

    with transaction.atomic(), row_writing.WRITING.writing_many():
        place = row_writing.ROW.index
        for batch in rows(customers):
            changed = []
            for row in batch:
                values = list(row)
                number = int(str(values[place("number")])) - 1
                values[place("customer_id")] = f"C{number:07d}"
                values[place("owner")] = f"csm{number % OWNERS}@aozora.example"
                changed.append(tuple(values))
            row_writing.WRITING.write(changed)
        row_writing.WRITING.learn_statistics()
        PublishedRelease.objects.create(
            pk=1, release_id=RELEASE, as_of=AS_OF, before=AS_OF, made_at=NOW,
            published_at=NOW, notes={}, dates=[], presentation=2, has_forecast=True,
            labels={}, choices={},
        )  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Somebody who asks for pages."""

    name: str
    email: str
    scope: str


READERS = (
    Reader("who sees all", "ops@aozora.example", "all"),
    Reader("who sees own customers", "csm7@aozora.example", "own"),
)


def measure(rounds: int) -> None:
    """Print the time of each page for each reader."""
    from customers_page import ms  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from banso.web.accounts import operations  # noqa: PLC0415
    from banso.webkit.permissions import Role  # noqa: PLC0415

    everything: dict[str, list[float]] = {}
    for reader in READERS:
        person = operations.Person(
            email=reader.email, name=reader.name, role=Role.CSM,
            scope=reader.scope, team="",
        )  # fmt: skip
        user = operations.create_user(
            person, password="a-quiet-forest-7", by=None, at=NOW
        )
        client = Client(headers={"host": "localhost", "accept-language": "ja"})
        client.force_login(user)
        print(
            f"{reader.name:34}{'first ms':>10}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}"
        )
        for title, address in PAGES:

            def seconds(address: str = address, client: Client = client) -> float:
                started = time.perf_counter()
                response = client.get(address)
                took = time.perf_counter() - started
                assert response.status_code == 200, (address, response.status_code)
                return took

            first, busy = seconds(), time.process_time()
            took = [seconds() for _ in range(rounds)]
            busy = (time.process_time() - busy) / rounds
            everything.setdefault(title, []).extend(took)
            print(
                f"  {title:32}{first * 1000:10.1f}{ms(took, 50):9.1f}"
                f"{ms(took, 95):9.1f}{busy * 1000:9.1f}",
                flush=True,
            )
    summary = {title: round(ms(took, 95), 1) for title, took in everything.items()}
    print(json.dumps({"p95 ms": summary}, ensure_ascii=False))


def main() -> None:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        from banso.runs.project import create_project  # noqa: PLC0415
        from banso.site.serving import migrate  # noqa: PLC0415

        project = create_project(
            Path(folder) / "company", name="青空クラウド", timezone="Asia/Tokyo",
            currency="JPY", language="ja",
        )  # fmt: skip
        os.environ["BANSO_PROJECT"] = str(project.folder)
        started = time.perf_counter()
        fill(project, Path(folder), wish.customers)
        migrate(project)
        publish(wish.customers)
        took = time.perf_counter() - started
        print(f"{wish.customers:,} customers, made in {took:.0f} s", flush=True)
        measure(wish.rounds)


if __name__ == "__main__":
    main()
