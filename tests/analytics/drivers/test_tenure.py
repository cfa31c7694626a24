import numpy as np
import pytest
from simulated_companies import Company, landmarks_of

from banso.analytics.drivers.rows import TenureRow
from banso.analytics.drivers.tenure import tenure_profile


def by_key(rows: tuple[TenureRow, ...]) -> dict[tuple[int, str, str], TenureRow]:
    return {(row.tenure_year, row.element, row.outcome): row for row in rows}


def test_leavers_average_lower_in_every_year() -> None:
    company = Company(customers=800, driver=1.0, every_weeks=4, yearly_churn=0.25)
    found = by_key(tenure_profile(landmarks_of(company, seed=1), ["number_0"]))

    for year in range(3):
        stayed, left = (
            found[year, "number_0", "stayed"],
            found[year, "number_0", "left"],
        )
        assert stayed.low is not None
        assert left.high is not None
        assert stayed.low > left.high


def test_both_rise_with_tenure_when_tenure_is_planted() -> None:
    company = Company(customers=800, tenure=2.0, every_weeks=4, yearly_churn=0.1)
    found = by_key(tenure_profile(landmarks_of(company, seed=1), ["number_0"]))

    for outcome in ("stayed", "left"):
        means = [found[year, "number_0", outcome].mean or 0 for year in range(3)]
        assert means == sorted(means)


def test_churn_of_a_year_is_the_planted_rate() -> None:
    company = Company(customers=3_000, yearly_churn=0.2, every_weeks=4, numbers=1)
    found = by_key(tenure_profile(landmarks_of(company, seed=2), []))
    planted = 1 - np.exp(-0.2)

    for year in range(3):
        churn = found[year, "churn", "left"]
        assert churn.low is not None
        assert churn.high is not None
        assert churn.low < planted < churn.high
        assert churn.mean == pytest.approx(planted, abs=0.03)


def test_unknown_key_is_a_bug() -> None:
    landmarks = landmarks_of(Company(customers=50, every_weeks=4), seed=1)

    with pytest.raises(KeyError):
        tenure_profile(landmarks, ["nothing"])
