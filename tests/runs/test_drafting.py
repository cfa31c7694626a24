"""A draft of weights says whom it would move and how well it would have told."""

import datetime as dt
from pathlib import Path

import pytest
from lakes import NOW, new_project, put

from banso.analytics.weights.weighting import weighting_of
from banso.runs.drafting import RunFirst, effect_of_weights, monthly_dates
from banso.runs.project import Project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, published_catalog
from banso.runs.running import run

AS_OF = dt.date(2026, 11, 22)
FIRST = dt.date(2026, 1, 5)
PEOPLE = 40
REGULARITY = {"engagement.regularity": 1.0}
RECENCY = {"engagement.recency": 1.0}


def company(folder: Path, *, contracts: bool = True) -> Project:
    """Return a company where one in four slackens and leaves three weeks later.

    The others come every other day; those who leave come every ninth day for four
    weeks before.
    """
    project = new_project(folder / "project")
    ends = {n: FIRST + dt.timedelta(days=150 + 3 * n) for n in range(0, PEOPLE, 4)}
    events = [
        {"event_id": f"E{n}-{day}", "customer_id": f"C{n:02d}", "name": "login",
         "contact_id": f"P{n}",
         "occurred_at": dt.datetime.combine(FIRST, dt.time(3)) + dt.timedelta(day)}
        for n in range(PEOPLE)
        for day in range((ends.get(n, AS_OF) - FIRST).days + 1)
        if day % (9 if n in ends and day > (ends[n] - FIRST).days - 28 else 2) == 0
    ]  # fmt: skip
    lines = [
        {"subscription_id": f"S{n}", "customer_id": f"C{n:02d}", "mrr": 1000,
         "currency": "JPY", "started_on": FIRST, "ended_on": ends.get(n)}
        for n in range(PEOPLE)
    ]  # fmt: skip
    people = [{"customer_id": f"C{n:02d}", "name": f"C{n}"} for n in range(PEOPLE)]
    tables = {"customers": people, "events": events}
    put(project, {**tables, **({"subscriptions": lines} if contracts else {})})
    run(project, as_of=AS_OF, at=NOW)
    return project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return company(tmp_path_factory.mktemp("drafting"))


def test_the_bands_add_up_to_the_customers_of_today(project: Project) -> None:
    effect = effect_of_weights(project, "standard", REGULARITY)

    assert sum(effect.bands_before.values()) == PEOPLE - PEOPLE // 4
    assert sum(effect.bands_after.values()) == PEOPLE - PEOPLE // 4
    assert effect.moved == len(effect.listed)
    for band, count in effect.bands_after.items():
        into = sum(n for (_from, to), n in effect.moves.items() if to == band)
        out = sum(n for (from_, _to), n in effect.moves.items() if from_ == band)
        assert count == effect.bands_before[band] + into - out


def test_what_tells_more_is_judged_better(project: Project) -> None:
    effect = effect_of_weights(project, "standard", REGULARITY)

    found = {(row.draft, row.figure): row for row in effect.judged}
    assert {draft for draft, _figure in found} == {"present", "draft", "difference"}
    draft = found["draft", "auc"]
    assert draft.value is not None
    assert draft.value > 0.5
    assert (effect.first_date, effect.last_date) == (dt.date(2026, 1, 25), AS_OF)


def test_present_weights_change_nothing(project: Project) -> None:
    lake = lake_of(project)
    digest = lake.current().definitions[-1].digest
    present = weighting_of(published_catalog(lake, digest).health[0])
    shares = dict(zip(present.keys, present.shares.tolist(), strict=True))

    effect = effect_of_weights(project, "standard", shares)

    assert effect.moved == 0
    gain = next(row for row in effect.judged if row.draft == "difference")
    assert gain.value == pytest.approx(0, abs=0.01)  # weights are rounded to 0.1 %


def test_an_element_that_is_switched_off_gives_nobody_a_score(
    project: Project,
) -> None:
    effect = effect_of_weights(
        project,
        "standard",
        {"voice.none": 0, "roi.x": 0} | {"sentiment.recommendation": 1.0},
    )

    assert effect.bands_after["unknown"] == PEOPLE - PEOPLE // 4
    gain = next(row for row in effect.judged if row.draft == "difference")
    assert gain.value is None
    assert gain.reason is not None


def test_without_contracts_nothing_can_be_judged(tmp_path: Path) -> None:
    effect = effect_of_weights(company(tmp_path, contracts=False), "standard", RECENCY)

    assert effect.judged == ()
    assert effect.reason == "no_contracts"
    assert sum(effect.bands_after.values()) == PEOPLE


def test_a_model_that_changed_since_the_run_has_to_wait(tmp_path: Path) -> None:
    project = company(tmp_path)
    path = project.definitions_folder / "health.yaml"
    path.write_text(path.read_text().replace("{value: 12, score: 80}", ""))
    path.write_text(
        "\n".join(line for line in path.read_text().splitlines() if line.strip() != "-")
    )
    apply_definitions(project, by="aoi", why="another line", at=NOW)

    with pytest.raises(RunFirst):
        effect_of_weights(project, "standard", RECENCY)


def test_before_any_run_there_is_nothing_to_draft(tmp_path: Path) -> None:
    with pytest.raises(RunFirst):
        effect_of_weights(new_project(tmp_path / "p"), "standard", RECENCY)


def test_the_last_date_of_each_month_is_enough() -> None:
    sundays = [dt.date(2026, 1, 4) + dt.timedelta(7 * week) for week in range(9)]

    assert monthly_dates(sundays) == (
        dt.date(2026, 1, 25), dt.date(2026, 2, 22), dt.date(2026, 3, 1),
    )  # fmt: skip
