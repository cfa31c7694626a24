"""How long signals take: all of them on the last date, and one of them on the past.

    .venv/bin/python benchmarks/signals.py [--customers 100000] [--weeks 104]

Makes up a company whose customers have a contract, seats and some use each week, loads
it and runs it once with the starter definitions. Then it prints the seconds of

- the starter signals that are on, on the last as-of date (the state of the date before
  is there, as in a daily run), and who they are open at and why;
- one signal over all weeks, with its figures, as `banso backtest signals --signal`.

`--folder` keeps the company, and uses it again when it is there. For the second figure
of the brief take `--customers 10000`.
"""

import argparse
import datetime as dt
import shutil
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from banso.runs.loading import load
from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.running import run
from banso.runs.signal_backtesting import Wanted, try_signals

LAST = dt.date(2026, 11, 22)  # a Sunday
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


def made_up(folder: Path, *, customers: int, weeks: int) -> Project:
    facts = folder / "facts"
    facts.mkdir(parents=True)
    start = LAST - dt.timedelta(weeks=weeks)
    for name, sql in {
        "customers": """SELECT 'c' || i AS customer_id, 'Customer ' || i AS name,
            ['small', 'large'][1 + i % 2] AS size, 'csm' || i % 40 AS owner
            FROM range({n}) t(i)""",
        "subscriptions": """SELECT 'c' || i AS customer_id, 's' || i AS subscription_id,
            DATE '{start}' + (i % 200)::INT AS started_on, 5 + i % 20 AS seats,
            100.0 AS mrr, 'JPY' AS currency,
            CASE WHEN i % 10 < 3 AND started_on + away <= DATE '{last}'
                 THEN started_on + away END AS ended_on
            FROM (SELECT i, (30 + i * 7919 % (7 * {weeks}))::INT AS away
                  FROM range({n}) t(i))""",
        "events": """SELECT 'e' || i || '.' || w AS event_id, 'c' || i AS customer_id,
            'login' AS name, 'p' || i || '.' || (w * 7 + i) % 9 AS contact_id,
            TIMESTAMP '{start}' + to_days((7 * w + (i + w) % 7)::INT) AS occurred_at
            FROM range({n}) t(i), range({weeks}) u(w)
            WHERE hash(i * 1000 + w) % 100 < 30 + 6 * (i % 10)""",
    }.items():
        query = sql.format(n=customers, start=start, weeks=weeks, last=LAST)
        target = facts / f"{name}.parquet"
        duckdb.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
    project = create_project(
        folder / "company", name="B", timezone="Asia/Tokyo", currency="JPY",
        language="en",
    )  # fmt: skip
    apply_definitions(project, by="benchmark", why="start", at=NOW)
    load(project, facts, at=NOW)
    run(project, as_of=LAST - dt.timedelta(weeks=1), at=NOW)
    return project


class Watch:
    """Takes the time of the step of a run that looks for signals."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._since = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        """Take in how far a run is."""
        if step != "signals":
            return
        if done < total:
            self._since = time.perf_counter()
        else:
            self.seconds = time.perf_counter() - self._since


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    folder = options.folder or Path(mkdtemp())
    if (folder / "company").exists():
        project = Project.open(folder / "company")
    else:
        project = made_up(folder, customers=options.customers, weeks=options.weeks)
    watch = Watch()
    release = run(project, as_of=LAST, at=NOW, progress=watch)
    note = release.notes["analyses"]
    assert isinstance(note, dict)
    signals = note["signals"]
    assert isinstance(signals, dict)
    on = signals["on"]
    assert isinstance(on, list)
    rows = sum(part.rows for part in release.tables["signals"])
    print(f"{len(on)} signals on the last date: {watch.seconds:.1f} s, {rows:,} open")
    started = time.perf_counter()
    trial = try_signals(project, Wanted(key="use_stopped"))
    seconds = time.perf_counter() - started
    (one,) = trial.tried
    fired = one.figures["fired"].value
    print(f"one signal over {options.weeks} weeks: {seconds:.1f} s, {fired:,.0f} fired")
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
