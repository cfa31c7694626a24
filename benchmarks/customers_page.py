"""How long the server takes for a page of customers, out of 100,000.

    .venv/bin/python benchmarks/customers_page.py [--customers 100000] [--rounds 20]

Makes a project in a temporary folder, fills `customer_now` with made-up companies (no
lake is needed), and prints for several filters, sorts and pages the time from request
to answer (p50, p95), the part of it that is CPU time (less than the rest only on a busy
machine), and the number of queries. BANSO_DATABASE_URL chooses another
database than SQLite.
"""

import argparse
import datetime as dt
import html
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

AS_OF = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, 5, tzinfo=dt.UTC)
HEAD = (
    "青空", "みどり", "東海", "北陸", "みなと", "大和", "さくら", "富士",
    "若葉", "明星", "港南", "中央", "信濃", "常盤", "白鳥",
)  # fmt: skip
TAIL = (
    "物流", "商事", "製作所", "システム", "食品", "建設", "運輸",
    "電機", "薬品", "印刷", "ホテル", "学園", "フーズ", "ソフト",
)  # fmt: skip
FORM = ("株式会社{}", "{}株式会社", "(株){}", "{}合同会社")
PLANS = (("Starter", 12_000), ("Business", 48_000), ("Enterprise", 260_000))
INDUSTRIES = ("製造", "物流", "小売", "医療", "教育", "IT", "建設", "金融")
SIZES = ("1-49", "50-199", "200-999", "1000+")
TOUCHES = ("tech", "tech", "tech", "low", "low", "high")
PAGES = (
    ("first page", ""),
    ("lowest health first", "sort=score"),
    ("highest MRR first", "sort=-mrr"),
    ("biggest fall first", "sort=change"),
    ("next renewal first", "sort=renews"),
    ("at risk, highest MRR first", "band=at_risk&sort=-mrr"),
    ("one owner", "owner=csm7@aozora.example&sort=score"),
    ("Enterprise, lowest MRR first", "plan=Enterprise&sort=mrr"),
    ("rare: plan, industry, size, touch",
     "plan=Enterprise&industry=金融&size=1000%2B&touch=high&sort=-mrr"),
    ("renewal within 30 days, at risk", "renews=30&band=at_risk"),
    ("churned, last active", "status=churned&sort=-active"),
    ("highest chance of leaving first", "sort=-chance"),
    ("highest MRR at risk first", "sort=-loss"),
    ("20 % or more, highest MRR at risk", "chance=20-100&sort=-loss"),
    ("below 5 %, one plan, lowest health", "chance=0-5&plan=Business&sort=score"),
    ("every status, by owner", "status=all&sort=owner"),
    ("search 物流 (many)", "q=物流"),
    ("search ﾎﾃﾙ (half width)", "q=ﾎﾃﾙ&sort=-mrr"),
    ("search 青空物流 12", "q=青空物流 12"),
    ("search without a result", "q=存在しない会社"),
)  # fmt: skip


def row_of(number: int, dice: random.Random) -> dict[str, object]:
    """Return what a release says of one made-up customer."""
    name = dice.choice(HEAD) + dice.choice(TAIL)
    plan, price = dice.choices(PLANS, (60, 33, 7))[0]
    status = dice.choices(("active", "churned", "upcoming"), (80, 19, 1))[0]
    active = status == "active"
    score = round(min(max(dice.gauss(62, 20), 0), 100), 6) if active else None
    if dice.random() < 0.08:
        score = None
    before = None if score is None else min(max(score + dice.gauss(1, 9), 0), 100)
    change = None if score is None or before is None else score - before
    band = "unknown"
    if score is not None:
        band = "healthy" if score >= 70 else "watch" if score >= 40 else "at_risk"
    mrr = Decimal(price * dice.randint(1, 5)) if active else None
    chance = round(min(dice.expovariate(16), 1), 6) if active else None
    known = mrr is not None and chance is not None
    return {
        "customer_id": f"C{number:06d}",
        "name": f"{dice.choice(FORM).format(name)} {number % 977}",
        "status": status,
        "owner": f"csm{dice.randrange(400)}@aozora.example",
        "touch": dice.choice(TOUCHES),
        "industry": dice.choice(INDUSTRIES),
        "size": dice.choice(SIZES),
        "plan": plan,
        "mrr": mrr,
        "currency": "JPY" if active else "",
        "renews_on": AS_OF + dt.timedelta(dice.randrange(365)) if active else None,
        "started_on": AS_OF - dt.timedelta(dice.randrange(30, 1000)),
        "model": "standard" if active else "",
        "score": score,
        "band": band,
        "coverage": 0.9 if score is not None else None,
        "no_score": "no_data" if active and score is None else "",
        "score_before": before,
        "change": change,
        "worst_element": "engagement.regularity" if (change or 0) < 0 else "",
        "worst_points": min(change or 0, 0) or None,
        "trend": json.dumps([round(dice.uniform(20, 95), 1) for _ in range(26)]),
        "attributes": "{}",
        "last_active_on": AS_OF - dt.timedelta(dice.randrange(60)),
        "p_churn": chance,
        "p_churn_low": chance and chance * 0.6,
        "p_churn_high": chance and min(chance * 1.6, 1),
        "p_churn_basis": "model" if active else "",
        "mrr_at_risk": float(mrr) * chance if known else None,
    }


def rows(count: int) -> Iterator[list[tuple[object, ...]]]:
    """Yield rows as `row_writing.WRITING` takes them, 20,000 at a time."""
    from banso.web.customers.release_rows import TEXTS  # noqa: PLC0415
    from banso.web.customers.row_writing import ROW  # noqa: PLC0415
    from banso.web.customers.search import searched_text  # noqa: PLC0415

    dice = random.Random(7)
    batch: list[tuple[object, ...]] = []
    for number in range(1, count + 1):
        row = {**dict.fromkeys(TEXTS, ""), **row_of(number, dice), "number": number}
        row["search"] = searched_text(str(row["name"]), str(row["customer_id"]))
        row["digest"] = str(number)
        row.update(sorts(row))
        batch.append(tuple(row.get(name) for name in ROW))
        if len(batch) == 20_000 or number == count:
            yield batch
            batch = []


def sorts(row: dict[str, object]) -> dict[str, object]:
    """Return the sort columns of a row, as `release_rows` makes them."""
    epoch = dt.date(1970, 1, 1)
    sources = {"score": 1e3, "change": 1e3, "mrr": 1e15, "renews": 4_000_000,
               "active": 4_000_000, "chance": 2.0, "loss": 1e15}  # fmt: skip
    columns = {"renews": "renews_on", "active": "last_active_on",
               "chance": "p_churn", "loss": "mrr_at_risk"}  # fmt: skip
    made: dict[str, object] = {}
    for name, last in sources.items():
        value = row[columns.get(name, name)]
        if isinstance(value, dt.date):
            value = (value - epoch).days
        number = value if isinstance(value, int | float | Decimal) else None
        made[f"sort_{name}_up"] = last if number is None else number
        made[f"sort_{name}_down"] = last if number is None else -number
    return made


def fill(count: int) -> None:
    """Write the rows, one release and its figures, as publishing does."""
    from django.db import transaction  # noqa: PLC0415

    from banso.web.customers import row_writing  # noqa: PLC0415
    from banso.web.customers.models import (  # noqa: PLC0415
        OwnerFigures,
        PublishedRelease,
    )

    made = list(rows(count))
    started = time.perf_counter()
    with transaction.atomic(), row_writing.WRITING.writing_many():
        for batch in made:
            row_writing.WRITING.write(batch)
        row_writing.WRITING.learn_statistics()
        OwnerFigures.objects.bulk_create(
            OwnerFigures(
                owner=f"csm{n}@aozora.example", name=f"担当 {n}",
                customers=count // 400,
                figures={"cells": [], "history": {}},
            )
            for n in range(400)
        )  # fmt: skip
        PublishedRelease.objects.create(
            pk=1, release_id="benchmark", as_of=AS_OF,
            before=AS_OF - dt.timedelta(29), made_at=NOW, published_at=NOW,
            notes={}, dates=[], presentation=2, has_forecast=True,
            labels={"standard/engagement.regularity":
                    {"ja": "利用の習慣", "en": "Regular use"}},
            choices={"plan": [p for p, _price in PLANS], "industry": INDUSTRIES,
                     "size": SIZES, "touch": ["tech", "low", "high"]},
        )  # fmt: skip
    print(f"wrote {count:,} customers in {time.perf_counter() - started:.1f} s")


def measure(rounds: int) -> None:
    """Print time and queries for each of `PAGES`, and for the page after it."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from banso.web.accounts import operations  # noqa: PLC0415
    from banso.webkit.permissions import Role, Scope  # noqa: PLC0415

    person = operations.Person(
        email="ops@aozora.example", name="Ops", role=Role.OPS, scope=Scope.ALL, team=""
    )
    user = operations.create_user(person, password="a-quiet-forest-7", by=None, at=NOW)
    client = Client(headers={"host": "localhost", "accept-language": "ja"})
    client.force_login(user)

    def seconds(url: str) -> float:
        started = time.perf_counter()
        response = client.get(url)
        took = time.perf_counter() - started
        assert response.status_code == 200, (url, response.status_code)
        return took

    everything: list[float] = []
    print(f"{'page':42}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'queries':>9}")
    for title, query in PAGES:
        url = f"/customers/?{query}&view=0"
        for name, address in ((title, url), ("  … the page after", after(client, url))):
            if not address:
                continue
            with CaptureQueriesContext(connection):
                seconds(address)
                queries = len(connection.queries_log)
            busy = time.process_time()
            took = [seconds(address) for _ in range(rounds)]
            busy = (time.process_time() - busy) / rounds
            everything += took
            print(
                f"{name:42}{ms(took, 50):8.1f}{ms(took, 95):8.1f}{busy * 1000:8.1f}"
                f"{queries:9}"
            )
    print(f"{'all of them':42}{ms(everything, 50):8.1f}{ms(everything, 95):8.1f}")


def after(client: object, url: str) -> str:
    """Return the address of the page after, or nothing."""
    page = client.get(url).content.decode()  # type: ignore[attr-defined]
    found = re.search(r'rel="next" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else ""


def ms(took: Sequence[float], percentile: int) -> float:
    """Return a percentile in milliseconds."""
    return statistics.quantiles(took, n=100, method="inclusive")[percentile - 1] * 1000


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
        migrate(project)
        fill(wish.customers)
        measure(wish.rounds)


if __name__ == "__main__":
    main()
