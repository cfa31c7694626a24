"""Load one large CSV of events; print rows per second and the peak of memory.

Usage: python benchmarks/load_csv.py [--megabytes 1000] [--folder DIR]
"""

import argparse
import datetime as dt
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from banso.runs.loading import load
from banso.runs.project import create_project

CUSTOMERS = 10_000
FIRST = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)


def write_files(folder: Path, *, megabytes: int) -> int:
    """Write customers and as many events as fill `megabytes`; return their number."""
    with (folder / "customers.csv").open("w", encoding="utf-8") as file:
        file.write("customer_id,name,touch,created_on\n")
        file.writelines(f"c{i},株式会社{i},high,2023-01-01\n" for i in range(CUSTOMERS))
    rows = 0
    with (folder / "events.csv").open("w", encoding="utf-8") as file:
        file.write(
            "event_id,occurred_at,customer_id,name,contact_id,value,properties\n"
        )
        while file.tell() < megabytes * 1_000_000:
            file.writelines(_event(rows + i) for i in range(10_000))
            rows += 10_000
    return rows


def _event(number: int) -> str:
    moment = FIRST + dt.timedelta(seconds=number * 6)
    return (
        f"e{number:09d},{moment.isoformat()},c{number % CUSTOMERS},"
        f"feature_{number % 37},u{number % 50_000},{number % 1000 / 4},"
        f'"{{""plan"":""pro"",""n"":{number % 7}}}"\n'
    )


def main() -> None:
    """Make the files, load them in a process of its own, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--folder", type=Path, help="where the files are made")
    parser.add_argument("--loaded", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.loaded:
        _load(arguments.loaded)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as name:
        folder = Path(name)
        (folder / "files").mkdir()
        rows = write_files(folder / "files", megabytes=arguments.megabytes)
        print(f"{arguments.megabytes} MB, {rows:,} events")
        # A fresh process: its peak of memory is that of the load alone.
        subprocess.run([sys.executable, __file__, "--loaded", str(folder)], check=True)


def _load(folder: Path) -> None:
    project = create_project(
        folder / "project", name="Load", timezone="UTC", currency="JPY", language="en"
    )
    for turn in ("first", "again"):
        start = time.perf_counter()
        summary = load(project, folder / "files", at=dt.datetime.now(dt.UTC))
        seconds = time.perf_counter() - start
        rows = sum(each.rows_read for each in summary.tables)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{turn}: {seconds:.1f} s, {rows / seconds:,.0f} rows/s,"
            f" peak {peak:,.0f} MB, version {summary.version}"
        )


if __name__ == "__main__":
    main()
