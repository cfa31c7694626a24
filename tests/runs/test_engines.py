"""Spark and PostgreSQL give the numbers of DuckDB: facts, expressions, and a run.

One standalone cluster (a master and two workers) or database, and one session of it,
serve the whole file.
"""

import datetime as dt
import math
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import ibis
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis import _
from lakes import NOW, new_project, put
from postgres_source import URL, needs_postgres
from slow_company import random_company
from spark_cluster import standalone

from banso.definitions.availability import enabled_metrics
from banso.kernel.progress import silent
from banso.runs.derived import Kitchen
from banso.runs.gridding import grid_metrics_and_health
from banso.runs.project import EngineUnknown, Project, cluster_of
from banso.runs.results import VIEWS, lake_of, published_catalog
from banso.runs.rolling import roll_up
from banso.runs.running import now_part, run
from banso.warehouse import spark
from banso.warehouse.cluster import Cluster, Kind
from banso.warehouse.clustered import ClusteredSession
from banso.warehouse.manifest import Part
from banso.warehouse.postgres import PostgresUnfit, PostgresUnreachable
from banso.warehouse.postgres_sql import LONGEST, short
from banso.warehouse.session import Session
from banso.warehouse.spark import SparkMissing

END = dt.date(2024, 5, 22)
SETTINGS = {
    "spark.driver.host": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.default.parallelism": "2",
    "spark.sql.codegen.wholeStage": "false",  # these tables are small
}
needs_java = pytest.mark.skipif(
    shutil.which("java") is None, reason="Spark needs Java: there is no `java`"
)


@dataclass(frozen=True)
class Both:
    """The same facts in two lakes, and a session of each engine over them."""

    duckdb: Session
    other: ClusteredSession

    def rows(self, of: str, *order_by: str) -> tuple[pa.Table, pa.Table]:
        """Return the rows of a table of facts as each engine gives them."""
        one, other = (
            each.to_arrow(each.facts(of).order_by(*order_by))
            for each in (self.duckdb, self.other)
        )
        return one, other


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(
            Kind.SPARK, marks=[needs_java, pytest.mark.long, pytest.mark.spark]
        ),
        pytest.param(Kind.POSTGRESQL, marks=[needs_postgres, pytest.mark.postgres]),
    ],
)
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("engines")
    project = new_project(folder / "duckdb")
    for rows in _loads():
        put(project, rows)
    shutil.copytree(folder / "duckdb", folder / "other")
    beside = lake_of(Project.open(folder / "other"))
    with (
        _cluster(request.param) as cluster,
        Session(lake_of(project), views=VIEWS) as one,
        ClusteredSession(beside, cluster=cluster, views=VIEWS) as other,
    ):
        yield Both(one, other)


@contextmanager
def _cluster(kind: Kind) -> Iterator[Cluster]:
    if kind is Kind.POSTGRESQL:
        yield Cluster(URL)
        return
    with standalone() as master:
        yield Cluster(master, SETTINGS)


def _loads() -> Iterator[Mapping[str, Sequence[Mapping[str, object]]]]:
    """Yield what is loaded: a company, then corrections, a new column, and a merge."""
    company = random_company(5, late=True)
    contracts = [{**row, "currency": "JPY"} for row in company.subscriptions]
    yield {
        "customers": [{"customer_id": c, "name": f"{c} 株式会社"} for c in "abcd"],
        "subscriptions": contracts,
        "contacts": company.contacts,
        "events": company.events,
    }
    corrected = [
        {
            **row,
            "value": 7.25,
            "merged_into": "a" if row["customer_id"] == "d" else None,
        }
        for row in company.events[::3]
    ]
    yield {
        "customers": [
            {"customer_id": "b", "name": "b", "region": "東北", "merged_into": None},
            {"customer_id": "d", "name": "d", "region": "'\\", "merged_into": "a"},
        ],
        "events": corrected,
    }


@pytest.mark.parametrize(
    ("table", "key"),
    [("customers", "customer_id"), ("events", "event_id")],
)
def test_rows_that_count_are_the_same(both: Both, table: str, key: str) -> None:
    events = both.other.manifest.facts["events"]
    one, other = both.rows(table, key)

    assert any(part.deletes for part in events.parts)
    assert one.num_rows
    assert other.equals(one)


def test_expressions_mean_the_same(both: Both) -> None:
    one, other = (
        each.to_arrow(_traps(each.facts("events"), each.facts("contacts")))
        for each in (both.duckdb, both.other)
    )

    assert one.num_rows
    assert_same(one, other)


def _traps(events: ir.Table, contacts: ir.Table) -> ir.Table:
    """Return what engines answer in different ways, one row a customer."""
    day = (events.occurred_at + ibis.interval(hours=9)).date()
    rows = events.mutate(
        day=day,
        month=day.truncate("M"),
        week=day.truncate("W"),
        number=(number := day.delta(dt.date(1970, 1, 1), unit="day")),
        quarter=number.cast("float64") / 4,
        half=number.cast("decimal(18, 4)") * ibis.literal(Decimal("0.5")),
        nothing=ibis.literal(math.nan),
        tenth=ibis.literal(0.1),
    )
    rows = rows.mutate(
        before=rows.value.lag().over(
            group_by="customer_id", order_by=["occurred_at", "event_id"]
        )
    )
    names = contacts.group_by("customer_id").aggregate(
        layers=_.layer.group_concat(", ", order_by=_.layer)
    )
    return (
        rows.group_by("customer_id")
        .aggregate(
            n=_.count(),
            named=_.count(where=_.name == "login"),
            known=_.value.count(),
            nan_counts=_.nothing.count(),
            nan_is_null=_.nothing.isnull().any(),
            total=_.value.sum(),
            tenths=_.tenth.sum(),
            mean=_.value.mean(),
            first_day=_.day.min(),
            months=_.month.nunique(),
            last_week=_.week.max(),
            days=_.number.max() // 7,
            left=(-_.number.max()) % 7,
            ratio=_.count() / _.value.sum().nullif(0),
            before=_.before.sum(),
            by_day=_.name.argmax(_.occurred_at),
            quarters=_.quarter.cast("int64").sum(),
            quarters_back=(-_.quarter).cast("int32").sum(),
            halves=_.half.cast("int64").sum(),
            halves_back=(-_.half).cast("int64").sum(),
        )
        .left_join(names, "customer_id")
        .drop("customer_id_right")
        .order_by("customer_id")
    )


def test_metrics_health_and_customers_now_are_the_same(both: Both) -> None:
    one, other = (_tables(each) for each in (both.duckdb, both.other))

    assert one.keys() == other.keys()
    assert one["health_grid"].num_rows
    for name, rows in one.items():
        assert_same(rows, other[name])


@needs_postgres
@pytest.mark.postgres
@pytest.mark.long
def test_a_whole_run_inside_postgresql_is_the_same(tmp_path: Path) -> None:
    project = new_project(tmp_path / "duckdb")
    for rows in _loads():
        put(project, rows)
    shutil.copytree(project.folder, tmp_path / "other")
    beside = replace(Project.open(tmp_path / "other"), cluster=Cluster(URL))

    one, other = (_released(each) for each in (project, beside))

    assert len(one) > 50
    assert one.keys() == other.keys()
    for name, rows in one.items():
        assert_same(rows, other[name])


def _released(project: Project) -> Mapping[str, pa.Table]:
    """Run, and return every table of the release."""
    release = run(project, as_of=END, at=NOW)
    root = lake_of(project).folder
    return {
        name: pa.concat_tables(pq.read_table(root / part.path) for part in parts)
        for name, parts in release.tables.items()
        if parts
    }


def _tables(session: Session) -> Mapping[str, pa.Table]:
    """Return the first tables of a run, which all others are made from."""
    kitchen = Kitchen(session)
    facts = session.manifest.facts
    catalog = published_catalog(session.lake, session.manifest.definitions[-1].digest)
    columns = {name: list(version.columns) for name, version in facts.items()}
    metrics = enabled_metrics(catalog, list(facts), columns=columns)
    rolled = roll_up(kitchen, metrics, zone="Asia/Tokyo", progress=silent)
    gridded = grid_metrics_and_health(
        kitchen, rolled, catalog, metrics, as_of=END, progress=silent
    )
    now = now_part(kitchen, rolled, gridded, catalog, as_of=END)
    parts = {
        **rolled.parts,
        "metric_grid": gridded.metric_parts,
        "health_grid": gridded.health_parts,
        "customer_now": (now,),
    }
    return {name: _read(session, some) for name, some in parts.items()}


def _read(session: Session, parts: Sequence[Part]) -> pa.Table:
    return pa.concat_tables(pq.read_table(session.lake.folder / p.path) for p in parts)


def assert_same(one: pa.Table, other: pa.Table) -> None:
    """Raise unless the rows are equal; floats may differ by 1e-9."""
    assert other.schema.equals(one.schema)
    for row, beside in zip(one.to_pylist(), other.to_pylist(), strict=True):
        for name, value in row.items():
            assert _is_same(value, beside[name]), (name, value, beside[name], row)


def _is_same(value: object, other: object) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        both_nan = math.isnan(value) and math.isnan(other)
        return both_nan or math.isclose(value, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(value, list) and isinstance(other, list):
        return len(value) == len(other) and all(map(_is_same, value, other))
    return value == other


def test_without_java_the_refusal_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spark.shutil, "which", lambda _name: None)
    project = new_project(tmp_path / "company")
    put(project, {"customers": [{"customer_id": "a", "name": "a"}]})

    with pytest.raises(SparkMissing) as refusal:
        ClusteredSession(lake_of(project), cluster=Cluster("spark://nowhere:7077"))

    assert "banso[spark]" in refusal.value.hint


def test_the_engine_is_named_by_the_project_or_for_one_run(tmp_path: Path) -> None:
    project = new_project(tmp_path / "company")
    file = project.folder / "banso.toml"
    file.write_text(
        file.read_text(encoding="utf-8") + '[engine]\nmaster = "spark://a:7077"\n',
        encoding="utf-8",
    )

    assert project.cluster is None
    assert Project.open(project.folder).cluster == Cluster("spark://a:7077")
    assert replace(project, cluster=cluster_of("duckdb")).cluster is None
    with pytest.raises(EngineUnknown):
        cluster_of("postgres")


def test_a_password_in_an_address_is_shown_nowhere(tmp_path: Path) -> None:
    address = "postgresql://banso:s3cret@127.0.0.1:9/none?password=s3cret"
    project = replace(new_project(tmp_path / "company"), cluster=cluster_of(address))
    assert project.cluster is not None

    with pytest.raises(PostgresUnreachable) as refusal:
        ClusteredSession(lake_of(project), cluster=project.cluster)
    with pytest.raises(EngineUnknown) as unknown:
        cluster_of("mysql://banso:s3cret@host/none")

    said = (
        refusal.value,
        refusal.value.__dict__,
        unknown.value,
        unknown.value.__dict__,
    )
    assert "s3cret" not in f"{project} {said}"
    assert "127.0.0.1:9" in str(refusal.value)


@needs_postgres
@pytest.mark.postgres
def test_a_database_that_sorts_otherwise_is_refused(tmp_path: Path) -> None:
    project = new_project(tmp_path / "company")
    name = f"sorts_{uuid4().hex[:8]}"
    other = urlsplit(URL)._replace(path=f"/{name}").geturl()
    with psycopg.connect(URL, autocommit=True) as con:
        con.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"
            " LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C.UTF-8'".encode()
        )
        try:
            with pytest.raises(PostgresUnfit) as refusal:
                ClusteredSession(lake_of(project), cluster=Cluster(other))
        finally:
            con.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    assert "C.UTF-8" in refusal.value.hint


def test_long_names_stay_apart() -> None:
    one, other = ("顧客" * 20 + end for end in "ab")

    assert short("name") == "name"
    assert short(one) != short(other)
    assert len(short(one).encode()) <= LONGEST
