"""Rows of customers as a release would leave them, and small releases."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import transaction

from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.runs.running import run
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.warehouse.manifest import Release
from banso.web.customers import row_writing
from banso.web.customers.models import OwnerFigures, PublishedRelease
from banso.web.customers.release_rows import PRESENTATION, TEXTS
from banso.web.customers.search import searched_text

AS_OF = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
LABELS = {
    "standard/adoption.trend": {"ja": "利用の勢い", "en": "Trend of use"},
    "standard/adoption.depth": {"ja": "活用度", "en": "Depth of use"},
}
_LAST = {
    "score": 1e3,
    "change": 1e3,
    "mrr": 1e15,
    "renews": 4_000_000,
    "active": 4_000_000,
    "chance": 2.0,
    "loss": 1e15,
}
_SOURCE = {
    "renews": "renews_on",
    "active": "last_active_on",
    "chance": "p_churn",
    "loss": "mrr_at_risk",
}
_ARROW = {
    Kind.TEXT: pa.string(), Kind.MONEY: pa.decimal128(18, 4), Kind.DATE: pa.date32(),
    Kind.INTEGER: pa.int64(), Kind.TIME: pa.timestamp("us"),
}  # fmt: skip
AddCustomer = Callable[..., None]
Row = dict[str, Any]


def _sorts(row: Mapping[str, Any]) -> dict[str, float]:
    made: dict[str, float] = {}
    for name, last in _LAST.items():
        value = row[_SOURCE.get(name, name)]
        if isinstance(value, dt.date):
            value = (value - dt.date(1970, 1, 1)).days
        made[f"sort_{name}_up"] = last if value is None else value
        made[f"sort_{name}_down"] = last if value is None else -value
    return made


@pytest.fixture
def add_customer(db: None) -> AddCustomer:
    """Return a function that adds an active customer to a published release."""
    PublishedRelease.objects.create(
        pk=1, release_id="r1", as_of=AS_OF, before=dt.date(2026, 10, 25), made_at=NOW,
        published_at=NOW, facts_digest="f", definitions_digest="d", labels=LABELS,
        choices={"plan": ["Pro"], "touch": ["high"]}, presentation=PRESENTATION,
        has_forecast=True,
    )  # fmt: skip

    def add(customer_id: str, **given: Any) -> None:
        row: Row = {
            **dict.fromkeys(row_writing.ROW), **dict.fromkeys(TEXTS, ""),
            "customer_id": customer_id, "name": f"Customer {customer_id}",
            "status": "active", "band": "watch", "score": 55.9, "model": "standard",
            "number": row_writing.next_number(), "attributes": "{}", "digest": "1",
            **given,
        }  # fmt: skip
        row["trend"] = json.dumps(given.get("trend", [50.0, None, 55.9]))
        row["search"] = searched_text(row["name"], customer_id)
        row.update(_sorts(row))
        OwnerFigures.objects.get_or_create(
            pk=row["owner"], defaults={"name": "", "customers": 1, "figures": {}}
        )
        with transaction.atomic():
            row_writing.WRITING.write([[row[name] for name in row_writing.ROW]])

    return add


def facts(names: Sequence[str], *, mrr: int = 1000) -> dict[str, list[Row]]:
    """Return customers with a contract each, renewing in nine days, and some use."""
    keys = {f"C{number}": name for number, name in enumerate(names)}
    return {
        "customers": [
            {"customer_id": key, "name": name, "owner": "Chika@Example.com ",
             "prefecture": "佐賀県", "memo": f"about {key}"}
            for key, name in keys.items()
        ],
        "subscriptions": [
            {"subscription_id": f"S{key}", "customer_id": key, "mrr": mrr,
             "started_on": dt.date(2026, 6, 1), "renews_on": dt.date(2026, 12, 1),
             "currency": "JPY", "plan": "Pro"}
            for key in keys
        ],
        "events": [
            {"event_id": f"E{key}{back}", "customer_id": key, "name": "login",
             "occurred_at": dt.datetime(2026, 11, 20) - dt.timedelta(days=back)}
            for key in keys
            for back in range(0, 90, 3)
        ],
        "staff": [{"email": "chika@example.com", "name": "千佳"}],
    }  # fmt: skip


def load_and_run(project: Project, rows: dict[str, list[Row]], folder: Path) -> Release:
    """Load facts, then compute."""
    with lake_of(project).writing(at=NOW) as draft:
        for table, of_table in rows.items():
            kinds = {column.name: column.kind for column in TABLES[table].columns}
            arrays = {
                name: pa.array(
                    [row[name] for row in of_table], _ARROW[kinds.get(name, Kind.TEXT)]
                )
                for name in of_table[0]
            }
            staged = folder / f"{table}.parquet"
            pq.write_table(pa.table(arrays), staged)
            draft.upsert(TABLES[table], staged)
        draft.commit()
    return run(project, as_of=AS_OF, at=NOW)


@pytest.fixture
def company(tmp_path: Path) -> Project:
    """Return a project with published definitions and no facts."""
    project = create_project(
        tmp_path / "company", name="T", timezone="Asia/Tokyo", currency="JPY",
        language="ja",
    )  # fmt: skip
    apply_definitions(project, by="test", why="first", at=NOW)
    return project
