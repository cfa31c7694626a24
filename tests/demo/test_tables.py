"""The files of Aozora Cloud keep the contract of the tables."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.demo.conftest import Company

from banso.demo.aozora import write_company
from banso.demo.aozora.writing import ATTRIBUTES, FILES, schema_of
from banso.tables.registry import TABLES
from banso.tables.spec import Kind

LAST_DAY = dt.date(2026, 11, 22)
STORED = {
    Kind.TEXT: pa.string(),
    Kind.JSON: pa.string(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.MONEY: pa.decimal128(18, 4),
    Kind.DATE: pa.date32(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.FLAG: pa.bool_(),
}


@pytest.mark.parametrize("table", FILES)
def test_columns_are_those_of_the_contract_with_their_kinds(
    small: Company, table: str
) -> None:
    schema = pq.read_schema(small.folder / f"{table}.parquet")

    kinds = {column.name: STORED[column.kind] for column in TABLES[table].columns}
    attributes = set(ATTRIBUTES.get(table, {}))
    assert {f.name: f.type for f in schema if f.name not in attributes} == kinds
    assert schema.equals(schema_of(table))
    assert small.truth.rows[table] > 0


@pytest.mark.parametrize("table", FILES)
def test_keys_are_unique_and_required_columns_are_filled(
    small: Company, table: str
) -> None:
    spec = TABLES[table]
    key = ", ".join(f"coalesce({name}::varchar, '')" for name in spec.key)
    missing = " or ".join(f"{name} is null" for name in spec.required)

    repeated = small.ask(f"select count(*) - count(distinct ({key})) from {{{table}}}")
    empty = small.ask(f"select count(*) from {{{table}}} where {missing}")

    assert repeated == [(0,)]
    assert empty == [(0,)]


@pytest.mark.parametrize("table", FILES)
def test_choices_and_references_hold(small: Company, table: str) -> None:
    for column in TABLES[table].columns:
        if column.choices:
            found = small.ask(f"select distinct {column.name} from {{{table}}}")
            assert {row[0] for row in found} - {None} <= set(column.choices)
        if column.references:
            key = TABLES[column.references].key[0]
            lost = small.ask(
                f"select count(*) from {{{table}}} t "
                f"anti join {{{column.references}}} r "
                f"on t.{column.name} = r.{key} where t.{column.name} is not null"
            )
            assert lost == [(0,)], column.name


@pytest.mark.parametrize("table", [t for t, spec in TABLES.items() if spec.span])
def test_spans_are_positive(small: Company, table: str) -> None:
    span = TABLES[table].span
    assert span is not None
    start, end = span

    assert small.ask(f"select count(*) from {{{table}}} where {end} <= {start}") == [
        (0,)
    ]


@pytest.mark.parametrize(
    "table",
    [
        t
        for t, s in TABLES.items()
        if s.has_contact and s.has_customer and t != "contacts"
    ],
)
def test_a_contact_belongs_to_the_customer_of_its_row(
    small: Company, table: str
) -> None:
    strangers = small.ask(
        f"select count(*) from {{{table}}} t "
        "left join {contacts} c using (contact_id) where t.contact_id is not null "
        "and c.customer_id is distinct from t.customer_id"
    )

    assert strangers == [(0,)]


def test_spans_of_one_contract_line_do_not_overlap(small: Company) -> None:
    overlaps = small.ask(
        "select count(*) from (select ended_on, lead(started_on) over "
        "(partition by subscription_id order by started_on) as following "
        "from {subscriptions}) where following < ended_on "
        "or (following is not null and ended_on is null)"
    )

    assert overlaps == [(0,)]


def test_events_happen_under_contract(small: Company) -> None:
    outside = small.ask(
        "with used as (select customer_id, "
        "(occurred_at at time zone 'Asia/Tokyo')::date as day from {events}) "
        "select count(*) from used u where not exists (select 1 "
        "from {subscriptions} s where s.customer_id = u.customer_id "
        "and s.started_on <= u.day and coalesce(s.ended_on > u.day, true))"
    )

    assert outside == [(0,)]


def test_nothing_but_what_was_agreed_is_dated_after_the_last_day(
    small: Company,
) -> None:
    for table in FILES:
        spec = TABLES[table]
        if spec.time is None or table == "subscriptions":
            continue
        late = small.ask(
            f"select count(*) from {{{table}}} "
            f"where {spec.time} >= timestamptz '{LAST_DAY} 15:00:00+00'"
            if spec.by_name[spec.time].kind is Kind.TIME
            else f"select count(*) from {{{table}}} where {spec.time} > '{LAST_DAY}'"
        )
        assert late == [(0,)], table


def test_document_values_add_up_to_the_digitization_rate(small: Company) -> None:
    rows = small.ask(
        "with months as (select customer_id, sum(value) as documents from {events} "
        "where name = 'document_digitized' "
        "and date_trunc('month', occurred_at at time zone 'Asia/Tokyo') = '2026-09-01' "
        "group by 1) "
        "select count(*), max(abs(documents / monthly_document_target - value)) "
        "from months join {customers} using (customer_id) join {outcomes} o "
        "using (customer_id) where o.measure = 'digitization_rate' "
        "and (o.occurred_at at time zone 'Asia/Tokyo')::date = '2026-10-01' "
        "and customer_id in (select customer_id from {subscriptions} "
        "group by 1 having min(started_on) < '2026-09-01' "
        "and max(coalesce(ended_on, '2099-01-01')) > '2026-10-01')"
    )

    compared, largest_gap = rows[0]
    assert compared > 200
    assert largest_gap < 0.001


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(
    tmp_path: Path,
) -> None:
    for name, seed in (("one", 3), ("same", 3), ("other", 4)):
        write_company(
            tmp_path / name, customers=60, years=1, last_day=LAST_DAY, seed=seed
        )

    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "same" / path.name).read_bytes()
    first, other = (tmp_path / n / "customers.parquet" for n in ("one", "other"))
    assert first.read_bytes() != other.read_bytes()


def test_progress_counts_customers_up_to_all_of_them(tmp_path: Path) -> None:
    calls: list[tuple[int, int]] = []

    write_company(
        tmp_path,
        customers=30,
        years=1,
        last_day=LAST_DAY,
        seed=1,
        progress=lambda done, total: calls.append((done, total)),
    )

    assert calls == [(30, 30)]
