"""Drafts of signals tried on the page: figures, refusals, and who may."""

import html
import re
from typing import Any

import pytest
from django.test import Client
from tests.web.conftest import Cast, SignIn

from banso.runs.project import Project

pytestmark = pytest.mark.django_db
PAGE = "/signals/drafts/trial/"


def draft(when: str, key: str = "use_stopped") -> str:
    return (
        "schema_version: 1\nsignals:\n"
        f"  - key: {key}\n    label: {{ja: 利用なし, en: Unused}}\n    kind: churn\n"
        f"    when: {when}\n    reason: {{ja: 甲, en: A}}\n    outcome: churn\n"
    )


def text_of(response: Any) -> str:
    plain = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(html.unescape(plain).split())


@pytest.fixture
def at_work(computed: Project, settings: Any) -> None:
    settings.BANSO_PROJECT_FOLDER = computed.folder


def test_published_signal_is_what_a_draft_starts_from(
    aoi: Client, at_work: None
) -> None:
    response = aoi.get(f"{PAGE}?from=use_stopped")

    assert response.status_code == 200
    shown = html.unescape(response.content.decode())
    assert "- key: use_stopped" in shown
    assert "when: days_since_last_event >= 14" in shown
    assert "use_falls" not in shown
    assert "my_signal" in html.unescape(aoi.get(PAGE).content.decode())


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["use_stopped (published)", "use_stopped (draft A)", "(draft B)"]),
        ("ja", ["use_stopped（公開中）", "use_stopped（下書きA）", "（下書きB）"]),
    ],
)
def test_two_drafts_stand_beside_what_is_published(
    cast: Cast, signed_in: SignIn, at_work: None, language: str, expected: list[str]
) -> None:
    aoi = signed_in(cast.aoi, language=language)
    posted = {
        "first": draft("days_since_last_event >= 7"),
        "second": draft("days_since_last_event >= 60"),
        "months": "24",
    }

    response = aoi.post(PAGE, posted)

    assert response.status_code == 200
    text = text_of(response)
    for name in expected:
        assert name in text
    assert len(response.context["page"].pairs) == 3
    assert {each.name for each in response.context["page"].columns} >= set(expected[:2])


def test_bad_drafts_come_back_with_line_and_reason(aoi: Client, at_work: None) -> None:
    text = draft("days_since_lst_event >= 7")

    response = aoi.post(PAGE, {"first": text, "months": "24"})

    assert response.status_code == 422
    said = text_of(response)
    assert "line 6" in said
    assert "unknown metric 'days_since_lst_event'" in said
    assert "Did you mean 'days_since_last_event'?" in said
    assert "days_since_lst_event >= 7" in said  # what was typed is kept
    empty = aoi.post(PAGE, {"first": "", "months": "999"})
    assert empty.status_code == 422


def test_only_keepers_of_definitions_try_drafts(
    ben: Client, chika: Client, visitor: Client, at_work: None
) -> None:
    posted = {"first": draft("days_since_last_event >= 7"), "months": "24"}

    for other in (ben, chika):
        assert other.get(PAGE).status_code == 403
        assert other.post(PAGE, posted).status_code == 403
    assert visitor.get(PAGE).status_code == 302


def test_trial_asks_for_the_token_of_the_form(aoi: Client, at_work: None) -> None:
    strict = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    strict.cookies = aoi.cookies

    assert strict.post(PAGE, {"first": "a", "months": "24"}).status_code == 403
