"""The page of the team: what it shows, and to whom."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from page_text import plain
from tests.web.conftest import Cast, PublishForModule, SignIn
from tests.web.timeline.conftest import NOW, computed  # noqa: F401 - the fixture

from banso.runs.project import Project
from banso.runs.reading import close_reader

TEAM = reverse("team:page")


@pytest.fixture(scope="module")
def published(computed: Project, publish_for_module: PublishForModule) -> Project:  # noqa: F811 - likewise
    publish_for_module(computed, at=NOW)
    return computed


@pytest.fixture
def project(published: Project, settings: Any, db: None) -> Iterator[Project]:
    """Let the pages show a release."""
    settings.BANSO_PROJECT_FOLDER = published.folder
    yield published
    close_reader()


@pytest.mark.usefixtures("project")
def test_who_sees_everybody_sees_the_checks(aoi: Client) -> None:
    text = plain(aoi, TEAM)

    assert "Everybody" in text
    assert "Knowledge that hangs on one person" in text
    assert "Too few to say anything" in text
    assert "Within the limit" in text  # hardly a version of the definitions


@pytest.mark.usefixtures("project")
def test_who_sees_some_customers_sees_their_owners_alone(chika: Client) -> None:
    text = plain(chika, TEAM)

    assert "Chika" in text
    assert "Everybody" not in text
    assert "aoi@example.com" not in text
    assert "Knowledge that hangs" not in text


@pytest.mark.usefixtures("project")
def test_page_speaks_japanese_and_readers_see_it(cast: Cast, signed_in: SignIn) -> None:
    assert "属人化" in plain(signed_in(cast.aoi, language="ja"), TEAM)
    assert signed_in(cast.ben).get(TEAM).status_code == 200


def test_without_a_release_it_says_so(aoi: Client) -> None:
    assert "There are no results yet" in plain(aoi, TEAM)


def test_visitor_is_asked_to_sign_in(visitor: Client, db: None) -> None:
    assert visitor.get(TEAM).status_code == 302


@pytest.mark.usefixtures("project")
def test_queries_are_few(aoi: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(8):
        aoi.get(TEAM)


@pytest.mark.usefixtures("project")
def test_effort_stands_on_the_page_of_a_customer(chika: Client) -> None:
    text = plain(chika, reverse("customer:page", args=["C1"]))

    assert "Effort of the last 12 months" in text
    assert "Minutes only" in text
