"""Ways to fool oneself that the forecast must not fall for."""

from dataclasses import replace

import numpy as np
from known_hazards import Hazards, known_company, with_column

from banso.analytics.forecast import families, validation
from banso.analytics.forecast.backtest import walk_forward
from banso.analytics.forecast.fitting import fit_forecast
from banso.analytics.forecast.forecaster import Forecaster
from banso.analytics.forecast.intervals import evened_out, interval_rows
from banso.analytics.forecast.preparation import prepare
from banso.analytics.panel.landmarks import NO_END, Feature

RANDOM = np.random.default_rng(5)


def fitted(landmarks) -> Forecaster:
    model = fit_forecast(landmarks)
    assert isinstance(model, Forecaster)
    return model


def test_thinned_rows_leave_the_validated_rows_as_they_are(monkeypatch):
    rows = known_company(Hazards(400), seed=1).landmarks
    seen = []
    scored = validation.interval_rows
    monkeypatch.setattr(
        validation,
        "interval_rows",
        lambda *args, **named: seen.append(scored(*args, **named)) or seen[-1],
    )

    whole = fitted(rows).card
    monkeypatch.setattr(families, "FEWEST_ROWS", 4_000)
    monkeypatch.setattr(families, "ROWS_PER_CUSTOMER", 10)
    thinned = fitted(rows).card

    half = len(seen) // 2
    assert [len(part) for part in seen[:half]] == [len(part) for part in seen[half:]]
    assert not any(part.thinned for part in seen)
    # Weeks are left out by the calendar alone, so every row stands for equally many.
    assert all(np.ptp(part.weight) == 0 for part in seen)
    assert thinned.rows_fitted < whole.rows_fitted
    assert [rule.auc.n for rule in thinned.judged] == [
        rule.auc.n for rule in whole.judged
    ]
    # The base rate is the same to the last digit: it was not resampled.
    naive = [
        {rule.rule: rule for rule in card.judged}["last_rate"].log_loss.value
        for card in (whole, thinned)
    ]
    assert naive[0] == naive[1]


def test_a_rate_survives_the_thinning():
    rows = known_company(Hazards(800), seed=2).landmarks

    whole = interval_rows(rows)
    thinned = interval_rows(rows, most=20_000, seed=0)

    for part in range(6):
        now, then = thinned.interval == part, whole.interval == part
        rate = np.average(thinned.churned[now], weights=thinned.weight[now])
        assert abs(rate / whole.churned[then].mean() - 1) < 0.1
    assert len(thinned) < 21_000


def test_repeated_rows_change_nothing():
    rows = known_company(Hazards(300), seed=3).landmarks
    often = np.repeat(np.arange(len(rows)), RANDOM.integers(1, 4, len(rows)))

    once, repeated = fitted(rows), fitted(rows.rows(often))

    assert (once.probabilities(rows).p == repeated.probabilities(rows).p).all()
    assert repeated.card.events == once.card.events


def test_a_code_for_blank_is_no_number():
    rows = known_company(Hazards(300), seed=4).landmarks
    months = RANDOM.integers(0, 25, len(rows)).astype(float)
    coded = np.where(RANDOM.random(len(rows)) < 0.2, 999.0, months)
    minus = np.where(RANDOM.random(len(rows)) < 0.2, -1.0, months)
    rows = with_column(rows, Feature("months_to_go", "number"), coded)
    rows = with_column(rows, Feature("months_since", "number"), minus)

    prepared = prepare(rows)

    said = {note.key: note for note in prepared.changed if note.reason == "blank_code"}
    assert said["months_to_go"].detail == "999"
    assert said["months_since"].detail == "-1"
    values = dict(zip(prepared.keys, prepared.read(rows).T, strict=True))
    assert np.isnan(values["months_to_go"][coded == 999]).all()
    assert np.nanmax(values["months_to_go"]) <= 24


def test_a_fall_to_nothing_is_no_blank():
    rows = known_company(Hazards(300), seed=4).landmarks
    change = np.where(
        RANDOM.random(len(rows)) < 0.1, -1.0, RANDOM.normal(size=len(rows))
    )
    rows = with_column(rows, Feature("events_28@change_84", "number"), change)

    assert not prepare(rows).changed


def test_one_season_seen_twice_is_no_rate():
    """Seventeen months hold two of the bad season and one of the good one."""
    rates = []
    for seed in range(4):
        company = known_company(Hazards(2500, 74, season=1.0), seed=seed)
        rows = company.landmarks
        first = interval_rows(rows, intervals=1)
        plain = np.average(first.churned, weights=first.weight)
        evened = np.average(first.churned, weights=evened_out(rows, first))
        whole_year = rows.as_of[first.row] > rows.seen_until - 30 - 364
        rates.append([plain, evened, first.churned[whole_year].mean()])
    plain, evened, year = np.mean(rates, axis=0)

    assert abs(plain / year - 1) > 0.1
    assert abs(evened / year - 1) < abs(plain / year - 1) / 2


def test_the_card_says_how_much_of_a_year_it_knows():
    company = known_company(Hazards(400, yearly=0.5), seed=6)
    first = int(company.landmarks.as_of.min())

    limits = {
        days: fitted(company.landmarks.known_by(first + days)).card.limits
        for days in (300, 500, 724)
    }

    assert "less_than_a_year" in limits[300]
    assert "less_than_a_year" not in limits[500]
    assert "season_unknown" in limits[500]
    assert "season_unknown" not in limits[724]


def test_what_is_known_after_the_fact_does_not_reach_an_earlier_fit():
    """A closing note is dated by its own day: before that day it is not there."""
    rows = known_company(Hazards(600), seed=7).landmarks
    cutoff = rows.seen_until - 200
    told = (rows.leaves_on != NO_END) & (rows.as_of > cutoff)
    revealing = with_column(
        rows, Feature("closing_note", "number"), np.where(told, 1.0, 0.0)
    )

    walked = walk_forward(revealing, [cutoff])
    plain = walk_forward(rows, [cutoff])

    model = walked.steps[0].model
    assert "closing_note" in {note.key for note in model.card.dropped}
    later = walked.fitted_on >= 0
    assert (walked.forecasts.p[later] == plain.forecasts.p[later]).all()


def test_ends_after_the_cutoff_do_not_move_its_forecast():
    rows = known_company(Hazards(500), seed=8).landmarks
    cutoff = rows.seen_until - 180
    later = (rows.leaves_on > cutoff) & (rows.leaves_on != NO_END)
    changed = replace(
        rows,
        leaves_on=np.where(later, NO_END, rows.leaves_on).astype(np.int32),
        end_kind=np.where(later, -1, rows.end_kind).astype(np.int8),
    )

    one = walk_forward(rows, [cutoff]).forecasts.p
    other = walk_forward(changed, [cutoff]).forecasts.p

    assert np.array_equal(one, other, equal_nan=True)
