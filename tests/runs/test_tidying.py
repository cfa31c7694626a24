"""Tidying up changes no answer, and nothing is computed again after it."""

import datetime as dt
from pathlib import Path

from lakes import NOW, new_project, put
from slow_company import FIRST, random_company

from banso.runs.results import lake_of
from banso.runs.running import run
from banso.runs.tidying import tidy

START = FIRST + dt.timedelta(days=62)  # no contract changes on the next day
# What is of one date; nothing that tidying only laid out anew.
OF_A_DAY = {
    *("metric_grid", "health_grid", "forecast_grid", "recommending.use"),
    *("customer_now", "forecast_reasons", "forecast_renewals", "renewals_due"),
    *("exposed_now", "recommendations", "renewals_foretold"),
    *("signals", "signal_history", "signalling.state"),
    *("touch_now", "touch_spread"),
}
OF_OLD = {
    "subscription_id": "z",
    "customer_id": "z",
    "started_on": START - dt.timedelta(days=400),
    "mrr": 1,
}


def test_many_small_loads_become_few_parts_and_the_run_stays(tmp_path: Path) -> None:
    project = new_project(tmp_path / "company")
    company = random_company(4, late=False)
    put(
        project,
        {
            "customers": [{"customer_id": c, "name": c} for c in "abcdz"],
            # In its first half-year a history is judged daily: z is of old.
            "subscriptions": [*company.subscriptions, OF_OLD],
        },
    )
    # In the order of time, so that months have more small parts than may stay.
    for row in sorted(company.events, key=lambda row: row["occurred_at"])[:30]:
        put(project, {"events": [{k: v for k, v in row.items() if k != "known_at"}]})
    before = run(project, as_of=START, at=NOW)
    parts = len(lake_of(project).current().facts["events"].parts)

    tidy(project, at=NOW)

    assert len(lake_of(project).current().facts["events"].parts) < parts
    again = run(project, as_of=START + dt.timedelta(days=1), at=NOW)
    made = {
        name
        for name, parts in again.tables.items()
        if {part.path for part in parts} - {part.path for part in before.tables[name]}
    }
    assert made == OF_A_DAY
    assert before.release_id in {
        r.release_id for r in lake_of(project).current().releases
    }
