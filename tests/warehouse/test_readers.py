"""Readers keep the version that they opened, whatever is written meanwhile."""

import datetime as dt
import os
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from banso.tables.registry import TABLES
from banso.warehouse.compaction import collect_orphans, compact
from banso.warehouse.lake import Lake, NoSuchDefinitions, NoSuchVersion
from banso.warehouse.manifest import EMPTY, Part, Release
from banso.warehouse.manifest_json import from_bytes, to_bytes
from banso.warehouse.pointer import LakeDamaged
from banso.warehouse.session import NoSuchResult, NoSuchTable, Session

CUSTOMERS = "SELECT 'c' || i AS customer_id, 'old' AS name FROM range(10) AS t(i)"


def release(number: int, parts: tuple[Part, ...] = ()) -> Release:
    return Release(
        release_id=f"r{number}",
        as_of=dt.date(2026, 11, number),
        made_at=dt.datetime(2026, 11, number, tzinfo=dt.UTC),
        definitions_digest="d",
        facts_digest="f",
        seed=0,
        tables={"scores": parts} if parts else {},
        facts={},
        notes={"rows": number, "why": ["テスト", None]},
    )


def put_scores(lake: Lake, at: dt.datetime, value: float) -> Release:
    path = Path(f"derived/scores/2026-11-{value:.0f}.parquet")
    with Session(lake) as session:
        written = session.write_part(
            f"SELECT 'c' AS customer_id, CAST({value} AS DOUBLE) AS score",
            path=path,
            order_by=["customer_id"],
        )
    part = Part(path.as_posix(), "2026-11", written.rows, written.bytes, written.sha256)
    made = release(int(value), (part,))
    with lake.writing(at=at) as draft:
        draft.put_release(made)
        draft.commit()
    return made


def test_empty_lake_has_empty_typed_tables(lake):
    assert lake.current().version == 0
    assert not lake.folder.exists()
    with Session(lake) as session:
        for name, spec in TABLES.items():
            table = session.facts(name)
            assert table.columns == (*(c.name for c in spec.columns), "known_at")
            assert session.to_arrow(table).num_rows == 0
            assert not session.has(name)
        schema = session.facts("subscriptions").schema()
        assert schema["mrr"].is_decimal()
        assert schema["seats"].is_int64()
        assert session.to_arrow(session.quarantine()).num_rows == 0
        with pytest.raises(NoSuchResult):
            session.result("health")
        with pytest.raises(NoSuchTable):
            session.facts("nothing")


def test_reader_keeps_its_version_while_others_write(lake, load, at):
    load("customers", CUSTOMERS)
    with Session(lake) as reader:
        for day in range(2, 15):
            load("customers", CUSTOMERS.replace("old", f"new{day}"), day=day)
        compact(lake, at=at(20))
        collect_orphans(lake)

        names = reader.to_arrow(reader.facts("customers").name).to_pylist()
        assert names == ["old"] * 10
    with Session(lake, lake.manifest(1)) as earlier:
        assert set(earlier.to_arrow(earlier.facts("customers").name).to_pylist()) == {
            "old"
        }
    with pytest.raises(NoSuchVersion):
        lake.manifest(99)


def test_orphans_are_removed_when_they_are_old(lake, load):
    for day in range(1, 14):
        load("customers", CUSTOMERS.replace("old", f"n{day}"), day=day)
    long_ago = time.time() - 7_200
    for path in [*lake.folder.rglob("*.parquet"), *lake.folder.rglob("*.json")]:
        os.utime(path, (long_ago, long_ago))

    removed = collect_orphans(lake)

    assert sum(path.startswith("parts/") for path in removed) == 3
    assert sum(path.startswith("manifests/") for path in removed) == 3
    assert lake.manifest(4).version == 4
    with pytest.raises(NoSuchVersion):
        lake.manifest(3)
    with Session(lake, lake.manifest(4)) as session:
        assert session.to_arrow(session.facts("customers")).num_rows == 10
    assert collect_orphans(lake) == ()


def test_derived_files_stay_while_a_release_or_a_run_wants_them(lake, at):
    put_scores(lake, at(1), 1)
    named = lake.folder / "derived/scores/2026-11-1.parquet"
    beside = named.with_name(named.name + ".json")
    wanted, unwanted = named.with_name("a.parquet"), named.with_name("b.parquet")
    for path in (beside, wanted, unwanted):
        path.write_bytes(b"x")
    long_ago = time.time() - 30 * 86_400
    for path in (named, beside, wanted, unwanted):
        os.utime(path, (long_ago, long_ago))
    note = unwanted.with_name("b.parquet.json")
    note.write_bytes(b"x")  # younger than what it is about, and gone with it

    removed = collect_orphans(lake, keep=["derived/scores/a.parquet"])

    assert removed == ("derived/scores/b.parquet", "derived/scores/b.parquet.json")
    assert not note.exists()


def test_release_switches_at_once_and_old_ones_stay(lake, at):
    first = put_scores(lake, at(1), 1)
    with Session(lake) as reader:
        put_scores(lake, at(2), 2)
        assert reader.to_arrow(reader.result("scores").score).to_pylist() == [1.0]
    with Session(lake) as session:
        assert session.to_arrow(session.result("scores").score).to_pylist() == [2.0]
        before = session.result("scores", first)
        assert session.to_arrow(before.score).to_pylist() == [1.0]
        with pytest.raises(NoSuchResult):
            session.result("nothing")


def test_last_ten_releases_are_kept(lake, at):
    for number in range(1, 13):
        put_scores(lake, at(number), number)

    assert [r.release_id for r in lake.current().releases] == [
        f"r{number}" for number in range(3, 13)
    ]


def test_release_with_a_missing_part_is_refused(lake, at):
    gone = Part("derived/scores/gone.parquet", "x", 1, 1, "0" * 64)
    with lake.writing(at=at(1)) as draft, pytest.raises(LakeDamaged):
        draft.put_release(release(1, (gone,)))


def test_results_can_be_views_over_other_results(lake, at):
    put_scores(lake, at(1), 1)
    views = {
        "doubled": lambda session, made: session.result("scores", made).mutate(
            score=ibis._.score * 2
        ),
        "absent": lambda session, made: session.result("not_there", made),
    }
    with Session(lake, views=views) as session:
        assert session.to_arrow(session.result("doubled").score).to_pylist() == [2.0]
        seen = session.read_only("SELECT score FROM doubled").read_all()
        assert seen["score"].to_pylist() == [2.0]
        with pytest.raises(NoSuchResult):
            session.result("absent")


def test_manifest_is_the_same_after_writing_and_reading(lake, load, at):
    load(
        "subscriptions",
        "SELECT 's' AS subscription_id, DATE '2026-01-01' AS"
        " started_on, 'c' AS customer_id, 1 AS mrr, 'x' AS \"地域\"",
    )
    made = put_scores(lake, at(2), 2)

    manifest = lake.current()

    assert from_bytes(to_bytes(manifest)) == manifest
    assert list(manifest.facts["subscriptions"].columns)[-1] == "地域"
    assert manifest.release == made


def test_damaged_manifest_is_refused(lake, load):
    load("customers", CUSTOMERS)
    (path,) = (lake.folder / "manifests").iterdir()
    path.write_bytes(path.read_bytes().replace(b"old", b"new") + b" ")

    with pytest.raises(LakeDamaged):
        lake.current()


def test_definitions_are_kept_as_published(lake, at):
    files = {"metrics/usage.yaml": b"a: 1\n", "health.yaml": "名: 健康\n".encode()}
    with lake.writing(at=at(1)) as draft:
        draft.put_definitions(files, digest="d1", by="aoi@example.jp", why="first")
        draft.commit()
    commented = {**files, "health.yaml": b"# why\n"}
    with lake.writing(at=at(2)) as draft:
        draft.put_definitions(commented, digest="d1", by="ben@example.jp", why="words")
        draft.commit()

    assert lake.definition_files("d1") == commented
    assert [v.published_by for v in lake.current().definitions] == [
        "aoi@example.jp",
        "ben@example.jp",
    ]
    with pytest.raises(NoSuchDefinitions):
        lake.definition_files("d2")


@pytest.mark.parametrize("name", ["../x.yaml", "/etc/x.yaml", "a/../../x", "a\\b"])
def test_definition_file_cannot_leave_its_folder(lake, at, name):
    with lake.writing(at=at(1)) as draft, pytest.raises(Exception, match="no name"):
        draft.put_definitions({name: b""}, digest="d", by="a", why="")


def test_quarantine_is_replaced_as_a_whole(lake, stage, at):
    for day, reason in enumerate(["unknown_customer", "too_long"], start=1):
        with lake.writing(at=at(day)) as draft:
            draft.replace_quarantine(
                stage(f"SELECT 'q' AS quarantine_id, '{reason}' AS reason")
            )
            draft.commit()
    with Session(lake) as session:
        seen = session.to_arrow(session.quarantine().reason).to_pylist()
    assert seen == ["too_long"]

    with lake.writing(at=at(3)) as draft:
        draft.replace_quarantine(None)
        draft.commit()
    assert lake.current().quarantine == ()


def test_slices_can_be_read_alone(lake, load):
    load(
        "outcomes",
        "SELECT 'c' AS customer_id, 'm' AS measure, i AS value,"
        " TIMESTAMP '2026-01-20' + to_seconds(10 * i) AS occurred_at"
        " FROM range(8640 * 20) AS t(i)",
    )
    with Session(lake) as session:
        january, february = lake.current().facts["outcomes"].parts
        one = session.facts("outcomes", parts=[january])
        other = session.facts("outcomes", parts=[february])
        assert session.to_arrow(one.count()).as_py() == 8640 * 12
        assert session.to_arrow(other.count()).as_py() == 8640 * 8


def test_same_rows_give_the_same_bytes(lake, tmp_path):
    rows = "SELECT i, hash(i) % 1000 AS x FROM range(300000) AS t(i) ORDER BY hash({})"
    found = set()
    for threads, mix in [(1, "i"), (4, "i + 1"), (2, "i * 3")]:
        with Session(lake, threads=threads) as session:
            path = tmp_path / f"{threads}.parquet"
            found.add(
                session.write_part(rows.format(mix), path=path, order_by=["x", "i"])
            )
            assert pq.ParquetFile(path).metadata.row_group(0).num_rows == 122_880
    assert len(found) == 1


def test_one_expression_is_written_for_the_parts_that_are_given(lake, load, tmp_path):
    load("customers", CUSTOMERS.replace("range(10)", "range(7)"))
    load("customers", CUSTOMERS.replace("range(10)", "range(7, 10)"))
    with Session(lake) as session:
        parts = session.manifest.facts["customers"].parts
        assert len(parts) == 2
        any_parts = session.facts_given("customers").select("customer_id", "name")
        order = ["customer_id"]

        written = list(
            session.write_parts(
                session.writing(
                    any_parts,
                    path=tmp_path / f"{number}.parquet",
                    order_by=order,
                    given={"customers": [part]},
                )
                for number, part in enumerate(parts)
            )
        )

        alone = [
            session.write_part(
                session.facts("customers", parts=[part]).select("customer_id", "name"),
                path=tmp_path / "alone.parquet",
                order_by=order,
            )
            for part in parts
        ]
    assert written == alone
    assert [each.rows for each in written] == [part.rows for part in parts]


def test_written_types_are_those_of_the_expression(lake, tmp_path):
    with Session(lake) as session:
        grid = ibis.memtable(pa.table({"k": ["a", "a", "b"], "n": [1, 2, 3]}))
        summed = grid.group_by("k").aggregate(n=ibis._.n.sum())
        path = tmp_path / "sums.parquet"
        written = session.write_part(summed, path=path, order_by=["k"])

        assert written.rows == 2
        assert str(pq.read_schema(path).field("n").type) == "int64"


def test_batches_stream_while_other_queries_run(lake, load):
    load("customers", CUSTOMERS.replace("range(10)", "range(5000)"))
    with Session(lake) as session:
        table = session.facts("customers").order_by("customer_id")
        sizes = []
        for batch in session.batches(table, rows=2048):
            sizes.append(batch.num_rows)
            assert session.to_arrow(session.facts("customers").count()).as_py() == 5000
        in_memory = list(session.batches(ibis.memtable(pa.table({"n": [1, 2]}))))
    assert sum(sizes) == 5000
    assert len(sizes) > 1
    assert in_memory[0].num_rows == 2


def test_money_stays_exact(lake, load):
    load(
        "charges",
        "SELECT 'x' AS charge_id, 'c' AS customer_id, DATE '2026-01-01' AS"
        " charged_on, CAST('12345678901234.5678' AS DECIMAL(18,4)) AS amount",
    )
    with Session(lake) as session:
        amount = session.to_arrow(session.facts("charges").amount).to_pylist()
    assert amount == [Decimal("12345678901234.5678")]


def test_manifest_read_back_has_the_name_of_its_file() -> None:
    part = Part("derived/b/1.parquet", "1", 1, 1, "b" * 64)
    other = Part("derived/a/1.parquet", "1", 1, 1, "a" * 64)
    made = replace(release(1), tables={"b": (part,), "a": (other,)})
    manifest = replace(EMPTY, version=1, releases=(made,))

    written = to_bytes(manifest)

    assert to_bytes(from_bytes(written)) == written
