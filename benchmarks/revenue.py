"""Time revenue by month against the same result in hand-written SQL.

    python benchmarks/revenue.py [--subscriptions 1000000] [--customers 100000]

Change events, movements down to the line, totals with committed MRR and retention over
one, three and twelve months, split by the whole and five groupings, over ten years.
Prints seconds, peak memory and the ratio, and compares every row of the five tables.
Each side runs in a process of its own with two threads and the same memory limit; both
read the same Parquet files, which are on disk before the clock starts, and write their
tables sorted. `--whole` times the whole step of a run beside them (three grains, all
readings of the starter definitions, renewals). `--rounds 3` repeats and prints the
medians.
"""

import argparse
import datetime as dt
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from banso.runs.revenue import RevenueRun

FIRST_DAY = dt.date(2016, 12, 1)
LAST_DAY = dt.date(2026, 11, 30)  # ten years: 120 months
GROUPINGS = ("product", "plan", "touch", "size", "cohort")
TABLES = {
    "mrr_changes": ("customer_id", "subscription_id", "product", "plan", "day"),
    "committed_changes": ("customer_id", "subscription_id", "product", "plan", "day"),
    "movement_lines": ("period", "subscription_id", "product", "plan", "kind"),
    "revenue_periods": ("period", "grouping", "segment"),
    "retention_figures": ("period", "grouping", "segment", "window_months"),
}
SQL = Path(__file__).with_suffix(".sql")
MEMORY = "3GB"


def main() -> None:
    options = _options()
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return
    folder = Path(options.folder or tempfile.mkdtemp(prefix="banso-bench-"))
    options.folder = str(folder)
    _say(
        f"{options.subscriptions:,} subscriptions, {options.customers:,} customers,"
        f" {len(GROUPINGS)} groupings, in {folder}"
    )
    _part("prepare", options)
    banso, sql = [], []
    for _round in range(options.rounds):
        banso.append(_part("banso", options))
        sql.append(_part("sql", options))
    _say(f"Banso            {_figures(banso)}   (aim: 20 s, 4 GB)")
    _say(f"DuckDB by hand   {_figures(sql)}")
    for key in ("seconds", "cpu"):
        ratio = _median(banso, key) / _median(sql, key)
        _say(f"ratio of {key:8}{ratio:.2f}   (aim: at most 1.5)")
    verdicts = _part("compare", options)["verdicts"]
    assert isinstance(verdicts, list)
    for verdict in verdicts:
        _say(f"same numbers     {verdict}")
    if options.whole:
        _say(f"the whole step   {_figures([_part('whole', options)])}")
    if not options.keep:
        shutil.rmtree(folder)


def _prepare(options: argparse.Namespace) -> dict[str, object]:
    """Make the facts and load them into the lake of a fresh project."""
    from banso.runs.project import create_project  # noqa: PLC0415
    from banso.runs.publishing import apply_definitions  # noqa: PLC0415
    from banso.runs.results import lake_of  # noqa: PLC0415
    from banso.tables.registry import TABLES as CONTRACT  # noqa: PLC0415

    folder = Path(options.folder) / "project"
    shutil.rmtree(folder, ignore_errors=True)
    project = create_project(
        folder, name="Bench", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    path = project.definitions_folder / "revenue.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    wanted = f"  groupings: [{', '.join(GROUPINGS)}]"
    lines = [wanted if "groupings:" in each else each for each in lines]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    now = dt.datetime.now(dt.UTC)
    with lake_of(project).writing(at=now) as draft:
        for table, sql in _facts(options).items():
            staged = Path(options.folder) / f"{table}.parquet"
            duckdb.sql(sql).write_parquet(str(staged))
            draft.upsert(CONTRACT[table], staged)
        draft.commit()
    apply_definitions(project, by="benchmark", why="start", at=now)
    return {}


def _facts(options: argparse.Namespace) -> dict[str, str]:
    """Return the SQL of each table: every customer has two lines of several spans.

    A span is followed by the next one at once, after a pause that is none, or after
    one that is churn; some end for good, and the newest run on.
    """
    customers = options.customers
    spans = options.subscriptions // customers // 2
    name = "'c' || lpad(cast(c as varchar), 7, '0')"
    return {
        "customers": f"""
            select {name} as customer_id, 'Customer ' || c as name,
                   ['high', 'low', 'tech'][1 + c % 3] as touch,
                   ['s', 'm', 'l', null][1 + c // 3 % 4] as size
            from range({customers}) t(c)""",
        "subscriptions": f"""
            with spans as (
                select c, l, k, cast(hash(c * 64 + l * 16 + k) >> 1 as bigint) as h,
                       date '{FIRST_DAY}' + cast(hash(c) % 1700 as int)
                       + cast(k * {1700 // spans} as int) as base,
                       cast(hash(c * 64 + l * 16 + k) % 120 as int) as shift,
                       cast(hash(c * 64 + l * 16 + k + 1) % 120 as int) as next_shift
                from range({customers}) a(c), range(2) b(l), range({spans}) d(k)
            )
            select 's' || c || '-' || l as subscription_id, {name} as customer_id,
                   base + shift as started_on,
                   case when k = {spans} - 1 and h % 3 > 0 then null
                        else base + {1700 // spans} + next_shift
                             - [0, 0, 0, 0, 0, 0, 5, 40, 80, 120][1 + h // 3 % 10] end
                       as ended_on,
                   cast(10000 + h // 64 % 90 * 1000 as decimal(18, 4)) as mrr,
                   'JPY' as currency,
                   ['base', 'pro', 'team', 'mail', 'desk', 'api'][1 + l * 3 + c % 3]
                       as product,
                   ['free', 'light', 'standard', 'large'][1 + h // 7 % 4] as plan,
                   case when h % 5 = 0 then base + shift - 20 end as signed_on
            from spans""",
    }


def _banso(options: argparse.Namespace) -> dict[str, object]:
    from banso.definitions.revenue import STANDARD  # noqa: PLC0415

    with _opened(options) as (earned, lake):
        start = time.perf_counter()
        made = {
            "mrr_changes": earned.changes(STANDARD),
            "committed_changes": earned.committed,
            "movement_lines": earned.movements("month"),
            "revenue_periods": earned.totals("month"),
            "retention_figures": earned.retention(STANDARD),
        }
        found = _measured(start)
        paths = {name: str(lake / part.path) for name, part in made.items()}
    (Path(options.folder) / "banso.json").write_text(json.dumps(paths))
    return found


def _whole(options: argparse.Namespace) -> dict[str, object]:
    with _opened(options) as (earned, _lake):
        start = time.perf_counter()
        earned.parts()
        return _measured(start)


@contextmanager
def _opened(options: argparse.Namespace) -> "Iterator[tuple[RevenueRun, Path]]":
    from banso.runs.derived import Kitchen  # noqa: PLC0415
    from banso.runs.project import Project  # noqa: PLC0415
    from banso.runs.results import lake_of, published_catalog  # noqa: PLC0415
    from banso.runs.revenue import RevenueRun  # noqa: PLC0415
    from banso.warehouse.session import Session  # noqa: PLC0415

    project = Project.open(Path(options.folder) / "project")
    lake = lake_of(project)
    manifest = lake.current()
    catalog = published_catalog(lake, manifest.definitions[-1].digest)
    with Session(lake, manifest, memory=MEMORY, threads=2) as session:
        kitchen = Kitchen(session, full=True)
        yield RevenueRun(kitchen, catalog, project.currency, LAST_DAY), lake.folder


def _sql(options: argparse.Namespace) -> dict[str, object]:
    folder = Path(options.folder)
    out = folder / "by-hand"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    text = SQL.read_text(encoding="utf-8").format(
        subscriptions=f"'{folder}/subscriptions.parquet'",
        customers=f"'{folder}/customers.parquet'",
        last=LAST_DAY,
        out=out,
    )
    con = duckdb.connect(config={"threads": 2, "memory_limit": MEMORY})
    con.execute(f"set temp_directory = '{folder}/spill'")
    start = time.perf_counter()
    con.execute(text)
    return _measured(start)


def _compare(options: argparse.Namespace) -> dict[str, object]:
    """Return how many rows differ in each table; numbers with a point by 1e-12."""
    folder = Path(options.folder)
    paths = json.loads((folder / "banso.json").read_text())
    con = duckdb.connect()
    verdicts = []
    for name, keys in TABLES.items():
        theirs = folder / f"by-hand/{name}.parquet"
        verdicts.append(f"{name}: {_differences(con, paths[name], theirs, keys)}")
    return {"verdicts": verdicts}


def _differences(
    con: duckdb.DuckDBPyConnection, ours: str, theirs: Path, keys: tuple[str, ...]
) -> str:
    con.execute(f"create or replace view ours as from '{ours}'")
    con.execute(f"create or replace view theirs as from '{theirs}'")
    named = {row[0]: row[1] for row in con.execute("describe theirs").fetchall()}
    unequal = " or ".join(
        f"not coalesce(abs(a.{name} - b.{name}) <= 1e-12, a.{name} is null"
        f" and b.{name} is null)"
        if dtype == "DOUBLE"
        else f"a.{name} is distinct from b.{name}"
        for name, dtype in named.items()
        if name not in keys
    )
    same = " and ".join(f"a.{key} is not distinct from b.{key}" for key in keys)
    rows, extra, wrong = con.execute(f"""
        select count(*),
               count(*) filter (a.{keys[0]} is null or b.{keys[0]} is null),
               count(*) filter (a.{keys[0]} is not null and b.{keys[0]} is not null
                                and ({unequal}))
        from ours a full join theirs b on {same}
    """).fetchall()[0]
    return f"{rows:,} rows × {len(named)}: {extra} unmatched, {wrong} different"


def _measured(start: float) -> dict[str, object]:
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {
        "seconds": round(seconds, 2),
        "gigabytes": round(peak, 2),
        "cpu": round(time.process_time(), 2),
    }


def _part(name: str, options: argparse.Namespace) -> dict[str, object]:
    command = [sys.executable, __file__, "--part", name]
    for key in ("subscriptions", "customers", "folder"):
        command += [f"--{key}", str(getattr(options, key))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _figures(rounds: list[dict[str, object]]) -> str:
    memory = max(float(str(each["gigabytes"])) for each in rounds)
    return (
        f"{_median(rounds, 'seconds'):7.2f} s, CPU {_median(rounds, 'cpu'):.2f} s,"
        f" peak {memory:.2f} GB"
    )


def _median(rounds: list[dict[str, object]], key: str) -> float:
    return statistics.median(float(str(each[key])) for each in rounds)


def _say(text: str) -> None:
    print(text, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscriptions", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--folder")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--whole", action="store_true", help="time the whole step too")
    parser.add_argument("--part", choices=sorted(PARTS))
    return parser.parse_args()


PARTS = {
    "prepare": _prepare,
    "banso": _banso,
    "sql": _sql,
    "compare": _compare,
    "whole": _whole,
}


if __name__ == "__main__":
    main()
