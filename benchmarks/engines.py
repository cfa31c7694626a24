"""Run a company on DuckDB and on another engine, and compare every result table.

    python benchmarks/engines.py [--events 1000000] [--customers 1000] [--days 364]
        [--master spark://HOST:7077 or postgresql://USER@HOST/DATABASE]
        [--memory 2g] [--steps metrics] [--project DIR [--as-of DATE]]

Without ``--master``, a standalone cluster of one master and two workers is started on
this machine and ended. ``--project DIR`` takes the facts of a project instead, as of
``--as-of`` or its newest release; nothing is written into it. Prints seconds and
events/s of each engine, and for each table whether it has the same bytes, the same rows
up to 1e-9 in floats, or other rows; ends with 1 in the last case. ``--steps metrics``
ends each run after metrics and health.
"""

import argparse
import datetime as dt
import math
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from full_history import _events, _facts

from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of
from banso.runs.running import run
from banso.tables.registry import TABLES
from banso.warehouse.cluster import Cluster, Kind
from banso.warehouse.manifest import Part, Release

FIRST_DAY = dt.date(2024, 11, 25)
Tables = Mapping[str, Sequence[Part]]


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="banso-engines-"))
    try:
        project = _project(options, folder)
        beside = replace(project, folder=folder / "spark")
        shutil.copytree(project.folder, beside.folder)
        with _master(options) as master:
            cluster = Cluster(master, _settings(options, master))
            one = _timed(options, project)
            other = _timed(options, replace(beside, cluster=cluster))
        return _compared(one, other, project, beside)
    finally:
        shutil.rmtree(folder)


def _project(options: argparse.Namespace, folder: Path) -> Project:
    if options.project:
        given = Project.open(Path(options.project))
        shutil.copytree(given.folder, folder / "duckdb")
        if options.steps == "metrics":  # compares all files that there are
            derived = folder / "duckdb/.banso/lake/derived"
            shutil.rmtree(derived, ignore_errors=True)
        return Project.open(folder / "duckdb")
    project = create_project(
        folder / "duckdb",
        name="B",
        timezone="Asia/Tokyo",
        currency="JPY",
        language="ja",
    )
    now = dt.datetime.now(dt.UTC)
    facts = _facts(options)
    facts["events"] = _events(
        options.events, options.customers, FIRST_DAY, options.days
    )
    with lake_of(project).writing(at=now) as draft:
        for table, sql in facts.items():
            staged = folder / f"{table}.parquet"
            duckdb.sql(sql).write_parquet(str(staged))
            draft.upsert(TABLES[table], staged)
        draft.commit()
    apply_definitions(project, by="benchmark", why="start", at=now)
    return project


@contextmanager
def _master(options: argparse.Namespace) -> Iterator[str]:
    if options.master:
        yield options.master
        return
    sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))
    from spark_cluster import standalone  # noqa: PLC0415 - as the tests do

    with standalone(memory=options.memory) as master:
        yield master


def _settings(options: argparse.Namespace, master: str) -> Mapping[str, str]:
    if Cluster(master).kind is not Kind.SPARK:
        return {}
    return {
        "spark.driver.host": "127.0.0.1",
        "spark.executor.memory": options.memory,
        "spark.sql.shuffle.partitions": "4",
    }


class _Enough(Exception):
    """What was asked for is computed."""


def _timed(options: argparse.Namespace, project: Project) -> Tables:
    """Run in full, and return the tables."""
    began, steps = time.monotonic(), dict[str, float]()
    tables: dict[str, Sequence[Part]] = {}

    def progress(step: str, done: int, total: int) -> None:
        if done == total:
            steps[step] = time.monotonic() - began
        if step == "customers" and options.steps == "metrics":
            raise _Enough

    try:
        release: Release = run(
            project,
            as_of=_as_of(options, project),
            at=dt.datetime.now(dt.UTC),
            full=True,
            progress=progress,
        )
        tables.update(release.tables)
    except _Enough:
        tables.update(_derived(project))
    seconds = time.monotonic() - began
    name = project.cluster.shown if project.cluster else "duckdb"
    each = ", ".join(f"{step} {at:.0f}" for step, at in steps.items())
    events = lake_of(project).current().facts["events"].rows
    rate = f"{events / seconds:,.0f} events/s"
    print(f"{name}: {seconds:.0f} s, {rate} (done by: {each})", flush=True)
    return tables


def _as_of(options: argparse.Namespace, project: Project) -> dt.date:
    if options.as_of:
        return dt.date.fromisoformat(options.as_of)
    newest = lake_of(project).current().release
    return newest.as_of if newest else FIRST_DAY + dt.timedelta(options.days - 1)


def _derived(project: Project) -> Tables:
    """Return the files that a run left which was ended early."""
    root = project.lake_folder
    found: dict[str, list[Part]] = {}
    for path in sorted((root / "derived").rglob("*.parquet")):
        where = path.relative_to(root)
        part = Part(where.as_posix(), path.stem, 0, 0, str(path.stat().st_size))
        found.setdefault(path.parent.name, []).append(part)
    return found


def _compared(one: Tables, other: Tables, here: Project, beside: Project) -> int:
    assert one.keys() == other.keys(), one.keys() ^ other.keys()
    verdicts: dict[str, list[str]] = {}
    for name in sorted(one):
        verdict = _verdict(_read(here, one[name]), _read(beside, other[name]))
        verdicts.setdefault(verdict, []).append(name)
    for verdict, names in sorted(verdicts.items()):
        listed = "" if verdict == "equal" else f": {', '.join(names)}"
        print(f"{verdict}: {len(names)} tables{listed}")
    return int(any(verdict.startswith("OTHER") for verdict in verdicts))


def _read(project: Project, parts: Sequence[Part]) -> pa.Table:
    root = project.lake_folder
    return pa.concat_tables(pq.read_table(root / part.path) for part in parts)


def _verdict(one: pa.Table, other: pa.Table) -> str:
    if one.equals(other):
        return "equal"
    if one.schema != other.schema or one.num_rows != other.num_rows:
        return "OTHER schema or number of rows"
    for name in one.schema.names:
        if one[name].equals(other[name]):
            continue
        pairs = zip(one[name].to_pylist(), other[name].to_pylist(), strict=True)
        if not all(_is_near(value, beside) for value, beside in pairs):
            return f"OTHER values in {name}"
    return "floats within 1e-9"


def _is_near(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        both_nan = math.isnan(one) and math.isnan(other)
        return both_nan or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_near, one, other))
    return one == other


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=364)
    parser.add_argument("--master")
    parser.add_argument("--memory", default="2g")
    parser.add_argument("--project")
    parser.add_argument("--as-of")
    parser.add_argument("--steps", choices=("all", "metrics"), default="all")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
