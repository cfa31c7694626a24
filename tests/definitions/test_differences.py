"""What the history of definitions shows between two versions."""

import pytest

from banso.definitions.differences import (
    Change,
    RuleChange,
    difference,
    rule_difference,
)
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files


def catalog_of(files):
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    return catalog


@pytest.fixture(scope="module")
def starter():
    return dict(starter_files())


def changed(files, name, old, new):
    text = files[name].decode()
    assert old in text
    return files | {name: text.replace(old, new, 1).encode()}


def test_same_definitions_have_no_difference(starter):
    commented = changed(starter, "health.yaml", "schema", "# a comment\nschema")

    assert difference(catalog_of(starter), catalog_of(commented)) == ()


def test_new_weight_is_named_by_its_place(starter):
    new = changed(starter, "health.yaml", "weight: 25", "weight: 40")

    assert difference(catalog_of(starter), catalog_of(new)) == (
        Change(
            "health", "standard", "changed", "dimensions.engagement.weight", 25.0, 40.0
        ),
    )


def test_new_label_and_window_are_two_changes(starter):
    new = changed(starter, "metrics/usage.yaml", "en: Actions (7 days)", "en: Acts")
    new = changed(new, "metrics/usage.yaml", "window_days: 7", "window_days: 14")

    assert difference(catalog_of(starter), catalog_of(new)) == (
        Change("metric", "events_7", "changed", "label.en", "Actions (7 days)", "Acts"),
        Change("metric", "events_7", "changed", "window_days", 7, 14),
    )


def test_metric_that_came_is_one_change_and_gone_the_other_way(starter):
    extra = starter | {
        "metrics/ours.yaml": b"schema_version: 1\nmetrics: [{key: ours, label: {ja: a, "
        b"en: b}, unit: count, kind: count, table: events}]"
    }
    old, new = catalog_of(starter), catalog_of(extra)

    assert difference(old, new) == (Change("metric", "ours", "added"),)
    assert difference(new, old) == (Change("metric", "ours", "removed"),)


def test_condition_that_came_is_an_added_field(starter):
    old = "table: events\n    window_days: 7"
    new = changed(starter, "metrics/usage.yaml", old, f"where: name == 'a'\n    {old}")

    assert difference(catalog_of(starter), catalog_of(new)) == (
        Change("metric", "events_7", "added", "where", None, "name == 'a'"),
    )


def test_order_of_health_models_counts():
    def model(key):
        return (
            f"  - {{key: {key}, label: {{ja: a, en: b}}, where: size == '{key}', "
            "dimensions: [{key: d, label: {ja: a, en: b}, elements: [{key: e, label: "
            "{ja: a, en: b}, metric: m, percentile: {}}]}]}\n"
        )

    def files(*keys):
        return {
            "metrics/m.yaml": b"schema_version: 1\nmetrics: [{key: m, label: {ja: a, "
            b"en: b}, unit: count, kind: count, table: events}]",
            "health.yaml": (
                "schema_version: 1\nhealth:\n" + "".join(map(model, keys))
            ).encode(),
        }

    changes = difference(catalog_of(files("a", "b")), catalog_of(files("b", "a")))

    assert changes == (
        Change("health", "b", "changed", "position", 2, 1),
        Change("health", "a", "changed", "position", 1, 2),
    )


def test_rules_of_forecast_and_drivers_are_named_by_field(starter):
    new = changed(starter, "forecast.yaml", "pause_days: 31", "pause_days: 7")
    new = changed(new, "forecast.yaml", "completed: [completed, ", "completed: [")
    new = changed(new, "drivers.yaml", "[touch, plan, size]", "[plan]")
    new = changed(new, "drivers.yaml", "after_days: 120", "after_days: 100")

    changes = rule_difference(catalog_of(starter), catalog_of(new))

    assert difference(catalog_of(starter), catalog_of(new)) == ()
    was, now = ["completed", "修了", "完了"], ["修了", "完了"]
    adjusted = ["touch", "plan", "size"]
    assert changes == (
        RuleChange("forecast", "", "changed", "ends.completed", was, now),
        RuleChange("forecast", "", "changed", "pause_days", 31, 7),
        RuleChange("drivers", "", "changed", "adjust_for", adjusted, ["plan"]),
        RuleChange("question", "onboarding_failed", "changed", "after_days", 120, 100),
    )


def test_change_of_how_revenue_is_read_is_named_by_field(starter):
    new = changed(starter, "revenue.yaml", "pause_days: 7", "pause_days: 14")
    new = changed(new, "revenue.yaml", "churn_at: notice", "churn_at: end")

    assert rule_difference(catalog_of(starter), catalog_of(new)) == (
        RuleChange("revenue", "", "changed", "standard.pause_days", 7, 14),
        RuleChange(
            "revenue", "", "changed", "variants.churn_at_notice.churn_at",
            "notice", "end",
        ),
    )  # fmt: skip


def test_questions_come_go_and_move(starter):
    text = starter["drivers.yaml"].decode()
    head, *questions = text.split("    - key: ")
    first, second, *rest = questions
    moved = head + "".join(f"    - key: {each}" for each in (second, first, *rest[:-1]))
    new = starter | {"drivers.yaml": moved.encode()}

    changes = rule_difference(catalog_of(starter), catalog_of(new))

    assert [(c.key, c.kind, c.field, c.old, c.new) for c in changes] == [
        ("detractors", "removed", "", None, None),
        ("use_falls_early", "changed", "position", 2, 1),
        ("onboarding_failed", "changed", "position", 1, 2),
    ]


def test_file_of_defaults_is_no_difference(starter):
    gone = {k: v for k, v in starter.items() if k != "forecast.yaml"}

    assert rule_difference(catalog_of(starter), catalog_of(gone)) == ()
