"""Plays among the definitions: steps, signals and contacts, in both languages."""

import re


def text_of(answer):
    """Return the page without tags, with single blanks."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def test_plays_are_shown_step_by_step(cast, aoi, company):
    answer = aoi.get("/definitions/plays/")

    assert answer.status_code == 200
    page = answer.context["page"]
    text = text_of(answer)
    assert len(page.plays) > 5
    for play in page.plays:
        assert play.label in text
        assert all(step.how for step in play.steps)
    revive = next(play for play in page.plays if play.key == "revive_use")
    assert ("use_stopped", "Use stopped") in revive.signals
    assert 'href="/signals/use_stopped/"' in answer.content.decode()
    assert [line.rest_days for line in page.contacts] == sorted(
        line.rest_days for line in page.contacts
    )
    assert "Tech touch" in text


def test_plays_are_shown_in_japanese(cast, signed_in, company):
    text = text_of(signed_in(cast.chika, language="ja").get("/definitions/plays/"))

    assert "利用が途絶えた" in text
    assert "営業日以内" in text
    assert "テックタッチ" in text


def test_visitors_sign_in_first(visitor, company):
    assert visitor.get("/definitions/plays/").status_code == 302
