"""The pages of trials: all, one, a new one, and the mark of a customer."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from django.test import Client
from page_text import plain
from tests.web.conftest import Cast, SignIn
from tests.web.signals.conftest import Show
from tests.web.trials.conftest import tables, targeted, whom

from banso.web.audit.models import AuditEntry
from banso.web.trials.models import AlwaysAct, Decision, StartedTrial

LIST = "/trials/"
NEW = "/trials/new/"
ONE = "/trials/coaching/"
MARK = "/trials/always-act/C1/"


def test_list_says_what_is_proven_and_proposes(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, LIST)

    assert "伴走" in page
    assert "Proven −10.0 −16.0 to −4.0 400 of 400 400 Ended as planned" in page
    assert "Registry of plays" in page
    assert "A trial proved its effect." in page
    assert "3 May 2027" in page  # a year after the proof


def test_one_trial_shows_everything_that_it_says(aoi: Client, show: Show) -> None:
    show(tables())

    page = plain(aoi, ONE)

    assert "Proven: it works." in page
    assert "So since 3 May 2026." in page
    assert "took 12% of the variance away" in page
    assert "200 with the play, 200 held out (of 400 planned)" in page
    assert "Contraction 400 5.0% 15.0% +2.0 −2.0 to +6.0 No harm seen" in page
    assert "High touch 400 5.0% 15.0% −12.0" in page
    assert "On 26 Apr 2026 the difference is −9.0 points (−20.0 to +2.0)." in page
    assert "Outcome Churn Time followed 182 days after the draw" in page


def test_one_trial_says_whom_to_treat(aoi: Client, show: Show) -> None:
    show(tables() | {"trial_targeting": targeted()})

    page = plain(aoi, ONE)

    assert "Whom to treat" in page
    assert "Those it helps most first The effect differs." in page
    assert (
        "For all it is +10.0 points. Above 0 is good here: more customers stay." in page
    )
    assert "the effect is +31.0 points (+19.0 to +43.0)" in page
    assert "5 80 −5.0 −17.0 to +7.0" in page
    assert "Plan Pro first Health score the lower, the sooner" in page
    assert "Qini coefficient of 0.21 (−0.04 to 0.46)" in page


def test_too_few_customers_are_said_with_their_limit(aoi: Client, show: Show) -> None:
    few = whom(
        "overall", verdict="treat_everybody", reason="too_few_customers",
        said_en="Treat everybody; target nobody.", why_en="There is too little data.",
    )  # fmt: skip
    show(tables() | {"trial_targeting": [few, whom("qini")]})

    page = plain(aoi, ONE)

    assert "Everybody Treat everybody; target nobody. There is too little data." in page
    assert "from 200 customers in each arm on, and 20 both with and without" in page
    assert "Qini coefficient" not in page


def test_running_trial_says_when_it_is_asked(aoi: Client, show: Show) -> None:
    running = whom(
        "overall", verdict="not_enough_data", reason="still_running", n=None,
        said_en="Whom to treat is asked once.",
    )  # fmt: skip
    show(tables() | {"trial_targeting": [running]})

    page = plain(aoi, ONE)

    assert "Whom to treat is asked once." in page
    assert "Not known yet" not in page


def test_release_without_targeting_shows_no_card(aoi: Client, show: Show) -> None:
    show(tables())

    assert "Whom to treat" not in plain(aoi, ONE)


def test_japanese(cast: Cast, signed_in: SignIn, show: Show) -> None:
    show(tables() | {"trial_targeting": targeted()})
    client = signed_in(cast.aoi, language="ja")

    assert "だれに実施するか" in plain(client, ONE)
    assert "Proの顧客を先に" in plain(client, ONE)
    assert "効果が証明されました。" in plain(client, ONE)
    assert "プレイブックの登録簿" in plain(client, LIST)


def test_new_trial_shows_its_size_before_it_starts(
    aoi: Client, show: Show, answers: Mapping[str, str | list[str]]
) -> None:
    """By hand: 7.84886 · (.38·.62 + .28·.72) / .1² = 343.2 in each arm."""
    show(tables())

    form = plain(aoi, f"{NEW}?signal=use_stopped")
    page = plain(aoi, f"{NEW}?{urlencode(answers, doseq=True)}")

    assert "the precision of the signal over the last 24 months" in form
    assert "344 customers with the play and 344 held out." in page
    assert "Openings a week 3" in page
    assert "Start the trial" in page
    assert not StartedTrial.objects.exists()


def test_started_trial_is_fixed_and_in_the_audit(
    aoi: Client, show: Show, answers: Mapping[str, str | list[str]]
) -> None:
    show(tables())

    answer = aoi.post(NEW, answers, follow=True)

    trial = StartedTrial.objects.get()
    assert answer.status_code == 200
    assert "The trial runs" in answer.content.decode()
    assert trial.planned_per_arm == 344
    assert trial.guard_rails == {"contraction": "less", "score": "more"}
    assert AuditEntry.objects.filter(action="trial_started").count() == 1


def test_second_trial_of_a_signal_is_refused(
    aoi: Client, show: Show, answers: Mapping[str, str | list[str]]
) -> None:
    show(tables())
    aoi.post(NEW, answers)

    answer = aoi.post(NEW, answers)

    assert answer.status_code == 409
    assert "Another trial of this signal is running" in answer.content.decode()


def test_what_is_no_improvement_is_refused(
    aoi: Client, show: Show, answers: Mapping[str, str | list[str]]
) -> None:
    show(tables())

    answer = aoi.get(NEW, {**answers, "expected": "40"})

    assert answer.status_code == 422
    assert "This is no improvement" in answer.content.decode()


def test_trial_is_stopped_with_a_reason_only(
    aoi: Client, show: Show, answers: Mapping[str, str | list[str]]
) -> None:
    show(tables())
    aoi.post(NEW, answers)
    url = f"/trials/{StartedTrial.objects.get().trial_id}/"

    aoi.post(f"{url}stop/", {"why": ""})
    assert StartedTrial.objects.get().stopped_on is None
    aoi.post(f"{url}stop/", {"why": "Another product"})
    again = aoi.post(f"{url}stop/", {"why": "Twice"})

    assert StartedTrial.objects.get().stopped_why == "Another product"
    assert again.status_code == 409
    assert "Another product" in plain(aoi, url)


def test_decision_is_kept_with_its_reason(aoi: Client, show: Show) -> None:
    show(tables())
    body = {"signal": "no_habit", "play": "revive_use", "state": "proven"}

    aoi.post("/trials/decisions/", body)
    assert not Decision.objects.exists()
    aoi.post("/trials/decisions/", {**body, "why": "Clear"})

    page = plain(aoi, LIST)
    assert "Aoi" in page
    assert "Clear" in page
    assert "A trial proved its effect." not in page


def test_customer_is_marked_and_unmarked(aoi: Client, show: Show) -> None:
    show(tables())

    aoi.post(f"{MARK}mark/", {"why": "Strategic"})
    marked = plain(aoi, MARK)
    aoi.post(f"{MARK}unmark/")

    assert "Never held out: Strategic (Aoi" in marked
    assert not AlwaysAct.objects.exists()
    assert AuditEntry.objects.filter(action__startswith="always_act").count() == 2


@pytest.mark.parametrize("url", [NEW, f"{MARK}mark/", "/trials/decisions/"])
def test_read_only_people_change_nothing(ben: Client, show: Show, url: str) -> None:
    show(tables())

    assert ben.post(url, {"why": "x"}).status_code == 403


def test_read_only_people_read(ben: Client, show: Show) -> None:
    show(tables())

    assert [ben.get(url).status_code for url in (LIST, ONE)] == [200, 200]


def test_customers_out_of_scope_are_not_there(chika: Client, show: Show) -> None:
    show(tables())

    mine = [chika.get(f"/trials/always-act/{key}/").status_code for key in ("C1", "C2")]

    assert 404 in mine
    assert chika.get("/trials/nothing/").status_code == 404


def test_visitors_sign_in_first(visitor: Client, db: None) -> None:
    assert [visitor.get(url).status_code for url in (LIST, NEW, ONE)] == [302] * 3


def test_before_the_first_run_the_pages_say_so(aoi: Client, db: None) -> None:
    assert "Nothing is on trial yet" in plain(aoi, LIST)
    assert aoi.get(NEW).status_code == 200
