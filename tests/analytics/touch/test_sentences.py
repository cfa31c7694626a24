"""Reasons in both languages."""

import datetime as dt

from banso.analytics.touch.sentences import override_in_words, why_in_words
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files

CATALOG, _ = read_catalog(starter_files())
RULES = CATALOG.touch
HIGH, LOW, TECH = 0, 1, 2


def said(basis, *, place=0, wanted=HIGH, level=HIGH):
    return why_in_words(RULES, basis, place=place, wanted=wanted, level=level)


def test_rule_and_touch_model_are_named():
    found = said("rules")

    assert found.ja == "「契約金額が上位1割」に当てはまるため、ハイタッチです。"
    assert found.en == "Among the top tenth by contract value: High touch."


def test_customer_without_a_rule_is_told_so():
    found = said("rules", place=len(RULES.rules), wanted=TECH, level=TECH)

    assert found.ja == "どの条件にも当てはまらないため、テックタッチです。"
    assert found.en == "No rule holds: Tech touch."


def test_what_stands_in_the_way_is_told():
    hours, places = (said(basis, level=LOW) for basis in ("hours", "places"))
    waits = said("steady", level=TECH)

    assert "本来はハイタッチですが、CSMの工数に空きがないのでロータッチ" in hours.ja
    assert "by its value High touch, but capacity is full, so Low touch" in hours.en
    assert "1人あたりの担当社数が上限なのでロータッチ" in places.ja
    assert "4週続くまではテックタッチのまま" in waits.ja
    assert "not for 4 weeks in a row: Tech touch stays" in waits.en


def test_reason_of_a_person_is_told_word_for_word():
    until = override_in_words("社長の友人 {x}", dt.date(2026, 12, 31))

    assert until.ja == "手動で指定（2026年12月31日まで）：社長の友人 {x}"
    assert until.en == "Set by hand until 2026-12-31: 社長の友人 {x}"
    assert override_in_words("a", None).en == "Set by hand: a"
