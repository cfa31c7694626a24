"""Withdrawal after day 56 on OULAD: Banso's forecast beside a hand-made LightGBM.

    python benchmarks/open_university.py [--data ../shared/data/oulad_2013]

The registrations of 2013B are fitted, those of 2013J judged: of those still registered
on day 56 of their course, which are withdrawn later? Nothing dated on day 56 or after
it is a feature. Prints AUC and log loss with their 95 % intervals, by learner. The
yardstick reads the events through queries written for this set; Banso reads the
definitions of `examples/open-university` alone. Aim: at least the yardstick's figures.
"""

import argparse
import datetime as dt
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from banso.analytics.figures.calibration import log_loss
from banso.analytics.figures.ranking import auc

DAY = 56
SEEDS = 5
EXAMPLE = Path(__file__).parents[1] / "examples" / "open-university"
Floats = NDArray[np.float64]

# One row per registration that is still open on day 56, with what was dated before it.
REGISTRATIONS = f"""
    with open_ones as (
        select s.*, service_started_on + {DAY} as day_56,
               coalesce(ended_reason = 'churned', false) as withdrawn
        from read_parquet('{{data}}/subscriptions.parquet') s
        where ended_on is null or ended_on > service_started_on + {DAY}
    ), used as (
        select o.subscription_id,
               {{clicks}},
               sum(value) filter (name = 'clicks_before_start') as clicks_before,
               count(*) filter (name = 'submitted_TMA') as marked,
               count(*) filter (name = 'submitted_CMA') as computed,
               avg(value) filter (name like 'submitted%') as mean_mark,
               min(value) filter (name like 'submitted%') as least_mark,
               arg_max(value, occurred_at) filter (name like 'submitted%') as last_mark,
               min(occurred_at::date - o.service_started_on)
                   filter (name like 'submitted%') as first_submission,
               max(occurred_at::date - o.service_started_on)
                   filter (name like 'submitted%') as last_submission,
        from open_ones o
        join read_parquet('{{data}}/events.parquet') e using (subscription_id)
        where e.occurred_at < o.day_56
        group by all
    )
    select o.plan as presentation, o.customer_id, o.withdrawn,
           o.mrr, o.service_started_on - o.started_on as lead_days,
           (select count(*) from read_parquet('{{data}}/subscriptions.parquet') b
            where b.customer_id = o.customer_id and b.started_on < o.started_on)
               as earlier_registrations,
           o.product, c.age_band, c.gender, c.region, c.education, c.imd_band,
           c.disability, used.* exclude (subscription_id)
    from open_ones o
    left join used using (subscription_id)
    left join read_parquet('{{data}}/customers.parquet') c using (customer_id)
    order by o.subscription_id"""
CATEGORIES = (
    *("product", "age_band", "gender", "region"),
    *("education", "imd_band", "disability"),
)


@dataclass(frozen=True)
class People:
    """Registrations of one presentation that were open on day 56."""

    values: Floats
    withdrawn: NDArray[np.bool_]
    customer: NDArray[np.object_]


def main() -> None:
    options = _options()
    print(f"{'':24}{'AUC':>26}{'log loss':>28}")
    fitted, judged = _people(options.data, "2013B"), _people(options.data, "2013J")
    rate = np.full(len(judged.withdrawn), fitted.withdrawn.mean())
    _say("rate of 2013B", rate, judged)
    _say("LightGBM, by hand", _lightgbm(fitted, judged), judged)
    _say("Banso, from definitions", _banso(options.data, judged), judged)


def _people(data: Path, presentation: str) -> People:
    clicks = ", ".join(
        f"""sum(value) filter (name = '{name}'
              and occurred_at::date - o.service_started_on = {day}) as {name}_{day}"""
        for name in ("clicks_two_weeks", "active_days_two_weeks")
        for day in (14, 28, 42)
    )
    table = duckdb.sql(REGISTRATIONS.format(data=data, clicks=clicks))
    columns = table.fetchnumpy()
    here = columns["presentation"] == presentation
    parts = []
    for name in table.columns[3:]:
        column = columns[name]
        if name in CATEGORIES:
            text = np.ma.filled(column, "").astype(str)
            parts.append(np.unique(text, return_inverse=True)[1].astype(float))
        else:
            parts.append(np.ma.filled(np.ma.asarray(column).astype(float), np.nan))
    return People(
        np.column_stack(parts)[here],
        np.asarray(columns["withdrawn"])[here].astype(bool),
        np.asarray(columns["customer_id"])[here],
    )


def _lightgbm(fitted: People, judged: People) -> Floats:
    """Return the mean of some seeds, each stopped by learners of its own."""
    import lightgbm  # noqa: PLC0415

    chances = np.zeros(len(judged.withdrawn))
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        learners, place = np.unique(fitted.customer, return_inverse=True)
        held_out = (random.permutation(len(learners)) % 5 == 0)[place]
        machine = lightgbm.LGBMClassifier(
            n_estimators=1000,
            learning_rate=0.03,
            num_leaves=15,
            min_child_samples=30,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.8,
            random_state=seed,
            n_jobs=2,
            verbose=-1,
        )
        machine.fit(
            fitted.values[~held_out],
            fitted.withdrawn[~held_out],
            eval_X=fitted.values[held_out],
            eval_y=fitted.withdrawn[held_out],
            categorical_feature=list(range(3, 3 + len(CATEGORIES))),
            callbacks=[lightgbm.early_stopping(50, verbose=False)],
        )
        chances += machine.predict_proba(judged.values)[:, 1] / SEEDS
    return chances


def _banso(data: Path, judged: People) -> Floats:
    """Return what a run says on the day before day 56 of the courses of 2013J.

    Only what was known on that day is loaded: later rows, ends and results are not
    there. A learner with two open courses has one chance for both.
    """
    from banso.runs.project import create_project  # noqa: PLC0415
    from banso.runs.publishing import apply_definitions  # noqa: PLC0415
    from banso.runs.results import lake_of  # noqa: PLC0415
    from banso.runs.running import run  # noqa: PLC0415
    from banso.tables.registry import TABLES  # noqa: PLC0415

    as_of = dt.date(2013, 10, 1) + dt.timedelta(days=DAY - 1)
    folder = Path(tempfile.mkdtemp(prefix="banso-bench-"))
    project = create_project(
        folder / "project",
        name="The Open University",
        timezone="Europe/London",
        currency="XXX",
        language="en",
    )
    definitions = project.folder / "definitions"
    shutil.rmtree(definitions)
    shutil.copytree(EXAMPLE / "definitions", definitions)
    now = dt.datetime.now(dt.UTC)
    with lake_of(project).writing(at=now) as draft:
        for table, sql in _known_on(data, as_of).items():
            staged = folder / f"{table}.parquet"
            duckdb.sql(sql).write_parquet(str(staged))
            draft.upsert(TABLES[table], staged)
        draft.commit()
    apply_definitions(project, by="benchmark", why="start", at=now)
    run(project, as_of=as_of, at=now, full=True)
    chances = _chances(project, as_of)
    shutil.rmtree(folder)
    return np.array([chances.get(str(name), np.nan) for name in judged.customer])


def _known_on(data: Path, as_of: dt.date) -> dict[str, str]:
    """Return the SQL of each table as it was on a day."""
    return {
        "customers": f"from read_parquet('{data}/customers.parquet')",
        "subscriptions": f"""
            select * exclude (final_result) replace (
                cast(mrr as decimal(18, 4)) as mrr,
                if(ended_on <= date '{as_of}', ended_on, null) as ended_on,
                if(ended_on <= date '{as_of}', ended_reason, null) as ended_reason)
            from read_parquet('{data}/subscriptions.parquet')
            where started_on <= date '{as_of}'
              and coalesce(ended_on >= started_on, true)""",
        "events": f"""
            from read_parquet('{data}/events.parquet')
            where occurred_at::date <= date '{as_of}'""",
    }


def _chances(project: object, as_of: dt.date) -> dict[str, float]:
    """Return each customer's chance to leave by the next renewal: the course's end."""
    from banso.runs.project import Project  # noqa: PLC0415
    from banso.runs.results import open_session  # noqa: PLC0415

    assert isinstance(project, Project)
    with open_session(project) as session:
        release = session.manifest.release
        assert release is not None
        parts = release.tables["forecast_renewals"]
        files = [str(session.lake.folder / part.path) for part in parts]
        rows = duckdb.sql(f"""
            select customer_id, p_churn from read_parquet({files})
            where as_of = date '{as_of}' and p_churn is not null""").fetchall()
    return dict(rows)


def _say(name: str, chances: Floats, judged: People) -> None:
    known = np.isfinite(chances)
    labels, learners = judged.withdrawn[known], judged.customer[known]
    ranking = auc(chances[known], labels, clusters=learners)
    loss = log_loss(chances[known], labels, clusters=learners)
    figures = "".join(
        f"{found.value:>12.4f} ({found.low:.4f}-{found.high:.4f})"
        if found.value is not None and found.low is not None
        else f"{found.reason:>28}"
        for found in (ranking, loss)
    )
    missing = f"   {int((~known).sum())} without" if not known.all() else ""
    print(f"{name:24}{figures}   n {known.sum():,}, {labels.sum():,} left{missing}")


def _options() -> argparse.Namespace:
    shared = Path(__file__).parents[2] / "shared" / "data" / "oulad_2013"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=shared)
    return parser.parse_args()


if __name__ == "__main__":
    main()
