"""Time a full run against the same result in hand-written SQL, then a daily run.

    python benchmarks/full_history.py [--events 10000000] [--customers 10000]

Prints seconds, peak memory and ratios. Each side runs in a process of its own with two
threads and the same memory limit; both read the same Parquet files of facts, which are
on disk before the clock starts. What a run analyses after metrics and health is left
out of its seconds, because the SQL knows nothing of it, and is in the whole of it.
`--rounds 3` repeats and prints the medians. Seconds of CPU are those of the whole run.
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
from pathlib import Path

import duckdb

FIRST_DAY = dt.date(2024, 11, 25)
DAYS = 728
LAST_DAY = FIRST_DAY + dt.timedelta(days=DAYS - 1)  # a Sunday: 104 as-of dates
SQL = Path(__file__).with_suffix(".sql")


def main() -> None:
    options = _options()
    if options.part:
        print(json.dumps(PARTS[options.part](options)))
        return
    folder = Path(options.folder or tempfile.mkdtemp(prefix="banso-bench-"))
    options.folder = str(folder)
    _say(f"{options.events:,} events, {options.customers:,} customers, in {folder}")
    _part("prepare", options)
    banso, sql = [], []
    for _round in range(options.rounds):
        banso.append(_part("banso", options))
        sql.append(_part("sql", options))
    _say(f"Banso, full      {_figures(banso)}")
    _say(f"DuckDB by hand   {_figures(sql)}")
    ratio = _median(banso, "seconds") / _median(sql, "seconds")
    _say(f"ratio            {ratio:.2f}   (aim: at most 1.5)")
    _say(f"same numbers     {_part('compare', options)['verdict']}")
    daily = []
    for number in range(options.rounds):
        options.day = number + 1
        _part("day", options)
        daily.append(_part("daily", options))
    _say(f"Banso, one day   {_figures(daily)}")
    for key, what in (("whole", "the whole run"), ("seconds", "metrics, health")):
        share = _median(daily, key) / _median(banso, key)
        _say(f"share of full    {share:.1%}   {what} (aim: at most 5 %)")
    by_hand = _part("sql-day", options)
    share = float(str(by_hand["seconds"])) / _median(sql, "seconds")
    _say(f"one day by hand  {_figures([by_hand])}: {share:.1%}   of its full")
    if not options.keep:
        shutil.rmtree(folder)


def _prepare(options: argparse.Namespace) -> dict[str, object]:
    """Make the facts and load them into the lake of a fresh project."""
    from banso.runs.project import create_project  # noqa: PLC0415
    from banso.runs.publishing import apply_definitions  # noqa: PLC0415
    from banso.runs.results import lake_of  # noqa: PLC0415
    from banso.tables.registry import TABLES  # noqa: PLC0415

    folder = Path(options.folder) / "project"
    shutil.rmtree(folder, ignore_errors=True)
    project = create_project(
        folder, name="Bench", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    now = dt.datetime.now(dt.UTC)
    with lake_of(project).writing(at=now) as draft:
        for table, sql in _facts(options).items():
            staged = Path(options.folder) / f"{table}.parquet"
            duckdb.sql(sql).write_parquet(str(staged))
            draft.upsert(TABLES[table], staged)
        draft.commit()
    apply_definitions(project, by="benchmark", why="start", at=now)
    return {}


def _facts(options: argparse.Namespace) -> dict[str, str]:
    """Return the SQL of each table: people who work in sessions of four events."""
    customers = options.customers
    customer = f"'c' || lpad(cast(i % {customers} as varchar), 7, '0')"
    return {
        "customers": f"""
            select {customer} as customer_id, 'Customer ' || i as name
            from range({customers}) t(i)""",
        "subscriptions": f"""
            select 's' || i as subscription_id, {customer} as customer_id,
                   date '{FIRST_DAY}' as started_on,
                   cast(if(i % 9 = 0, date '{LAST_DAY}' - cast(i % 500 as int), null)
                        as date) as ended_on,
                   cast(10000 + i % 90 * 1000 as decimal(18, 4)) as mrr,
                   cast(5 + i % 20 as bigint) as seats
            from range({customers}) t(i)""",
        "events": _events(options.events, customers, FIRST_DAY, DAYS),
    }


def _events(count: int, customers: int, first: dt.date, days: int) -> str:
    return f"""
        select 'e{first:%y%m%d}-' || i as event_id,
               'c' || lpad(cast(h % {customers} as varchar), 7, '0') as customer_id,
               'p' || (h % {customers}) || '-' || (h // {customers} % 12) as contact_id,
               timestamp '{first}' - interval 9 hour
                 + to_seconds(h // {customers * 12} % {days} * 86400 + g % 36000)
                 as occurred_at,
               ['login', 'report', 'search', 'export'][1 + g // 7 % 4] as name,
               cast(g // 11 % 1000 / 10 as double) as value
        from (select i, cast(hash(i // 4 + {first:%y%m%d}) >> 1 as bigint) as h,
                     cast(hash(i) >> 1 as bigint) as g from range({count}) t(i))"""


def _banso(options: argparse.Namespace) -> dict[str, object]:
    return _timed_run(options, as_of=LAST_DAY, full=True)


def _day(options: argparse.Namespace) -> dict[str, object]:
    """Load the events of one more day."""
    from banso.runs.project import Project  # noqa: PLC0415
    from banso.runs.results import lake_of  # noqa: PLC0415
    from banso.tables.registry import TABLES  # noqa: PLC0415

    if options.day == 1:  # what a schedule would have left there the day before
        _timed_run(options, as_of=LAST_DAY, full=False)
    day = LAST_DAY + dt.timedelta(days=options.day)
    staged = Path(options.folder) / "day.parquet"
    sql = _events(options.events // DAYS, options.customers, day, 1)
    duckdb.sql(sql).write_parquet(str(staged))
    lake = lake_of(Project.open(Path(options.folder) / "project"))
    with lake.writing(at=dt.datetime.now(dt.UTC)) as draft:
        draft.upsert(TABLES["events"], staged)
        draft.commit()
    return {}


def _daily(options: argparse.Namespace) -> dict[str, object]:
    day = LAST_DAY + dt.timedelta(days=options.day)
    return _timed_run(options, as_of=day, full=False)


def _timed_run(
    options: argparse.Namespace, *, as_of: dt.date, full: bool
) -> dict[str, object]:
    from banso.runs.project import Project  # noqa: PLC0415
    from banso.runs.running import run  # noqa: PLC0415

    project = Project.open(Path(options.folder) / "project")
    steps: dict[str, float] = {}
    start = time.perf_counter()

    def note(step: str, _done: int, _total: int) -> None:
        steps[step] = round(time.perf_counter() - start, 2)

    run(project, as_of=as_of, at=dt.datetime.now(dt.UTC), full=full, progress=note)
    # The yardstick knows metrics and health; forecasts and judgements come after them.
    # A run that finds its release there has no steps at all.
    analyses = max(steps.values(), default=0.0) - steps.get("customers", 0.0)
    whole = _measured(start)
    seconds = round(float(str(whole["seconds"])) - analyses, 2)
    return whole | {"seconds": seconds, "whole": whole["seconds"], "steps": steps}


def _sql(options: argparse.Namespace) -> dict[str, object]:
    return _by_hand(options, first=_first_as_of(), last=LAST_DAY)


def _sql_day(options: argparse.Namespace) -> dict[str, object]:
    """Compute one date by the same SQL, which keeps nothing from day to day."""
    day = LAST_DAY + dt.timedelta(days=options.day)
    return _by_hand(options, first=day, last=day)


def _by_hand(
    options: argparse.Namespace, *, first: dt.date, last: dt.date
) -> dict[str, object]:
    from banso.runs.project import Project  # noqa: PLC0415
    from banso.runs.results import lake_of  # noqa: PLC0415

    lake = lake_of(Project.open(Path(options.folder) / "project"))
    files = {
        table: [str(lake.folder / part.path) for part in version.parts]
        for table, version in lake.current().facts.items()
    }
    out = Path(options.folder) / f"by-hand{options.day or ''}"
    out.mkdir(exist_ok=True)
    text = SQL.read_text().format(
        events=files["events"],
        subscriptions=files["subscriptions"],
        first=first,
        last=last,
        out=out,
    )
    start = time.perf_counter()
    con = duckdb.connect()
    con.execute("set threads = 2")
    con.execute("set memory_limit = '3GB'")
    con.execute(f"set temp_directory = '{options.folder}/spill'")
    con.execute(text)
    return _measured(start)


def _first_as_of() -> dt.date:
    """Return the first Sunday on which anybody has a contract."""
    return FIRST_DAY + dt.timedelta(days=(6 - FIRST_DAY.weekday()) % 7)


def _compare(options: argparse.Namespace) -> dict[str, object]:
    """Return whether both sides say the same, to 1e-9 of each number."""
    from banso.runs.project import Project  # noqa: PLC0415
    from banso.runs.results import open_session  # noqa: PLC0415

    with open_session(Project.open(Path(options.folder) / "project")) as session:
        release = session.manifest.release
        assert release is not None
        con = duckdb.connect()
        verdicts = []
        for name in ("metric_grid", "health_grid"):
            ours = [str(session.lake.folder / p.path) for p in release.tables[name]]
            theirs = f"{options.folder}/by-hand/{name}.parquet"
            verdicts.append(_differences(con, ours, theirs, _pairs(name)))
    return {"verdict": "; ".join(verdicts)}


def _pairs(name: str) -> dict[str, str]:
    """Return our columns and those of the SQL, where the names differ."""
    if name == "metric_grid":
        return {}
    elements = {
        "deployment.seat_use": "seat_use",
        "engagement.regularity": "regularity",
        "engagement.recency": "recency",
        "adoption.depth": "depth",
        "adoption.kept_contacts": "kept",
        "adoption.usage_trend": "trend",
    }
    pairs = {"score": "score", "coverage": "coverage"}
    for ours, theirs in elements.items():
        pairs[f"standard.{ours}.score"] = theirs
        pairs[f"standard.{ours}.weight"] = f"{theirs}_w"
    return pairs


def _differences(
    con: duckdb.DuckDBPyConnection,
    ours: list[str],
    theirs: str,
    pairs: dict[str, str],
) -> str:
    con.execute(f"create or replace view ours as from read_parquet({ours})")
    con.execute(f"create or replace view theirs as from read_parquet('{theirs}')")
    if not pairs:
        named = con.execute("describe theirs").fetchall()
        pairs = {row[0]: row[0] for row in named[2:]}
    unequal = " + ".join(
        f"""count(*) filter (a."{mine}" is distinct from b."{other}" and not
            coalesce(abs(a."{mine}" - b."{other}")
                     <= 1e-9 * greatest(1, abs(b."{other}")), false))"""
        for mine, other in pairs.items()
    )
    rows, extra, wrong = con.execute(f"""
        select count(*),
               count(*) filter (a.customer_id is null or b.customer_id is null),
               {unequal}
        from ours a full join theirs b
          on a.customer_id = b.customer_id and a.as_of = b.as_of
    """).fetchall()[0]
    return f"{rows:,} rows × {len(pairs)}: {extra} unmatched, {wrong} different"


def _measured(start: float) -> dict[str, object]:
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    cpu = time.process_time()
    return {
        "seconds": round(seconds, 2),
        "gigabytes": round(peak, 2),
        "cpu": round(cpu, 2),
    }


def _part(name: str, options: argparse.Namespace) -> dict[str, object]:
    command = [sys.executable, __file__, "--part", name]
    for key in ("events", "customers", "folder", "day"):
        command += [f"--{key}", str(getattr(options, key))]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _figures(rounds: list[dict[str, object]]) -> str:
    memory = max(float(str(each["gigabytes"])) for each in rounds)
    told = f"{_median(rounds, 'seconds'):7.2f} s"
    if "whole" in rounds[-1]:
        told += f" ({_median(rounds, 'whole'):.2f} s with analyses)"
    told += f", CPU {_median(rounds, 'cpu'):.2f} s, peak {memory:.2f} GB"
    return told + (f"  {rounds[-1]['steps']}" if "steps" in rounds[-1] else "")


def _median(rounds: list[dict[str, object]], key: str) -> float:
    return statistics.median(float(str(each[key])) for each in rounds)


def _say(text: str) -> None:
    print(text, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--folder")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--day", type=int, default=0)
    parser.add_argument("--part", choices=sorted(PARTS))
    return parser.parse_args()


PARTS = {
    "prepare": _prepare,
    "banso": _banso,
    "sql": _sql,
    "sql-day": _sql_day,
    "compare": _compare,
    "day": _day,
    "daily": _daily,
}


if __name__ == "__main__":
    main()
