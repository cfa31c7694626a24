"""A small company with a release, for the pages of one customer."""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.web.conftest import PublishForModule

from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.reading import close_reader
from banso.runs.results import lake_of
from banso.runs.running import run
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.web.customers import operations as customers

AS_OF = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
WILD = "<script>alert(1)</script>🎌" + "長" * 10_000
SLASHED = "C/3 %2F 100%"
_ARROW = {
    Kind.TEXT: pa.string(), Kind.JSON: pa.string(), Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(), Kind.MONEY: pa.decimal128(18, 4),
    Kind.DATE: pa.date32(), Kind.TIME: pa.timestamp("us"), Kind.FLAG: pa.bool_(),
}  # fmt: skip
Row = dict[str, Any]


def at(day: str, clock: str = "03:00") -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{clock}")


def days_back(number: int) -> str:
    return (AS_OF - dt.timedelta(days=number)).isoformat()


def contract(customer_id: str, started: str, **more: Any) -> Row:
    return {
        "subscription_id": f"S-{customer_id}", "customer_id": customer_id,
        "started_on": dt.date.fromisoformat(started), "mrr": 50_000, "currency": "JPY",
        "product": "名刺", "plan": "Pro", "seats": 10, **more,
    }  # fmt: skip


def events() -> list[Row]:
    """Return much use in summer and autumn, and hardly any in the last four weeks."""
    used = [back for back in range(170) if back >= 28 or not back % 9]
    return [
        {"event_id": f"E{back}{contact}", "customer_id": "C1",
         "occurred_at": at(days_back(back)), "contact_id": contact,
         "name": "login" if back % 2 else "export"}
        for back in used
        for contact in (("P1", "P2") if back >= 28 else ("P1",))
    ]  # fmt: skip


def facts() -> Mapping[str, list[Row]]:
    chika, aoi = "chika@example.com", "aoi@example.com"
    return {
        "customers": [
            {"customer_id": "C1", "name": "青空商事", "owner": chika, "touch": "high",
             "industry": "卸売業", "partner_id": "PA"},
            {"customer_id": "C2", "name": "Left Ltd", "owner": aoi},
            {"customer_id": SLASHED, "name": WILD, "owner": aoi, "parent_id": "C1"},
            {"customer_id": "C4", "name": "Soon Inc", "owner": aoi},
        ],
        "partners": [{"partner_id": "PA", "name": "東京パートナー"}],
        "subscriptions": [
            contract("C1", "2026-06-01", renews_on=dt.date(2026, 12, 1)),
            contract("C2", "2026-06-01", ended_on=dt.date(2026, 10, 1),
                     ended_reason="price"),
            contract(SLASHED, "2026-11-15"),
            contract("C4", "2027-01-01"),
        ],
        "contacts": [
            {"contact_id": "P1", "customer_id": "C1", "name": "田中", "layer": "user"},
            {"contact_id": "P2", "customer_id": "C1", "name": "鈴木",
             "layer": "decision_maker", "left_on": dt.date(2026, 10, 20)},
            {"contact_id": "P9", "customer_id": "C2", "name": "花村",
             "email": "hanamura@left.example"},
        ],
        "tickets": [
            {"ticket_id": "T1", "customer_id": "C2", "contact_id": "P9",
             "opened_at": at("2026-08-01"), "text": "請求書の宛名を直してほしい"},
        ],
        "responses": [
            {"response_id": "R1", "customer_id": "C2", "contact_id": "P9",
             "occurred_at": at("2026-08-02"), "survey": "nps", "score": 9.0,
             "comment": "窓口が親切"},
        ],
        "events": events(),
        "interactions": [
            {"interaction_id": f"I{number}", "customer_id": "C1", "channel": "call",
             "occurred_at": at("2026-09-10"), "note": f"Note number {number:03d}."}
            for number in range(95)
        ],
    }  # fmt: skip


def load(project: Project, folder: Path) -> None:
    with lake_of(project).writing(at=NOW) as draft:
        for table, rows in facts().items():
            kinds = {column.name: column.kind for column in TABLES[table].columns}
            names = sorted({name for row in rows for name in row})
            arrays = {
                name: pa.array(
                    [row.get(name) for row in rows], type=_ARROW[kinds[name]]
                )
                for name in names
            }
            staged = folder / f"{table}.parquet"
            pq.write_table(pa.table(arrays), staged)
            draft.upsert(TABLES[table], staged)
        draft.commit()


@pytest.fixture(scope="session")
def computed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project with one release over half a year."""
    folder = tmp_path_factory.mktemp("customer") / "project"
    project = create_project(
        folder, name="T", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    load(project, tmp_path_factory.mktemp("facts"))
    apply_definitions(project, by="test", why="first", at=NOW)
    run(project, as_of=AS_OF, at=NOW)
    return project


@pytest.fixture(scope="module")
def published(computed: Project, publish_for_module: PublishForModule) -> Project:
    """Let the pages show that release in all tests of a module."""
    publish_for_module(computed, at=NOW)
    return computed


@pytest.fixture
def project(published: Project, settings: Any, db: None) -> Iterator[Project]:
    """Let the pages show that release."""
    settings.BANSO_PROJECT_FOLDER = published.folder
    customers.publish_newest(published, at=NOW)  # if a test left another one there
    yield published
    close_reader()
