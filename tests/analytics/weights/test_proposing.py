"""When no weights can be proposed, it is said why; and odd elements are kept out."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_points import simulated_points

from banso.analytics.panel.landmarks import NO_END, Landmarks
from banso.analytics.weights.comparing import compare_weights
from banso.analytics.weights.proposing import ElementWeight, Proposal, propose_weights
from banso.analytics.weights.weighting import Weighting

PLACES = (("use", "depth"), ("use", "width"), ("voice", "mood"))
KEYS = tuple(f"{dimension}.{element}" for dimension, element in PLACES)
EQUAL = Weighting("standard", PLACES, np.array([2.0, 2.0, 1.0]), np.ones(3))
COMPANY = simulated_points(KEYS, [6, 0, 0], seed=5)


def with_column(place: int, values: np.ndarray) -> Landmarks:
    changed = COMPANY.values.copy()
    changed[:, place] = values
    return replace(COMPANY, values=changed)


def element(proposal: Proposal, place: int) -> ElementWeight:
    found = proposal.elements[place]
    assert (found.dimension, found.element) == PLACES[place]
    return found


def test_the_same_seed_gives_the_same_proposal() -> None:
    again = propose_weights(COMPANY, present=EQUAL, seed=1)

    first = propose_weights(COMPANY, present=EQUAL, seed=1)

    assert first.elements == again.elements
    assert first.judged == again.judged


def test_features_may_come_in_any_order() -> None:
    first = propose_weights(COMPANY, present=EQUAL)

    other = propose_weights(COMPANY.only(KEYS[::-1]), present=EQUAL)

    assert other.elements == first.elements


def test_rows_later_than_the_split_do_not_change_the_proposal() -> None:
    proposal = propose_weights(COMPANY, present=EQUAL)
    assert proposal.fitted_until is not None
    later = COMPANY.as_of > proposal.fitted_until
    noise = np.random.default_rng(0).uniform(0, 100, COMPANY.values.shape)
    changed = replace(COMPANY, values=np.where(later[:, None], noise, COMPANY.values))

    again = propose_weights(changed, present=EQUAL)

    assert again.fitted_until == proposal.fitted_until
    assert again.elements == proposal.elements
    assert again.judged != proposal.judged


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.full(len(COMPANY), 80.0), "constant"),
        (np.where(np.arange(len(COMPANY)) % 20 == 0, 9.0, np.nan), "mostly_missing"),
        (COMPANY.values[:, 0], "same_as_other"),
        (np.where(COMPANY.churned(90), 10.0, np.nan), "known_by_outcome"),
        (np.where(COMPANY.churned(90), np.nan, 10.0), "known_by_outcome"),
    ],
    ids=["constant", "missing", "duplicate", "leavers only", "stayers only"],
)
def test_an_element_that_cannot_be_fitted_gets_nothing(
    values: np.ndarray, reason: str
) -> None:
    proposal = propose_weights(with_column(1, values), present=EQUAL)

    assert element(proposal, 1).reason == reason
    assert element(proposal, 1).proposed == 0
    assert element(proposal, 0).proposed == pytest.approx(1, abs=0.2)


def test_what_is_not_known_in_the_first_months_is_fitted_all_the_same() -> None:
    """Nobody leaves in them either: then whether it is known would tell who leaves."""
    young = COMPANY.tenure_days < 6 * 28
    stays = replace(COMPANY, leaves_on=np.where(young, NO_END, COMPANY.leaves_on))
    holes = stays.values.copy()
    holes[young, 0] = np.nan

    proposal = propose_weights(replace(stays, values=holes), present=EQUAL)

    assert element(proposal, 0).reason != "known_by_outcome"
    assert (element(proposal, 0).proposed or 0) > 0.5


def test_what_is_missing_for_some_is_fitted_all_the_same() -> None:
    missing = np.random.default_rng(0).random(len(COMPANY)) < 0.5
    holes = np.where(missing, np.nan, COMPANY.values[:, 0])

    proposal = propose_weights(with_column(0, holes), present=EQUAL)

    assert proposal.reason is None
    assert element(proposal, 0).proposed == pytest.approx(1, abs=0.2)


def test_no_element_at_all_is_no_better() -> None:
    rows = replace(COMPANY, values=np.full(COMPANY.values.shape, 50.0))

    proposal = propose_weights(rows, present=EQUAL)

    assert proposal.reason == "no_better"
    assert proposal.weighting is None
    assert {each.reason for each in proposal.elements} == {"constant"}


NOBODY = replace(
    COMPANY,
    leaves_on=np.full(len(COMPANY), NO_END, dtype=np.int32),
    end_kind=np.full(len(COMPANY), -1, dtype=np.int8),
)

UNSCORED = replace(
    COMPANY,
    values=np.where((COMPANY.leaves_on < NO_END)[:, None], np.nan, COMPANY.values),
)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (COMPANY.rows(COMPANY.customer < 5), "too_few_customers"),
        (COMPANY.rows(COMPANY.customer < 0), "too_few_customers"),
        (COMPANY.rows(COMPANY.customer < 60), "too_few_events"),
        (NOBODY, "one_class"),
        (COMPANY.rows(COMPANY.leaves_on < NO_END), "too_few_events"),
        (replace(COMPANY, seen_until=int(COMPANY.as_of.min())), "no_follow_up"),
        (UNSCORED, "too_few_events"),
    ],
    ids=[
        *("five", "none", "few leavers", "nobody left", "all left", "all censored"),
        "no leaver with points",
    ],
)
def test_without_enough_to_learn_from_there_is_a_reason(
    rows: Landmarks, reason: str
) -> None:
    proposal = propose_weights(rows, present=EQUAL)

    assert proposal.reason == reason
    assert proposal.weighting is None
    assert proposal.judged == ()
    assert [each.proposed for each in proposal.elements] == [None] * 3
    assert [each.present for each in proposal.elements] == pytest.approx([1 / 3] * 3)


def test_customers_on_their_first_day_are_learned_from() -> None:
    rows = replace(COMPANY, tenure_days=np.zeros(len(COMPANY), dtype=np.int32))

    assert propose_weights(rows, present=EQUAL).reason is None


def test_a_draft_by_hand_stands_beside_the_present_weights() -> None:
    draft = EQUAL.with_shares(np.array([1.0, 0.0, 0.0]))

    found = compare_weights(COMPANY, present=EQUAL, draft=draft)

    by_name = {(row.draft, row.figure): row.value for row in found}
    assert by_name["draft", "auc"] > by_name["present", "auc"]
    assert by_name["difference", "auc"] == pytest.approx(
        by_name["draft", "auc"] - by_name["present", "auc"]
    )
    assert ("draft", "caught") in by_name


def test_rows_that_are_there_twice_change_next_to_nothing() -> None:
    twice = COMPANY.rows(np.repeat(np.arange(len(COMPANY)), 2))

    once, doubled = (propose_weights(rows, present=EQUAL) for rows in (COMPANY, twice))

    assert element(doubled, 0).proposed == pytest.approx(
        element(once, 0).proposed, abs=0.02
    )
    gains = [one.judged[-1] for one in (once, doubled)]
    assert gains[1].low == pytest.approx(gains[0].low, abs=0.01)
    assert gains[1].n == gains[0].n
