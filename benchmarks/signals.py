"""How long signals take: all of them on the last date, and one of them on the past.

    .venv/bin/python benchmarks/signals.py [--customers 100000] [--weeks 104]

Makes up a company whose customers have a contract, seats and some use each week, with
the starter definitions and more signals of the same kind, so that more than thirty are
on; loads it and runs it once. Then it prints the seconds of

- each step of the run a week later, the state of the date before being there; among
  them the step that finds which signals are open at whom, why, and what that is worth;
- one signal over all weeks, with its figures, as `banso backtest signals --signal`.

`--folder` keeps the company, and uses it again when it is there. For the second figure
of the brief take `--customers 10000`.
"""

import argparse
import datetime as dt
import re
import shutil
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from banso.runs.loading import load
from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.running import run
from banso.runs.signal_backtesting import Wanted, try_signals

LAST = dt.date(2026, 11, 22)  # a Sunday
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


FACTS = {
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
}  # fmt: skip
# What opens a signal and what closes it, for how many weeks, and what is expected.
MORE = (
    ("days_since_last_event >= 28", "days_since_last_event < 14", 1, "churn"),
    ("events_change_28 <= -0.6", "events_change_28 > -0.3", 1, "churn"),
    ("days_active_28 <= 1 and tenure_days >= 60", "days_active_28 >= 3", 2, "churn"),
    ("days_active_change_28 <= -0.4", "days_active_change_28 > -0.1", 2, "churn"),
    ("active_contacts_7 == 0 and active_contacts_180 >= 3", "active_contacts_7 > 0", 3,
     "churn"),
    ("events_per_contact_28 < 1.2", "events_per_contact_28 >= 1.5", 4, "churn"),
    ("churn_30 >= 0.1", "churn_30 < 0.05", 1, "churn"),
    ("churn_365 >= 0.5 and score < 70", "churn_365 < 0.4", 2, "churn"),
    ("adoption < 40", "adoption >= 50", 2, "churn"),
    ("engagement < 30 and tenure_days >= 90", "engagement >= 50", 4, "churn"),
    ("days_to_renewal <= 30 and days_active_28 <= 4", None, 1, "churn"),
    ("score >= 80 and tenure_days >= 180", "score < 70", 4, "expansion"),
    ("expansion_365 >= 0.3", "expansion_365 < 0.2", 1, "expansion"),
    ("seat_use >= 0.75 and events_change_28 > 0", "seat_use < 0.6", 2, "expansion"),
    ("contraction_180 >= 0.1", "contraction_180 < 0.05", 1, "contraction"),
    ("mrr_per_seat > 10 and seat_use < 0.5", "seat_use >= 0.6", 4, "contraction"),
)  # fmt: skip


def more_signals(starter: bytes) -> str:
    """Return the starter signals as a file, with more of them after."""
    found = yaml.safe_load(starter)
    for number, (when, until, weeks, outcome) in enumerate(MORE):
        told = next(name for name in re.findall(r"[a-z_0-9]+", when))
        found["signals"].append(
            {
                "key": f"more_{number}",
                "label": {"ja": f"そのほか{number}", "en": f"More {number}"},
                "kind": "churn" if outcome == "churn" else "upsell",
                "when": when,
                **({} if until is None else {"until": until}),
                "for_weeks": weeks,
                "cooldown_days": 28,
                "reason": {"ja": f"{{{told}}}です。", "en": f"It is {{{told}}}."},
                "outcome": outcome,
                "within_days": 180,
                "play": "revive_use",
            }
        )
    return yaml.safe_dump(found, allow_unicode=True)


def made_up(folder: Path, *, customers: int, weeks: int) -> Project:
    facts = folder / "facts"
    facts.mkdir(parents=True)
    start = LAST - dt.timedelta(weeks=weeks)
    for name, sql in FACTS.items():
        query = sql.format(n=customers, start=start, weeks=weeks, last=LAST)
        target = facts / f"{name}.parquet"
        duckdb.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
    project = create_project(
        folder / "company", name="B", timezone="Asia/Tokyo", currency="JPY",
        language="en",
    )  # fmt: skip
    path = project.definitions_folder / "signals.yaml"
    path.write_text(more_signals(path.read_bytes()), encoding="utf-8")
    apply_definitions(project, by="benchmark", why="start", at=NOW)
    load(project, facts, at=NOW)
    run(project, as_of=LAST - dt.timedelta(weeks=1), at=NOW)
    return project


class Watch:
    """Takes the time of each step of a run, on the clock and of the CPU."""

    def __init__(self) -> None:
        self.seconds: dict[str, tuple[float, float]] = {}
        self._last = self._now()

    def __call__(self, step: str, _done: int, _total: int) -> None:
        """Take in how far a run is; what lies between two steps is the later one's."""
        now = self._now()
        before = self.seconds.get(step, (0.0, 0.0))
        self.seconds[step] = (
            before[0] + now[0] - self._last[0],
            before[1] + now[1] - self._last[1],
        )
        self._last = now

    def finish(self) -> None:
        """Take what comes after the last step as a step of its own."""
        self("the rest", 1, 1)

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


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
    watch.finish()
    note = release.notes["analyses"]
    assert isinstance(note, dict)
    signals = note["signals"]
    assert isinstance(signals, dict)
    on = signals["on"]
    assert isinstance(on, list)
    rows = sum(part.rows for part in release.tables["signals"])
    for step, (seconds, busy) in watch.seconds.items():
        print(f"  {step:16} {seconds:7.1f} s, CPU {busy:7.1f} s")
    seconds, busy = watch.seconds.get("signals", (0.0, 0.0))
    print(
        f"{len(on)} signals on the last date: {seconds:.1f} s, CPU {busy:.1f} s,"
        f" {rows:,} open"
    )
    started, began = time.perf_counter(), time.process_time()
    trial = try_signals(project, Wanted(key="use_stopped"))
    seconds = time.perf_counter() - started
    busy = time.process_time() - began
    (one,) = trial.tried
    fired = one.figures["fired"].value
    print(
        f"one signal over {options.weeks} weeks: {seconds:.1f} s, CPU {busy:.1f} s,"
        f" {fired:,.0f} fired"
    )
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
