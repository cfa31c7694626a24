"""What plays seem to achieve by their history, on the page of trials."""

from typing import Any

from django.test import Client
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.signals.conftest import Show
from tests.web.trials.conftest import tables

from banso.analytics.effects.estimating import Verdict

PAGE = "/trials/"


def estimate(**changed: Any) -> dict[str, Any]:
    """Return a row of ``play_estimates``: a play that seems to help."""
    row: dict[str, Any] = {
        "place": 0, "play": "revive_use", "signal": "use_stopped", "outcome": "churn",
        "window_days": 180, "kind": "effect", "measure": "churn",
        "customers_treated": 84, "customers_others": 120, "firings_treated": 90,
        "firings_others": 160, "begun_late": 3, "effective": 71.4, "outside": 0.01,
        "treated": 0.2, "others": 0.31, "others_before": None, "effect": -0.11,
        "low": -0.19, "high": -0.03, "naive": 0.02, "ratio": 0.65, "e_value": 2.5,
        "e_value_interval": 1.5, "difference_before": None, "difference_after": None,
        "verdict": "seems_to_help", "reason": None,
        "said_ja": "履歴からの推定（試験ではない）：下がっています。",
        "said_en": "Estimate from history, not a trial. Fewer leave.",
        "unseen_ja": "2.5倍。", "unseen_en": "A ratio of 2.5 each.",
    }  # fmt: skip
    return row | changed


def beside(kind: str, measure: str, place: int, **changed: Any) -> dict[str, Any]:
    """Return a row that it was checked by."""
    nothing = dict.fromkeys(
        ("treated", "others", "effect", "low", "high", "naive", "ratio", "e_value")
    )
    return estimate(kind=kind, measure=measure, place=place, **(nothing | changed))


def withheld(verdict: Verdict, **changed: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("effect", "low", "high", "naive", "unseen_en"))
    return estimate(verdict=verdict, **(nothing | changed))


CHECKS = [
    beside(
        "balance", "score", 1, treated=44.0, others_before=58.0, others=44.6,
        difference_before=-0.81, difference_after=-0.04,
    ),
    beside("balance", "plan", 2, difference_before=0.3, difference_after=0.14),
    beside("placebo", "score", 3, effect=-0.4, low=-2.1, high=1.3),
    beside("placebo", "churn_180", 4, effect=0.01, low=-0.02, high=0.04),
]  # fmt: skip


def test_an_estimate_says_what_it_is_and_what_it_was_checked_by(
    aoi: Client, show: Show
) -> None:
    show({**tables(), "play_estimates": [estimate(), *CHECKS]})

    page = plain(aoi, PAGE)

    assert "Estimate from history (not a trial)" in page
    assert "Seems to help" in page
    assert "Estimate from history, not a trial. Fewer leave." in page
    assert "−11.0 (−19.0 to −3.0)" in page
    assert "Without making them alike +2.0" in page
    assert "84 customers with the play, 120 without" in page
    assert "worth 71 firings" in page
    assert "At 3 firings without it the play came later after all." in page
    assert "A ratio of 2.5 each." in page
    assert "Health score −0.40 −2.10 to +1.30 No difference seen" in page
    assert "Forecast: Churn within 180 days +1.00 −2.00 to +4.00" in page
    assert "Health score 44 58 44.6 −0.81 −0.04" in page
    assert "Plan – – – +0.30 +0.14" in page
    assert "This cannot be checked." in page


def test_a_trial_can_be_started_from_it_by_who_may(
    aoi: Client, ben: Client, show: Show
) -> None:
    show({**tables(), "play_estimates": [estimate()]})
    link = "/trials/new/?signal=use_stopped"

    assert link in aoi.get(PAGE).content.decode()
    assert link not in ben.get(PAGE).content.decode()


def test_what_is_not_credible_has_no_figure_and_says_why(
    aoi: Client, show: Show
) -> None:
    failed = beside("placebo", "score", 1, effect=-5.0, low=-8.0, high=-2.0)
    row = withheld(
        "not_credible", reason="placebo_failed", said_en="No figure is given: placebo."
    )
    show({**tables(), "play_estimates": [row, failed]})

    page = plain(aoi, PAGE)

    assert "Not credible" in page
    assert "No figure is given: placebo." in page
    assert "Failed: they differed before" in page
    assert "Difference (points)" not in page


def test_too_little_is_a_line(aoi: Client, show: Show) -> None:
    row = withheld("not_enough", reason="too_few_customers", customers_treated=12)
    show({**tables(), "play_estimates": [row]})

    page = plain(aoi, PAGE)

    assert "Not enough data for 1 more" in page
    assert "12 customers with the play, 120 without" in page
    assert "It takes 30 customers on each side" in page


def test_before_any_play_the_page_says_so(aoi: Client, show: Show) -> None:
    show(tables())

    assert "No play was begun yet." in plain(aoi, PAGE)


def test_estimates_are_there_in_japanese(
    cast: Cast, signed_in: SignIn, show: Show
) -> None:
    show({**tables(), "play_estimates": [estimate(), *CHECKS]})

    page = plain(signed_in(cast.aoi, language="ja"), PAGE)

    assert "履歴からの推定（試験ではない）：下がっています。" in page
    assert "役立っているように見える" in page
    assert "プラセボ検定：シグナルが開く13週間前の差" in page
    assert "予測：180日以内の解約" in page
    assert "試験を始める" in page
