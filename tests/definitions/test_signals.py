"""Signals as definitions: what they read, when they are on, what their hash is."""

from pathlib import Path

from banso.definitions.availability import silent_signals
from banso.definitions.differences import RuleChange, rule_difference
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.tables.registry import TABLES

HERE = Path(__file__).parent
GOOD = {
    path.relative_to(HERE / "good").as_posix(): path.read_bytes()
    for path in (HERE / "good").rglob("*.yaml")
}
OLD = {name: GOOD[name] for name in ("health.yaml", "metrics/base.yaml")}


def catalog_of(files):
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    return catalog


def signal(when, **more):
    lines = "".join(f"\n    {key}: {value}" for key, value in more.items())
    return (
        "schema_version: 1\nsignals:\n  - key: s\n    label: {ja: a, en: b}\n"
        "    kind: churn\n    reason: {ja: a, en: b}\n    outcome: churn\n"
        f'    when: "{when}"{lines}\n'
    ).encode()


def codes(files):
    _, issues = read_catalog(files)
    return [(issue.code, issue.line) for issue in issues]


def test_signal_knows_what_it_reads_and_what_closes_it():
    falling, renewal = catalog_of(GOOD).signals

    assert falling.names == (
        *("people_change", "use", "churn_90", "score", "people", "region"),
    )
    assert falling.told == ("people", "people_change", "region")
    assert falling.closes == "people_change > -0.1 or score >= 60"
    assert renewal.closes == "not (days_to_renewal <= 60 and plan == 'pro')"
    assert (renewal.for_weeks, renewal.cooldown_days) == (1, 0)
    assert (renewal.within_days, renewal.minutes) == (90, 30)


def test_project_without_signals_keeps_its_hash():
    without = {name: GOOD[name] for name in GOOD if name != "signals.yaml"}
    empty = without | {"signals.yaml": b"schema_version: 1\nsignals: []"}

    assert catalog_of(without).signals == ()
    assert catalog_of(empty).digest == catalog_of(without).digest
    assert catalog_of(GOOD).digest != catalog_of(without).digest


def test_health_that_cannot_be_read_is_no_fault_of_the_signal():
    broken = GOOD["health.yaml"].replace(b"dimensions:", b"dimension:")
    files = OLD | {"signals.yaml": signal("use < 40 and score < 20")}

    assert codes(files) == []
    for health in (broken, b"health: {"):
        _, issues = read_catalog(files | {"health.yaml": health})
        assert {issue.path for issue in issues} == {"definitions/health.yaml"}


def test_condition_whose_opposite_is_too_deep_is_refused_without_until():
    deep = "people > 1"
    for _ in range(20):
        deep = f"not ({deep})"

    assert codes(OLD | {"signals.yaml": signal(deep)}) == [("bad_expression", 8)]
    files = OLD | {"signals.yaml": signal(deep, until="people < 1")}
    assert codes(files) == []


def test_starter_signals_are_of_every_kind_and_say_why_in_both_languages():
    signals = catalog_of(starter_files()).signals

    assert len(signals) >= 30
    assert {each.kind for each in signals} == {
        *("churn", "upsell", "cross_sell", "onboarding", "advocacy", "saving"),
    }
    for each in signals:
        assert each.label.ja != each.label.en
        assert each.reason.ja != each.reason.en


def test_starter_signals_switch_on_with_their_tables():
    catalog = catalog_of(starter_files())
    tables = ["customers", "subscriptions", "events"]

    silent = {entry.signal.key: entry for entry in silent_signals(catalog, tables)}

    speaking = {each.key for each in catalog.signals} - set(silent)
    assert {"use_stopped", "health_low", "churn_likely", "seats_full"} <= speaking
    assert silent["promoter"].message == (
        "signal 'promoter' waits for 'nps_last': connect responses"
    )
    assert silent_signals(catalog, tuple(TABLES)) == ()


def test_differences_of_signals_are_named_by_field():
    text = GOOD["signals.yaml"]
    edited = text.replace(b"for_weeks: 2", b"for_weeks: 3")
    edited = edited.replace(b"renewal_near", b"renewal_soon")

    found = rule_difference(
        catalog_of(GOOD), catalog_of(GOOD | {"signals.yaml": edited})
    )

    assert found == (
        RuleChange("signal", "people_fall", "changed", "for_weeks", 2, 3),
        RuleChange("signal", "renewal_near", "removed"),
        RuleChange("signal", "renewal_soon", "added"),
    )
