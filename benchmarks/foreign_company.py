"""Load and run a company that Banso did not make up, as a stranger would.

    python benchmarks/foreign_company.py --kind telco|snapshot|noise|b2b
        [--customers N] [--seed 0] [--bare] [--keep DIR]

Writes CSV files, then calls `banso init`, `load` and `run`. Prints seconds and peak
memory of each step, the drivers that were found beside those that were planted, and
the forecast beside the naive rules, out of time. `--bare` leaves the starter
definitions as they are; else the columns set at the start stand in `forecast.yaml`, and
metrics of the company's own usage in a file, as a reader of the how-to would do.
Aim for telco: the whole run under 180 s and 4 GB on two cores.
"""

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow.csv
from foreign_makers import AS_OF, MAKERS, Company

BANSO = [sys.executable, "-c", "from banso.cli.main import main; main()"]
LANGUAGE = {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
LEVEL = 0.05
Row = Mapping[str, str]


def main() -> None:
    options = _options()
    make, usual = MAKERS[options.kind]
    customers = options.customers or usual
    company = make(np.random.default_rng(options.seed), customers)
    folder = Path(options.keep or tempfile.mkdtemp(prefix="banso-foreign-"))
    project = folder / "project"
    _write(company, folder / "files")
    print(f"{options.kind} {options.seed}: {customers:,}, {_left(company):,} left")
    place = ["--timezone", "Asia/Tokyo", "--currency", "JPY"]
    _timed("init", ["init", str(project), *place])
    if not options.bare:
        _define(company, project)
    _timed("load", ["load", str(folder / "files"), "--project", str(project)])
    run = ["run", "--as-of", AS_OF.isoformat(), "--project", str(project)]
    print(_timed("run", run).strip())
    _say_drivers(company, project)
    _say_forecast(project)
    if not options.keep:
        shutil.rmtree(folder)


# -- the files ------------------------------------------------------------------------


def _write(company: Company, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in company.tables.items():
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")


def _define(company: Company, project: Path) -> None:
    """Write what a reader of the how-to would: the profile, and metrics of usage."""
    path = project / "definitions" / "forecast.yaml"
    text = path.read_text(encoding="utf-8")
    there = re.search(r"profile: \[(.*)\]", text)
    assert there is not None
    profile = dict.fromkeys([*there[1].split(", "), *company.profile])
    text = text.replace(there[0], f"profile: [{', '.join(profile)}]")
    path.write_text(text, encoding="utf-8")
    if company.metrics:
        own = project / "definitions" / "metrics" / "own.yaml"
        own.write_text(company.metrics, encoding="utf-8")


def _left(company: Company) -> int:
    lines = company.tables["subscriptions"]
    return len(lines) - lines["ended_on"].null_count


# -- the commands ---------------------------------------------------------------------


class _Watch:
    """Notes when each line of progress came, and the most memory until the next."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.steps: list[tuple[str, float, float]] = []  # name, begun at, peak GB
        self._name, self._began, self._peak = "start", time.perf_counter(), 0.0

    def follow(self) -> str:
        """Return what else was written, when the process has ended."""
        sampling = threading.Thread(target=self._sample)
        sampling.start()
        other = []
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if line.rstrip().endswith("…"):
                self._next(line.strip(" …\n"))
            else:
                other.append(line)
        self._next("end")
        sampling.join()
        return "".join(other)

    def _next(self, name: str) -> None:
        now = time.perf_counter()
        self.steps.append((self._name, now - self._began, self._peak))
        self._name, self._began, self._peak = name, now, 0.0

    def _sample(self) -> None:
        status = Path(f"/proc/{self.process.pid}/status")
        while self.process.poll() is None:
            found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
            if found:
                self._peak = max(self._peak, int(found[1]) / 2**20)
            time.sleep(0.05)


def _timed(name: str, arguments: list[str]) -> str:
    began = time.perf_counter()
    process = subprocess.Popen(
        [*BANSO, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | LANGUAGE,
    )
    watch = _Watch(process)
    other = watch.follow()
    assert process.stdout is not None
    written = process.stdout.read()
    if process.wait() == 2 or other:
        print(other, written, sep="\n")
    peak = max(step[2] for step in watch.steps)
    print(f"{name:34}{time.perf_counter() - began:8.1f} s {peak:6.2f} GB")
    for step, seconds, most in watch.steps if name == "run" else ():
        print(f"  {step:32}{seconds:8.1f} s {most:6.2f} GB")
    sys.stdout.flush()
    return written


def _told(arguments: list[str]) -> str:
    done = subprocess.run(
        [*BANSO, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | LANGUAGE,
    )
    return done.stdout or done.stderr


# -- the verdicts ---------------------------------------------------------------------


def _say_drivers(company: Company, project: Path) -> None:
    """Print what was planted and what was found, and what was found without."""
    told = _told(["export", "drivers", "--project", str(project)])
    table = csv.DictReader(io.StringIO(told))
    rows = [row for row in table if row.get("stratum") == "all"]
    if not rows:
        print("drivers: none", told.strip()[:300])
        return
    found = {row["element"] for row in rows if _is_below(row["q_value"])}
    kept = {row["element"] for row in rows if row["is_kept"] == "true"}
    print(f"drivers: {len(rows)} looked at, {len(found)} found, {len(kept)} kept")
    for row in rows:
        element, truth = row["element"], company.planted.get(row["element"])
        if truth not in (None, "nil") or element in found | kept:
            verdict = "found" if element in found else "-"
            verdict = "kept" if element in kept else verdict
            figures = f"effect {row['effect'][:6]:6} q {_short(row['q_value'])}"
            said = f"{verdict:6} {figures} {row['reason']:18} {truth or ''}"
            print(f"  {element:28} {said}")
    nil = {key for key, truth in company.planted.items() if truth == "nil"}
    false = found if "*" in nil else found & nil
    looked_at = len(rows) if "*" in nil else len(nil)
    print(f"nothing planted, yet found: {len(false)} of {looked_at} {sorted(false)}")


def _short(q_value: str) -> str:
    return f"{float(q_value):<8.2g}" if q_value else " " * 8


def _is_below(q_value: str) -> bool:
    return bool(q_value) and float(q_value) < LEVEL


def _say_forecast(project: Path) -> None:
    """Print the forecast beside the naive rules, and what is said of too little."""
    told = _told(["backtest", "forecast", "--json", "--project", str(project)])
    try:
        found = json.loads(told)
    except json.JSONDecodeError:
        print("forecast:", told.strip())
        return
    print(f"forecast: known by {found['known_by']}, reason {found['reason']}")
    rows = [row for row in found["figures"] if row["stratum"] == "all"]
    for row in rows:
        wanted = row["figure"] in {"auc", "log_loss"} and row["outcome"] == "churn"
        if wanted and row["horizon_days"] == 90:
            value, low, high = (row[key] for key in ("value", "low", "high"))
            cell = row["reason"] or f"{value:.4f} ({low:.4f}-{high:.4f})"
            print(f"  {row['subject']:16} {row['figure']:9} {cell}")
    print(_told(["backtest", "forecast", "--project", str(project)]).strip())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=list(MAKERS), default="b2b")
    parser.add_argument("--customers", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--bare", action="store_true")
    parser.add_argument("--keep", metavar="DIR")
    return parser.parse_args()


if __name__ == "__main__":
    main()
