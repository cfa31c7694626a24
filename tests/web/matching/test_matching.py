"""Deciding which customers are one: works, can be undone, and only by who may."""

import pytest
from django.utils import timezone
from lakes import new_project, put
from tests.web.data.test_tables import text_of
from told_events import listen, told

from banso.runs.results import lake_of
from banso.web.audit.models import AuditEntry
from banso.web.customers import queries as customers
from banso.web.matching import operations, queries
from banso.web.matching.models import MatchPair, Verdict
from banso.web.running.operations import take_back


@pytest.fixture
def project(tmp_path, settings):
    project = new_project(tmp_path / "company")
    names = {"a": "青空商事", "b": "㈱青空商事", "c": "北斗", "d": "株式会社北斗"}
    rows = [{"customer_id": key, "name": name} for key, name in names.items()]
    put(project, {"customers": rows})
    settings.BANSO_PROJECT_FOLDER = project.folder
    return project


@pytest.fixture
def pairs(db, project):
    operations.look(project, at=timezone.now())
    return {pair.one: pair for pair in MatchPair.objects.all()}


def decide(client, pair, what, **given):
    return client.post(f"/matching/{pair.pk}/{what}", given, follow=True)


def test_pairs_are_shown_with_names_and_reasons(cast, aoi, pairs):
    text = text_of(aoi.get("/matching/"))

    assert "青空商事 / ㈱青空商事" in text
    assert "Same name but for how it is written" in text
    assert "60 of 100 points" in text


def test_page_speaks_japanese(cast, signed_in, pairs):
    text = text_of(signed_in(cast.aoi, language="ja").get("/matching/"))

    assert "顧客の名寄せ" in text
    assert "表記ゆれを除くと名前が同じ" in text


def test_accepted_pair_is_one_customer_with_the_next_run(cast, aoi, pairs, project):
    page = decide(aoi, pairs["a"], "same", kept="a")

    assert "one customer" in text_of(page)
    take_back(project, at=timezone.now())
    assert dict(lake_of(project).current().identities) == {"b": "a"}
    assert customers.find_kept("b") == "a"
    entry = AuditEntry.objects.get(action="customers_matched")
    assert entry.details == {"one": "a", "other": "b", "kept": "a"}


def test_undone_pair_is_two_again_and_to_be_decided(cast, aoi, pairs, project):
    listen()
    decide(aoi, pairs["a"], "same", kept="b")
    take_back(project, at=timezone.now())

    decide(aoi, pairs["a"], "undo")
    assert told() == [
        ("customer.merged", {"customer_id": "a", "into": "b"}),
        ("customer.parted", {"customer_id": "a", "was_into": "b"}),
    ]
    take_back(project, at=timezone.now())

    assert not lake_of(project).current().identities
    assert customers.find_kept("a") is None
    assert MatchPair.objects.get(pk=pairs["a"].pk).verdict == Verdict.OPEN
    assert AuditEntry.objects.filter(action="match_undone").count() == 1


def test_refused_pair_is_not_proposed_again(cast, aoi, pairs, project):
    decide(aoi, pairs["c"], "different")

    assert operations.look(project, at=timezone.now()) == 1
    assert MatchPair.objects.get(pk=pairs["c"].pk).verdict == Verdict.DIFFERENT
    assert "北斗" in text_of(aoi.get("/matching/decided"))


def test_decided_pair_stays_when_it_is_one_customer_in_the_facts(aoi, pairs, project):
    decide(aoi, pairs["a"], "same", kept="a")
    take_back(project, at=timezone.now())

    operations.look(project, at=timezone.now())

    assert queries.merged() == {"b": "a"}


def test_decided_pair_cannot_be_decided_again(cast, aoi, pairs):
    decide(aoi, pairs["a"], "different")

    assert decide(aoi, pairs["a"], "same", kept="a").status_code == 409
    assert decide(aoi, pairs["c"], "undo").status_code == 409
    assert decide(aoi, pairs["c"], "same", kept="zz").status_code == 409


def test_customer_that_went_cannot_stay_for_another(cast, aoi, pairs):
    decide(aoi, pairs["a"], "same", kept="a")
    more = MatchPair.objects.create(
        one="b", other="c", score=60, found_at=timezone.now()
    )

    assert decide(aoi, more, "same", kept="b").status_code == 409


def test_chain_leads_on_and_back(cast, aoi, pairs):
    decide(aoi, pairs["a"], "same", kept="a")
    more = MatchPair.objects.create(
        one="a", other="c", score=60, found_at=timezone.now()
    )
    decide(aoi, more, "same", kept="c")
    assert customers.find_kept("b") == "c"

    decide(aoi, more, "undo")

    assert customers.find_kept("b") == "a"


def test_who_may_not_merge_sees_and_decides_nothing(cast, ben, chika, pairs):
    for client in (ben, chika):
        assert client.get("/matching/").status_code == 403
        assert decide(client, pairs["a"], "same", kept="a").status_code == 403
    assert queries.merged() == {}


def test_keeper_of_some_customers_is_told_and_decides_nothing(cast, aoi, pairs):
    cast.aoi.scope = "team"
    cast.aoi.save()

    text = text_of(aoi.get("/matching/"))

    assert "Only those who see all customers" in text
    assert "青空商事" not in text
    assert decide(aoi, pairs["a"], "same", kept="a").status_code == 404


def test_signed_out_visitor_is_asked_to_sign_in(visitor, pairs):
    assert visitor.get("/matching/").status_code == 302


def test_queries_do_not_grow_with_pairs(
    cast, aoi, pairs, django_assert_max_num_queries
):
    for number in range(15):
        MatchPair.objects.create(
            one=f"x{number}", other=f"y{number}", score=60, found_at=timezone.now()
        )
    with django_assert_max_num_queries(40):
        aoi.get("/matching/")
