"""How long the server takes for the page of today, out of 100,000 customers.

    .venv/bin/python benchmarks/today_page.py [--customers 100000] [--signals 50000]

Makes a project in a temporary folder, fills `customer_now` as customers_page.py does,
opens signals at made-up customers (some at rest, some snoozed, some in a play), and
prints for a CSM with 250 customers and for a lead who sees all of them the time from
request to answer (p50, p95), the part of it that is CPU time, and the number of
queries. BANSO_DATABASE_URL chooses another database than SQLite.
"""

import argparse
import datetime as dt
import os
import random
import tempfile
import time
from pathlib import Path

from customers_page import AS_OF, NOW, fill, ms

SIGNALS = 36
PLAYS = 12
TEXT = "直近28日間の操作数が前の28日間から−42%変化し、118回になりました。"
ENGLISH = "Actions changed by −42% against the 28 days before, to 118."
PAGES = (
    ("today", "/today/"),
    ("today, all that one sees", "/today/?whose=all"),
    ("today, second page", "/today/?at=15"),
    ("today, one owner", "/today/?whose=csm9@aozora.example"),
    ("today, one kind", "/today/?kind=churn"),
    ("plays", "/plays/"),
    ("load", "/plays/?tab=load"),
)


def open_signals(customers: int, count: int) -> None:
    """Open signals at customers, as publication would write them."""
    from django.db import transaction  # noqa: PLC0415

    from banso.web.customers.models import CustomerNow  # noqa: PLC0415
    from banso.web.work import row_writing  # noqa: PLC0415
    from banso.web.work.models import KnownPlay, KnownSignal, Reach  # noqa: PLC0415

    dice = random.Random(11)
    step = {
        "key": "call", "label": {"ja": "電話する", "en": "Call"}, "channel": "call",
        "minutes": 20,
    }  # fmt: skip
    KnownPlay.objects.bulk_create(
        KnownPlay(
            key=f"play_{n}", label={"ja": f"打ち手{n}", "en": f"Play {n}"},
            about={"ja": "…", "en": "…"}, steps=[step] * 4, assumed_effect=0.1,
            place=n,
        )
        for n in range(PLAYS)
    )  # fmt: skip
    right = {"value": 0.38, "low": 0.34, "high": 0.42}
    KnownSignal.objects.bulk_create(
        KnownSignal(
            key=f"signal_{n}", label={"ja": f"シグナル{n}", "en": f"Signal {n}"},
            kind=("churn", "upsell", "saving")[n % 3], play=f"play_{n % PLAYS}",
            within_days=90, trend_label={"ja": "操作数", "en": "Actions"},
            figures={"precision": right, "base_rate": right}, months=24, place=n,
        )
        for n in range(SIGNALS)
    )  # fmt: skip
    owners = dict(CustomerNow.objects.values_list("pk", "owner"))
    keys = dice.sample(sorted(owners), min(customers, count * 2 // 3))
    rows = {}
    while len(rows) < count:
        customer_id, n = dice.choice(keys), dice.randrange(SIGNALS)
        chance, amount = dice.random() / 2, dice.expovariate(1 / 600_000)
        urgency = max(dice.uniform(-0.1, 1), 0)
        worth = chance * amount * urgency * 0.1
        rows[customer_id, n] = {
            "customer_id": customer_id, "signal": f"signal_{n}",
            "opened_on": AS_OF - dt.timedelta(days=dice.randrange(60)),
            "kind": ("churn", "upsell", "saving")[n % 3], "play": f"play_{n % PLAYS}",
            "reason_ja": TEXT, "reason_en": ENGLISH, "owner": owners[customer_id],
            "worth": worth, "chance": chance, "chance_basis": "forecast",
            "amount": amount, "currency": "JPY", "urgency": urgency, "effect": 0.1,
            "effect_basis": "assumed", "trend": "[30, 28, 22, 21, 18, 9, 7]",
            "trend_of": "events_28", "sort_worth": -worth, "digest": "x",
        }  # fmt: skip
    started = time.perf_counter()
    written = [[row[name] for name in row_writing.COLUMNS] for row in rows.values()]
    with transaction.atomic():
        row_writing.WRITING.write(written)
    Reach.objects.bulk_create(
        Reach(
            customer_id=key, contact="田中",
            rest_until=NOW.date() + dt.timedelta(days=dice.randrange(-20, 8)),
        )
        for key in keys
    )  # fmt: skip
    row_writing.WRITING.learn_statistics()
    print(f"opened {count:,} signals in {time.perf_counter() - started:.1f} s")


def work_some(count: int) -> None:
    """Let people start plays, and put things aside, as they would in a quarter."""
    from django.db import transaction  # noqa: PLC0415

    from banso.web.accounts.models import User  # noqa: PLC0415
    from banso.web.work import operations  # noqa: PLC0415
    from banso.web.work.models import WorkItem  # noqa: PLC0415

    by = User.objects.get(email="lead@aozora.example")
    csm = User.objects.get(email="csm7@aozora.example")
    items = list(WorkItem.objects.order_by("pk")[: count * 3 : 3])
    mine = list(WorkItem.objects.filter(owner=csm.email)[:20])
    with transaction.atomic():
        for number, item in enumerate([*items, *mine]):
            item.refresh_from_db()
            if item.state != "open":
                continue
            claim = {item.pk: item.version}
            who = csm if item in mine else by
            if number % 3:
                operations.start_play(claim, play=item.play, by=who, at=NOW)
            else:
                until = NOW.date() + dt.timedelta(days=20)
                operations.snooze(claim, until=until, why="", by=who, at=NOW)


def measure(rounds: int) -> None:
    """Print time and queries of each page, for a CSM and for a lead."""
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from banso.web.accounts.models import User  # noqa: PLC0415

    print(f"{'page':42}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'queries':>9}")
    for email in ("csm7@aozora.example", "lead@aozora.example"):
        client = Client(headers={"host": "localhost", "accept-language": "ja"})
        client.force_login(User.objects.get(email=email))
        for title, address in PAGES:
            client.get(address)
            with CaptureQueriesContext(connection):
                client.get(address)
                queries = len(connection.queries_log)
            took = []
            busy = time.process_time()
            for _round in range(rounds):
                started = time.perf_counter()
                answer = client.get(address)
                took.append(time.perf_counter() - started)
                assert answer.status_code == 200, address
            busy = (time.process_time() - busy) / rounds
            print(
                f"{email.partition('@')[0] + ': ' + title:42}{ms(took, 50):8.1f}"
                f"{ms(took, 95):8.1f}{busy * 1000:8.1f}{queries:9}"
            )


def add_people() -> None:
    """Add a CSM and a lead who sees all customers."""
    from banso.web.accounts import operations  # noqa: PLC0415
    from banso.webkit.permissions import Role, Scope  # noqa: PLC0415

    for name, role, scope in (
        ("csm7", Role.CSM, Scope.OWN),
        ("lead", Role.LEAD, Scope.ALL),
    ):
        person = operations.Person(
            email=f"{name}@aozora.example", name=name, role=role, scope=scope
        )
        operations.create_user(person, password="a-quiet-forest-7", by=None, at=NOW)


def main() -> None:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--signals", type=int, default=50_000)
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
        add_people()
        open_signals(wish.customers, wish.signals)
        work_some(600)
        measure(wish.rounds)


if __name__ == "__main__":
    main()
