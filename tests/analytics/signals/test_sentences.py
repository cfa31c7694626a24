"""What a signal would have been worth, in one sentence."""

from banso.analytics.figures.estimate import Estimate
from banso.analytics.signals.judging import FIGURES
from banso.analytics.signals.sentences import REASONS, figure_in_words, trial_in_words

FOUND = {
    "fired": Estimate(312, None, None, 180),
    "followed": Estimate(290, None, None, 170),
    "precision": Estimate(0.38, 0.322, 0.449, 170, 60),
    "base_rate": Estimate(0.11, 0.1, 0.12, 800, 90),
    "lift": Estimate(3.45, 2.84, 4.12, 170, 60),
    "lead_days": Estimate(47, 40, 55, 60, 60),
    "covered": Estimate(0.61, 0.52, 0.69, 90, 55),
    "hours_per_week": Estimate(8.4, 7.2, 9.6, 180),
    "hours_per_csm": Estimate(2.1, 1.8, 2.4, 180),
}


def test_sentence_of_the_issue_in_both_languages():
    said = trial_in_words(FOUND, months=24, outcome="churn")

    assert said.en == (
        "Over the last 24 months this would have fired 312 times at 180 customers; "
        "precision 38% (32–45%) against a base rate of 11% (10–12%), "
        "lift 3.5 (2.8–4.1), median lead time 47 (40–55) days, "
        "61% (52–69%) of leavers covered, 2.1 (1.8–2.4) hours a week for each CSM."
    )
    assert said.ja == (
        "過去24か月では、180社で312回出ていたはずです。的中率は38% (32–45%)で、"
        "同じ日の全顧客では11% (10–12%)、リフトは3.5 (2.8–4.1)、"
        "結果までの日数の中央値は47 (40–55)日です。解約の61% (52–69%)を事前に捉え、"
        "対応はCSM1人あたり週2.1 (1.8–2.4)時間です。"
    )


def test_what_cannot_be_had_is_left_open():
    unknown = {
        name: Estimate.unknown("too_few_events", n=3) for name in ("lift", "lead_days")
    }
    alone = {"hours_per_csm": Estimate.unknown("no_csms", n=180)}

    said = trial_in_words(FOUND | unknown | alone, months=6, outcome="expansion")

    assert "lift –, median lead time –, 61%" in said.en
    assert said.en.endswith("of expansions covered, 8.4 (7.2–9.6) hours a week in all.")
    assert said.ja.endswith("対応は全体で週8.4 (7.2–9.6)時間です。")


def test_signal_that_never_fired_says_so():
    nothing = dict.fromkeys(FIGURES, Estimate.unknown("never_fired", n=0))
    nothing["fired"] = Estimate(0, None, None, 0)

    said = trial_in_words(nothing, months=12, outcome="churn")

    assert said.en == "Over the last 12 months this would never have fired."
    assert REASONS["never_fired"].ja == "一度も出ていません"


def test_small_figures_keep_what_they_say():
    assert figure_in_words("hours_per_csm", Estimate(0.04, 0.03, 0.06, 9)) == (
        "0.04 (0.03–0.06)"
    )
    assert figure_in_words("precision", Estimate(0.034, 0.01, 0.1, 9)) == (
        "3.4% (1.0–10.0%)"
    )
    assert figure_in_words("covered", Estimate(0.0, 0.0, 0.17, 9)) == "0% (0–17%)"
