"""The mean of two hazards is one whose log-odds are the mean of theirs."""

import numpy as np
import pytest
from known_hazards import FIRST_DAY, Hazards, known_company, with_column

from banso.analytics.forecast.additive import Known
from banso.analytics.forecast.families import Fitted, fit_families
from banso.analytics.forecast.preparation import DAYS_TO_RENEWAL
from banso.analytics.panel.landmarks import Feature, Landmarks

SHARE = 0.3


@pytest.fixture(scope="module")
def landmarks() -> Landmarks:
    rows = known_company(Hazards(300, yearly=0.4, noise=45), seed=0).landmarks
    to_renewal = (365 - rows.tenure_days % 365).astype(float)
    return with_column(rows, Feature(DAYS_TO_RENEWAL, "number"), to_renewal)


@pytest.fixture(scope="module")
def fitted(landmarks) -> Fitted:
    terms = ("plain", "additive")
    return fit_families(landmarks, seed=0, terms=terms, with_trees=False)


@pytest.fixture(scope="module")
def known(fitted, landmarks) -> Known:
    rows = landmarks.rows(landmarks.as_of == FIRST_DAY + 7 * 80)
    return Known(fitted.preparation.read(rows), rows.tenure_days, rows.as_of)


def test_log_odds_are_the_weighted_mean(fitted, known):
    plain, additive = (
        fitted.terms[family].log_odds(known, fitted.intervals)
        for family in ("plain", "additive")
    )

    found = fitted.averaged(SHARE).log_odds(known, fitted.intervals)

    assert found == pytest.approx((1 - SHARE) * plain + SHARE * additive, abs=1e-9)
    # The additive family has dropped features that the plain one reads.
    assert fitted.terms["additive"].layout.terms != fitted.averaged(SHARE).layout.terms


def test_what_each_feature_adds_is_the_weighted_mean(fitted, known):
    plain, additive = (
        fitted.terms[family].of_each(known, fitted.intervals)
        for family in ("plain", "additive")
    )

    found = fitted.averaged(SHARE).of_each(known, fitted.intervals)

    assert found == pytest.approx((1 - SHARE) * plain + SHARE * additive, abs=1e-9)


def test_variances_hold_the_error_of_each_and_how_they_differ(fitted, known):
    slope = np.zeros((len(known.values), fitted.intervals))
    slope[:, 0] = 1.0
    odds, variances = [], []
    for family in ("plain", "additive"):
        scored, leverage = fitted.terms[family].score(known, fitted.intervals)
        odds.append(scored[:, 0])
        variances.append(leverage.variance(slope))
    apart = SHARE * (1 - SHARE) * (odds[0] - odds[1]) ** 2

    found = fitted.averaged(SHARE).score(known, fitted.intervals)[1].variance(slope)

    within = (1 - SHARE) * variances[0] + SHARE * variances[1]
    assert found == pytest.approx(within + apart, rel=1e-2)
