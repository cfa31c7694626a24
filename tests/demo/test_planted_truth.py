"""What is planted in Aozora Cloud can be found again in its tables."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from ruamel.yaml import YAML
from tests.demo.conftest import Company

Months = NDArray[np.float64]

# One row per customer and month: was notice given in the next month, and what was
# known of the customer at the end of this one.
MONTHS = """
with rate as (
  select customer_id, value,
    (occurred_at at time zone 'Asia/Tokyo')::date as month,
    avg(value) over (partition by customer_id order by occurred_at
      rows between 2 preceding and current row) as rate,
    count(*) over (partition by customer_id order by occurred_at) as months
  from {outcomes} where measure = 'digitization_rate'),
notice as (select customer_id, min(cancelled_on) as given from {subscriptions}
  where cancelled_on is not null group by 1),
logins as (select customer_id,
    date_trunc('month', occurred_at at time zone 'Asia/Tokyo')
      + interval 1 month as month,
    count(*) as n from {events} where name <> 'document_digitized' group by 1, 2),
tickets as (select customer_id,
    date_trunc('month', opened_at at time zone 'Asia/Tokyo')
      + interval 1 month as month,
    count(*) as n from {tickets} where kind not in ('discount', 'cancellation')
    group by 1, 2)
select r.rate, coalesce(l.n, 0), coalesce(t.n, 0),
  coalesce(n.given >= r.month and n.given < r.month + interval 1 month, false),
  m.seats
from rate r left join notice n using (customer_id)
left join logins l on l.customer_id = r.customer_id and l.month = r.month
left join tickets t on t.customer_id = r.customer_id and t.month = r.month
join (select customer_id, max(seats) as seats from {subscriptions} group by 1) m
  on m.customer_id = r.customer_id
where r.months >= 4 and (n.given is null or n.given >= r.month)
"""


def poisson_slopes(x: Months, events: Months) -> tuple[Months, Months]:
    """Fit log rates to the columns of x; return slopes and their standard errors."""
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.zeros(design.shape[1])
    beta[0] = math.log(events.mean())
    for _ in range(40):
        mean = np.exp(design @ beta)
        information = design.T @ (design * mean[:, None])
        beta += np.linalg.solve(information, design.T @ (events - mean))
    return beta[1:], np.sqrt(np.diag(np.linalg.inv(information)))[1:]


@pytest.fixture(scope="module")
def months(large: Company) -> Months:
    return np.array(large.ask(MONTHS), dtype=float)


def test_the_driver_has_the_planted_hazard_ratio(
    large: Company, months: Months
) -> None:
    missing = (0.75 - months[:, 0]) / 0.1

    slope, error = poisson_slopes(missing[:, None], months[:, 3])

    planted = math.log(large.truth.planted.driver_hazard_ratio_per_tenth_missing)
    assert slope[0] > 10 * error[0]
    # Months are a coarser look at it than the weeks in which the truth works.
    assert slope[0] == pytest.approx(planted, abs=4 * error[0] + 0.05)


def test_use_goes_with_churn_but_has_no_effect_given_the_driver(months: Months) -> None:
    missing = (0.75 - months[:, 0]) / 0.1
    use = np.log1p(months[:, 1]) - np.log1p(months[:, 4])

    alone, error_alone = poisson_slopes(use[:, None], months[:, 3])
    given, error_given = poisson_slopes(np.column_stack([missing, use]), months[:, 3])

    assert alone[0] < -2 * error_alone[0]
    assert abs(given[1]) < 3 * error_given[1]


def test_tickets_have_no_effect(months: Months) -> None:
    slope, error = poisson_slopes(np.log1p(months[:, 2])[:, None], months[:, 3])

    assert abs(slope[0]) < 3 * error[0]


def test_nps_has_no_effect(large: Company) -> None:
    rows = large.ask(
        "with nps as (select customer_id, avg(score) as score from {responses} "
        "where survey = 'nps' group by 1), "
        "gone as (select distinct customer_id from {subscriptions} "
        "where cancelled_on is not null) "
        "select score, gone.customer_id is not null from nps left join gone "
        "using (customer_id)"
    )

    score, gone = np.array(rows, dtype=float).T
    # Those who stay are asked more often; their means are alike all the same.
    error = math.hypot(
        score[gone == 1].std() / math.sqrt((gone == 1).sum()),
        score[gone == 0].std() / math.sqrt((gone == 0).sum()),
    )
    assert abs(score[gone == 1].mean() - score[gone == 0].mean()) < 3 * error


def test_failed_onboarding_shows_as_a_go_live_later_than_120_days(
    large: Company,
) -> None:
    rows = large.ask(
        "with first as (select customer_id, min(started_on) as start, "
        "max(coalesce(ended_on, '2099-01-01')) as ended "
        "from {subscriptions} group by 1), "
        "live as (select customer_id, reached_on from {milestones} "
        "where milestone = '全社展開') "
        "select coalesce(reached_on - start > 120, true), "
        "count(*), count(*) filter (ended - start <= 366) "
        "from first join live using (customer_id) "
        "where start >= '2023-12-01' and start < '2025-11-20' group by 1 order by 1"
    )

    planted = large.truth.planted
    wanted = (
        planted.first_year_churn_after_success,
        planted.first_year_churn_after_failure,
    )
    for (_, customers, churned), share in zip(rows, wanted, strict=True):
        error = math.sqrt(share * (1 - share) / customers)
        assert churned / customers == pytest.approx(share, abs=3 * error)


DAYS_OF_USE = """
with first as (select customer_id, min(started_on) as start from {subscriptions}
  group by 1),
live as (select first.customer_id, coalesce(reached_on - start > 120, true) as failed
  from first join {milestones} m on m.customer_id = first.customer_id
    and milestone = '全社展開' where start >= '2023-12-01'),
months as (select live.failed, live.customer_id,
    date_trunc('month', occurred_at at time zone 'Asia/Tokyo') as month,
    count(distinct (occurred_at at time zone 'Asia/Tokyo')::date) as days,
    count(distinct contact_id) as people
  from {events} e join live on live.customer_id = e.customer_id group by 1, 2, 3)
select failed, avg(days), avg(people) from months group by 1 order by 1
"""


def test_use_never_becomes_a_habit_after_failed_onboarding(large: Company) -> None:
    (_, days, people), (_, days_after, people_after) = large.ask(DAYS_OF_USE)

    planted = large.truth.planted.days_of_use_a_month_after_failure
    assert days_after == pytest.approx(planted, abs=0.1)
    assert people_after <= days_after
    assert days > 3 * days_after  # even at this low volume
    assert people > 2 * people_after


def test_what_is_digitised_does_not_hang_on_the_days_of_use(large: Company) -> None:
    """The driver is told by the events of a month and by its outcome alike."""
    rows = large.ask(
        "with sums as (select customer_id, sum(value) as documents, date_trunc('month',"
        " occurred_at at time zone 'Asia/Tokyo') + interval 1 month as month "
        "from {events} where name = 'document_digitized' group by 1, 3) "
        "select o.value * c.monthly_document_target, s.documents from {outcomes} o "
        "join sums s on s.customer_id = o.customer_id and s.month = "
        "(o.occurred_at at time zone 'Asia/Tokyo')::date "
        "join {customers} c on c.customer_id = o.customer_id "
        "where measure = 'digitization_rate'"
    )

    told, seen = np.array(rows, dtype=float).T
    assert np.corrcoef(told, seen)[0, 1] > 0.99


@pytest.mark.parametrize(
    ("play", "works"), [("digitization_coaching", True), ("monthly_newsletter", False)]
)
def test_the_lots_tell_which_play_works(
    large: Company, play: str, *, works: bool
) -> None:
    arms = {
        arm: (int(gone), int(n))
        for arm, n, gone in large.ask(
            "with lots as (select * from {truth_assignments} "  # 26 weeks are known
            f"where play = '{play}' and assigned_on < '2026-05-20'), "
            "notice as (select customer_id, min(cancelled_on) as given "
            "from {subscriptions} where cancelled_on is not null group by 1) "
            "select arm, count(*), count(*) filter "
            "(given >= assigned_on and given < assigned_on + 182) "
            "from lots left join notice using (customer_id) group by 1"
        )
    }
    (treated, n), (control, m) = arms["treated"], arms["control"]

    points = treated / n - control / m
    share = (treated + control) / (n + m)
    error = math.sqrt(share * (1 - share) * (1 / n + 1 / m))
    assert (points < -3 * error) if works else (abs(points) < 3 * error)


def test_treated_customers_have_the_meetings_of_their_play(large: Company) -> None:
    ((without,),) = large.ask(
        "select count(*) from {truth_assignments} a where arm = 'control' "
        "and exists (select 1 from {interactions} i "
        "where i.customer_id = a.customer_id and i.play = a.play)"
    )
    ((met,),) = large.ask(
        "select count(*) from {interactions} where play = 'digitization_coaching'"
    )

    assert without == 0
    assert met > 100


def yearly(company: Company) -> dict[str, dict[str, float]]:
    groups = company.truth.realised["groups"]
    assert isinstance(groups, dict)
    return groups


def test_ideal_customers_stay_and_grow(large: Company) -> None:
    groups = yearly(large)

    assert groups["ideal"]["churn_per_year"] < groups["usual"]["churn_per_year"]
    assert (
        groups["ideal"]["expansions_per_year"]
        > 1.8 * groups["usual"]["expansions_per_year"]
    )


def test_fans_refer_and_expand_more(large: Company) -> None:
    groups = yearly(large)

    assert (
        groups["fan"]["referrals_per_year"] > 5 * groups["other"]["referrals_per_year"]
    )
    assert (
        groups["fan"]["expansions_per_year"]
        > 1.3 * groups["other"]["expansions_per_year"]
    )


def test_discount_requests_come_before_notices(large: Company) -> None:
    ((asked, leavers),) = large.ask(
        "with notice as (select customer_id, min(cancelled_on) as given "
        "from {subscriptions} where cancelled_on is not null group by 1) "
        "select count(*) filter (exists (select 1 from {requests} r where "
        "r.customer_id = n.customer_id and r.kind = 'discount' "
        "and r.occurred_at < given and r.occurred_at > given - interval 80 day)), "
        "count(*) from notice n"
    )

    share = large.truth.planted.discount_request_before_churn
    assert asked / leavers == pytest.approx(share, abs=0.12)


def test_the_truth_is_written_as_yaml(small: Company) -> None:
    content = YAML(typ="safe").load(small.truth.path)

    planted = small.truth.planted
    assert content["planted"]["coaching_hazard_ratio"] == planted.coaching_hazard_ratio
    assert content["rows"]["customers"] == 400
    assert set(content["no_effect_on_churn_given_the_driver"]) == {
        "correlated_with_the_driver",
        "pure_noise",
    }
    assert "onboarding" in content["realised"]
