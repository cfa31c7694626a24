"""Do trials keep their promises on whole companies? Many of them, simulated and read.

    .venv/bin/python benchmarks/trials_of_aozora.py [--companies 300] [--customers 1000]

Makes Aozora Cloud anew with one seed after another, loads what a trial reads, and asks
of each of its four plays what Banso says: at the planned end, and in any weekly look.
Two plays were planted with an effect and two without. Prints for each play how often
the interval covers the truth (aim: 93 to 97 % of 300 companies), and in how many
companies a lower or a higher outcome is said at the end or in any look before it: of a
play without effect, the good side is a false "proven" (aim: at most 5 %).

The truth of a play is the mean of the plain differences of its arms over all companies:
whoever is treated is drawn by lot, so each of them is unbiased. Its own error is
printed; a play without effect has the truth 0. Companies in which a play had too few
outcomes for an interval are counted apart.
"""

import argparse
import datetime as dt
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from banso.demo.aozora import write_company
from banso.kernel.zones import day_number
from banso.runs.derived import Kitchen
from banso.runs.gridding import Gridded
from banso.runs.loading import load
from banso.runs.panels import Panels
from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, open_session, published_catalog
from banso.runs.trial_entrants import TrialEntrants
from banso.runs.trial_rows import ReadTrial

LAST_DAY = dt.date(2026, 11, 22)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
READ = ("customers", "subscriptions", "partners", "trials", "trial_assignments")
WITHOUT_EFFECT = ("courtesy_call", "monthly_newsletter")


@dataclass(frozen=True)
class Said:
    """What Banso said of one play in one company."""

    plain: float  # difference of the shares of both arms
    low: float | None
    high: float | None
    below: bool  # whether any weekly look, or the end, said that it lowers the outcome
    above: bool  # or that it raises it


def company_of(seed: int, *, customers: int) -> dict[str, Said]:
    folder = Path(mkdtemp())
    try:
        facts = folder / "facts"
        write_company(
            facts, customers=customers, last_day=LAST_DAY, seed=seed, volume=0.001
        )
        for path in facts.iterdir():
            if path.stem not in READ:
                path.unlink()
        project = create_project(
            folder / "project",
            name="Aozora",
            timezone="Asia/Tokyo",
            currency="JPY",
            language="ja",
        )
        apply_definitions(project, by="benchmark", why="", at=NOW)
        load(project, facts, at=NOW)
        return trials_of(project)
    finally:
        shutil.rmtree(folder)


def trials_of(project: Project) -> dict[str, Said]:
    manifest = lake_of(project).current()
    digest = manifest.definitions[-1].digest
    catalog = published_catalog(lake_of(project), digest)
    with open_session(project, manifest) as session:
        panels = Panels(Kitchen(session), Gridded((), (), ()), catalog, (), LAST_DAY)
        entrants = TrialEntrants(panels, ())
        return {
            trial.trial_id: said(ReadTrial(entrants, trial, day_number(LAST_DAY)))
            for trial in entrants.trials
        }


def said(trial: ReadTrial) -> Said:
    row = next(each for each in trial.rows() if each.kind == "outcome")
    treated = (row.events_treated or 0) / max(row.n_treated, 1)
    held_out = (row.events_held_out or 0) / max(row.n_held_out, 1)
    bounds = [(each.low, each.high) for each in (*trial.looks(), row)]
    return Said(
        plain=treated - held_out,
        low=row.low,
        high=row.high,
        below=any(high is not None and high < 0 for _low, high in bounds),
        above=any(low is not None and low > 0 for low, _high in bounds),
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--companies", type=int, default=300)
    asked.add_argument("--customers", type=int, default=1000)
    asked.add_argument("--first-seed", type=int, default=1)
    wanted = asked.parse_args()
    found: dict[str, list[Said]] = defaultdict(list)
    for number in range(wanted.companies):
        for play, each in company_of(
            wanted.first_seed + number, customers=wanted.customers
        ).items():
            found[play].append(each)
        if number % 10 == 9:
            print(f"{number + 1} companies", file=sys.stderr, flush=True)
    for play, several in sorted(found.items()):
        tell(play, several)


def tell(play: str, several: list[Said]) -> None:
    plain = np.array([each.plain for each in several])
    truth = 0.0 if play in WITHOUT_EFFECT else float(plain.mean())
    error = float(plain.std(ddof=1) / len(plain) ** 0.5)
    told = [each for each in several if each.low is not None and each.high is not None]
    inside = [each.low <= truth <= each.high for each in told]
    share = float(np.mean(inside)) if inside else float("nan")
    below = sum(each.below for each in several) / len(several)
    above = sum(each.above for each in several) / len(several)
    print(
        f"{play}: {len(told)} of {len(several)} with an interval; mean difference"
        f" {100 * plain.mean():+.2f} points (± {196 * error:.2f}); covers the truth"
        f" {100 * share:.1f} %; said to lower the outcome in {100 * below:.1f} %,"
        f" to raise it in {100 * above:.1f} %"
    )


if __name__ == "__main__":
    main()
