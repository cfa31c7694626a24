"""`banso export` and `banso sql` give rows to other tools."""

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
from tests.cli.conftest import Banso

from banso.runs.project import Project


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_facts_come_with_their_attributes(
    banso_apart: Banso, computed: Project
) -> None:
    ran = banso_apart("export", "customers", "--project", computed.folder)

    rows = {row["customer_id"]: row for row in rows_of(ran.out)}
    assert rows["c1"]["name"] == "青空商店"
    assert rows["c1"]["region"] == "関東"


def test_times_are_in_utc_and_load_again_unchanged(
    banso_apart: Banso, computed: Project, tmp_path: Path
) -> None:
    out = tmp_path / "events.csv"

    ran = banso_apart("export", "events", "--out", out, "--project", computed.folder)

    assert ran.err == f"Wrote 28 rows to {out}.\n"
    assert "2026-06-01T00:00:00.000000Z" in out.read_text()
    again = banso_apart("load", out, "--json", "--project", computed.folder)
    (table,) = json.loads(again.out)["tables"]
    assert (table["unchanged"], table["new"]) == (28, 0)


def test_a_result_on_one_day(banso_apart: Banso, computed: Project) -> None:
    ran = banso_apart(
        *("export", "health", "--as-of", "2026-06-30", "--json"),
        *("--project", computed.folder),
    )

    (row,) = json.loads(ran.out)
    assert (row["customer_id"], row["as_of"]) == ("c1", "2026-06-30")


def test_parquet_by_the_name_of_the_file(
    banso_apart: Banso, computed: Project, tmp_path: Path
) -> None:
    out = tmp_path / "now.parquet"

    banso_apart("export", "customer_now", "--out", out, "--project", computed.folder)

    assert pq.read_table(out)["customer_id"].to_pylist() == ["c1"]
    assert list(tmp_path.glob(".*")) == []


def test_lists_are_json_in_csv(banso_apart: Banso, computed: Project) -> None:
    ran = banso_apart("export", "customer_now", "--project", computed.folder)

    (first, *_rest) = rows_of(ran.out)
    assert isinstance(json.loads(first["trend"]), list)


def test_the_quarantine_can_be_exported(banso_apart: Banso, computed: Project) -> None:
    ran = banso_apart("export", "quarantine", "--project", computed.folder)

    assert {row["line"] for row in rows_of(ran.out)} == {"3", "4"}


def test_an_unknown_name_is_answered_with_the_nearest(
    banso_apart: Banso, computed: Project
) -> None:
    ran = banso_apart("export", "helth", "--project", computed.folder)

    assert ran.status == 2
    assert "hint: Did you mean 'health'?" in ran.err


def test_a_query_prints_a_table(banso_apart: Banso, computed: Project) -> None:
    query = "SELECT name, region FROM customers ORDER BY customer_id"

    ran = banso_apart("sql", query, "--project", computed.folder)

    assert ran.out.splitlines() == [
        "name      region",
        "--------  ------",
        "青空商店  関東",
        "Acme",
    ]


def test_an_exact_zero_prints_as_a_person_writes_it(
    banso_apart: Banso, computed: Project
) -> None:
    query = "SELECT 0::DECIMAL(18, 4) AS coverage"

    ran = banso_apart("sql", query, "--project", computed.folder)

    assert ran.out.split() == ["coverage", "--------", "0.0000"]


def test_a_query_gives_json_that_any_program_reads(
    banso_apart: Banso, computed: Project
) -> None:
    query = (
        "SELECT 'NaN'::DOUBLE AS a, 1.5::DECIMAL(8, 2) AS b, DATE '2026-01-31' AS c,"
        " [1, NULL] AS d, TIMESTAMP '2026-01-31 01:02:03' AS e"
    )

    ran = banso_apart("sql", query, "--json", "--project", computed.folder)

    assert json.loads(ran.out) == [
        {
            "a": None,
            "b": 1.5,
            "c": "2026-01-31",
            "d": [1, None],
            "e": "2026-01-31T01:02:03Z",
        }
    ]


def test_a_query_cannot_write(banso_apart: Banso, computed: Project) -> None:
    ran = banso_apart("sql", "DELETE FROM customers", "--project", computed.folder)

    assert ran.status == 2
    assert ran.err.startswith("error: Only SELECT")
