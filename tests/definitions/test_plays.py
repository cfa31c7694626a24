"""Plays and work as definitions: what follows what, templates, hash, differences."""

import dataclasses
from pathlib import Path

import pytest

from banso.definitions.describing_plays import describe_play, describe_step
from banso.definitions.differences import RuleChange, rule_difference
from banso.definitions.plays import PLACEHOLDER, PLACEHOLDERS
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.kernel.labels import Label

HERE = Path(__file__).parent
GOOD = {
    path.relative_to(HERE / "good").as_posix(): path.read_bytes()
    for path in (HERE / "good").rglob("*.yaml")
}
WITHOUT = {name: GOOD[name] for name in GOOD if name not in ("plays.yaml", "work.yaml")}


def catalog_of(files):
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    return catalog


def edited(name, old, new):
    assert old in GOOD[name]
    return catalog_of(GOOD | {name: GOOD[name].replace(old, new)})


def test_play_knows_what_follows_each_step():
    play = catalog_of(GOOD).play_by_key["ask"]

    assert play.following == {"call": ("end", "again"), "again": ("end",)}
    assert play.minutes == 35
    assert describe_play(play) == Label(
        "電話する → もう一度電話する", "Call → Call again"
    )
    assert [describe_step(step) for step in play.steps] == [
        Label(
            "CSリーダー・2営業日以内・電話・20分・メモ必須",
            "CS lead, within 2 business days, call, 20 min, note required",
        ),
        Label("CSM・当日中・電話・15分", "CSM, the same day, call, 15 min"),
    ]


def test_template_is_filled_in_both_languages_and_keeps_what_is_not_known():
    template = catalog_of(GOOD).play_by_key["ask"].steps[0].template
    values = {
        "customer": Label("青空商事", "Aozora"),
        "contact": Label("山田", "Yamada"),
    }

    subject, body = template.filled(values)

    assert subject == Label("青空商事の件", "About Aozora")
    assert body == Label("山田様、{sender}です。", "Hello Yamada, this is {sender}.")


def test_work_has_defaults_and_takes_the_country_of_the_zone():
    given, default = catalog_of(GOOD).work, catalog_of(WITHOUT).work

    assert given.holidays_of("Asia/Tokyo") == "GB"
    assert default.holidays_of("Asia/Tokyo") == "JP"
    assert default.holidays_of("Africa/Nairobi") is None
    assert given.contact.rest_days.model_dump() == {"high": 0, "low": 7, "tech": 30}
    assert default.contact.most_in_28_days.model_dump() == {
        "high": 8,
        "low": 4,
        "tech": 3,
    }


def test_project_without_plays_runs_and_is_warned_of_signals_that_name_one():
    catalog, issues = read_catalog(WITHOUT)

    assert catalog is not None
    assert catalog.plays == ()
    assert [(each.level, each.code) for each in issues] == [("warning", "unknown_play")]


def test_project_that_says_nothing_new_keeps_its_hash():
    bare = WITHOUT | {
        "signals.yaml": GOOD["signals.yaml"]
        .replace(b"    play: ask\n", b"")
        .replace(b"    seen_by: [lead, csm]\n", b"")
    }
    defaults = {
        "plays.yaml": b"schema_version: 1\nplays: []",
        "work.yaml": b"schema_version: 1\nwork: {contact: {rest_days: {low: 7}}}",
    }
    catalog = catalog_of(bare)

    assert catalog_of(bare | defaults).digest == catalog.digest
    assert "seen_by" not in catalog.text
    for name in ("plays.yaml", "work.yaml"):
        assert catalog_of(bare | {name: GOOD[name]}).digest != catalog.digest
    proposing = dataclasses.replace(catalog, signals=catalog_of(GOOD).signals)
    assert proposing.digest != catalog.digest


def test_fault_in_a_play_is_not_told_again_of_the_signals():
    broken = GOOD["plays.yaml"].replace(b"steps:", b"step:")

    for plays in (broken, b"plays: {"):
        _, issues = read_catalog(GOOD | {"plays.yaml": plays})
        assert {issue.path for issue in issues} == {"definitions/plays.yaml"}


def test_signal_that_names_another_play_is_refused_with_the_nearest():
    _, issues = read_catalog(
        GOOD
        | {"signals.yaml": GOOD["signals.yaml"].replace(b"play: ask", b"play: aks")}
    )

    assert [str(issue) for issue in issues] == [
        (
            "definitions/signals.yaml:14: error unknown_play: unknown play 'aks'. "
            "Did you mean 'ask'?"
        )
    ]


def test_differences_of_plays_and_work_are_named_by_field():
    old = catalog_of(GOOD)

    later = edited("plays.yaml", b"due_days: 2", b"due_days: 3")
    other = edited("work.yaml", b"high: 0", b"high: 2")

    assert rule_difference(old, later) == (
        RuleChange("play", "ask", "changed", "steps.call.due_days", 2, 3),
    )
    assert rule_difference(old, other) == (
        RuleChange("work", "", "changed", "contact.rest_days.high", 0, 2),
    )


@pytest.fixture(scope="module")
def starter():
    return catalog_of(starter_files())


def test_every_starter_signal_proposes_a_play_and_every_play_is_proposed(starter):
    proposed = [signal.play for signal in starter.signals]

    assert None not in proposed
    assert set(proposed) == set(starter.play_by_key)


def test_messages_to_customers_never_tell_why_the_signal_opened(starter):
    told = 0
    for play in starter.plays:
        for step in play.steps:
            if step.template is None:
                continue
            texts = (*step.template.subject.model_dump().values(),)
            texts += (*step.template.body.model_dump().values(),)
            names = {name for text in texts for name in PLACEHOLDER.findall(text)}
            assert names <= set(PLACEHOLDERS)
            if step.channel is not None:
                assert "reason" not in names, (play.key, step.key)
                told += 1
    assert told >= 15


def test_starter_plays_are_written_in_both_languages(starter):
    for play in starter.plays:
        assert play.label.ja != play.label.en
        assert play.about.ja.endswith("。")
        assert play.about.en.endswith(".")
        for step in play.steps:
            if step.template is not None:
                assert step.template.body.ja != step.template.body.en
