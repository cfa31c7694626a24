"""Whom to mail: the trial of Hillstrom (2008), women's mail against no mail.

    .venv/bin/python benchmarks/hillstrom.py [--data ../shared/data/hillstrom_womens]

The trial is loaded as a company: customers with what was known before the mail, and
their visits as events. Then it prints the effect of the mail on visits; whom Banso says
to mail; the Qini coefficient of Banso's order and of a LightGBM T-learner's on the same
five hold-outs of 30 %; and whom Banso says to mail when the mail is dealt out anew at
random, so that nothing differs. The set may not be shipped.
"""

import argparse
import datetime as dt
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

from banso.analytics.figures.estimate import Estimate
from banso.analytics.panel.landmarks import Feature
from banso.analytics.uplift.arms import Arms, effect
from banso.analytics.uplift.qini import Qini, mean_qini, qini
from banso.analytics.uplift.scoring import fitted_scoring
from banso.analytics.uplift.sentences import targeting_in_words
from banso.analytics.uplift.targeting import HELD_OUT, SEEDS, targeting
from banso.runs.loading import load
from banso.runs.project import create_project
from banso.runs.results import open_session

NUMBERS = ("recency", "history", "mens", "womens", "newbie")
CATEGORIES = ("history_segment", "zip_code", "channel")
MAILED_ON = dt.date(2008, 3, 20)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "hillstrom_womens"
Floats = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED)
    trial = loaded_trial(parser.parse_args().data)
    print(f"effect on visits: {_told(effect(trial))}   n {len(trial):,}")
    found = targeting(trial)
    print(f"{found.verdict}: {targeting_in_words(found, is_share=True).en}")
    for group in found.groups:
        print(f"  fifth {group.number}: {_told(group.effect)}")
    for name, each in qini_of_orders(trial).items():
        values = [one.coefficient.value or 0.0 for one in each]
        mean = mean_qini(each).coefficient
        print(
            f"Qini of {name}: {mean.value:.4f} ± {np.std(values, ddof=1):.4f} over "
            f"{len(values)} hold-outs (95 % interval {mean.low:.4f} to {mean.high:.4f})"
        )
    random = np.random.default_rng(0)
    mixed = replace(trial, treated=random.permutation(trial.treated))
    print(f"dealt anew: {targeting_in_words(targeting(mixed), is_share=True).en}")


def loaded_trial(data: Path) -> Arms:
    """Return the trial as Banso has it after loading it like any company's facts."""
    folder = Path(mkdtemp(prefix="banso-bench-"))
    facts = folder / "facts"
    facts.mkdir()
    for table, sql in _facts(data).items():
        duckdb.sql(sql).write_parquet(str(facts / f"{table}.parquet"))
    project = create_project(
        folder / "company",
        name="Hillstrom",
        timezone="UTC",
        currency="USD",
        language="en",
    )
    load(project, facts, at=NOW)
    with open_session(project) as session:
        customers = session.facts("customers")
        visits = session.facts("events").select("customer_id").distinct()
        visits = visits.mutate(visited=True)
        rows = customers.left_join(visits, "customer_id").order_by("customer_id")
        wanted = ("arm", "visited", *NUMBERS, *CATEGORIES)
        found = session.to_arrow(rows.select(*wanted)).to_pydict()
    shutil.rmtree(folder)
    columns, features = [], []
    for name in NUMBERS:
        columns.append(np.array(found[name], dtype=float))
        features.append(Feature(name, "number"))
    for name in CATEGORIES:
        levels, codes = np.unique(found[name], return_inverse=True)
        columns.append(codes.astype(float))
        features.append(Feature(name, "category", tuple(map(str, levels))))
    return Arms(
        treated=np.array([arm == "Womens E-Mail" for arm in found["arm"]]),
        outcome=np.array([float(seen is True) for seen in found["visited"]]),
        values=np.column_stack(columns),
        features=tuple(features),
    )


def _facts(data: Path) -> dict[str, str]:
    rows = f"""(select 'c' || lpad((row_number() over ())::varchar, 6, '0')
                as customer_id, * from read_parquet('{data}/trial.parquet'))"""
    known = ", ".join((*NUMBERS, *CATEGORIES))
    return {
        "customers": f"""select customer_id, customer_id as name, segment as arm,
            {known} from {rows}""",
        "events": f"""select customer_id || '.visit' as event_id, customer_id,
            'visit' as name, timestamp '{MAILED_ON}' + interval 1 day as occurred_at
            from {rows} where visit = 1""",
    }


def qini_of_orders(trial: Arms) -> dict[str, list[Qini]]:
    """Return the Qini of both orders on the same hold-outs."""
    from sklearn.model_selection import train_test_split  # noqa: PLC0415

    found: dict[str, list[Qini]] = {"Banso": [], "LightGBM T-learner": []}
    for seed in range(SEEDS):
        learned, apart = train_test_split(
            np.arange(len(trial)), test_size=HELD_OUT, random_state=seed
        )
        mine, held = trial.rows(learned), trial.rows(apart)
        scores = {
            "Banso": fitted_scoring(mine).of(held.values),
            "LightGBM T-learner": _t_learner(mine, held, seed=seed),
        }
        for name, each in scores.items():
            found[name].append(qini(each, held))
    return found


def _t_learner(mine: Arms, held: Arms, *, seed: int) -> Floats:
    """Return the difference of two models, one of each arm."""
    import lightgbm  # noqa: PLC0415

    places = [i for i, f in enumerate(mine.features) if f.kind == "category"]
    chances = []
    for arm in (mine.treated, ~mine.treated):
        machine = lightgbm.LGBMClassifier(
            n_estimators=100,
            learning_rate=0.05,
            num_leaves=15,
            min_child_samples=100,
            random_state=seed,
            n_jobs=2,
            verbose=-1,
        )
        machine.fit(
            mine.values[arm], mine.outcome[arm] == 1, categorical_feature=places
        )
        chances.append(np.asarray(machine.predict_proba(held.values))[:, 1])
    return np.asarray(chances[0] - chances[1], dtype=np.float64)


def _told(found: Estimate) -> str:
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    figures = (f"{100 * x:+.2f}" for x in (found.value, found.low, found.high))
    return "{} points (95 % interval {} to {})".format(*figures)


if __name__ == "__main__":
    main()
