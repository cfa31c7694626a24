"""What a forecast may use, and the questions that are asked of customers."""

from pathlib import Path

import pytest

from banso.definitions.availability import unanswered
from banso.definitions.catalog import Catalog
from banso.definitions.describing_questions import describe_question
from banso.definitions.drivers import DriverRules
from banso.definitions.expressions import parse_expression
from banso.definitions.forecast import ForecastRules
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.tables.registry import TABLES

HERE = Path(__file__).parent
GOOD = {
    path.relative_to(HERE / "good").as_posix(): path.read_bytes()
    for path in (HERE / "good").rglob("*.yaml")
}
OLD = {name: GOOD[name] for name in ("health.yaml", "metrics/base.yaml")}
EMPLOYEES = b"""schema_version: 1
metrics:
  - {key: employees, label: {ja: a, en: b}, unit: people, kind: attribute,
     column: employees}
  - {key: reach, label: {ja: a, en: b}, unit: ratio, kind: ratio, of: people,
     to: employees}
"""

HASH_OF_ONBOARDING = "559f585b0b9a44e1"


def catalog_of(files):
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    return catalog


def question(where, **more):
    lines = "".join(f"\n      {key}: {value}" for key, value in more.items())
    return (
        "schema_version: 1\ndrivers:\n  questions:\n    - key: q\n"
        "      label: {ja: a, en: b}\n      exposed: {ja: a, en: b}\n"
        f'      others: {{ja: a, en: b}}\n      where: "{where}"{lines}\n'
    ).encode()


def codes(files):
    _, issues = read_catalog(files)
    return [(i.code, i.line) for i in issues if i.code != "unknown_column"]


def test_project_without_the_files_has_the_defaults():
    catalog = catalog_of(OLD)

    assert catalog.forecast == ForecastRules()
    assert catalog.drivers == DriverRules()
    assert catalog.drivers.questions == ()
    assert catalog == Catalog(metrics=catalog.metrics, health=catalog.health)


def test_files_are_read_with_what_they_leave_out():
    catalog = catalog_of(GOOD)

    assert catalog.forecast.pause_days == 0
    assert catalog.forecast.end_words["replaced"] == ("switched",)
    few, falling = catalog.drivers.questions
    assert (few.after_days, few.within_days, few.when) == (90, 180, None)
    assert (falling.after_days, falling.within_days) == (0, 365)
    assert falling.names == (
        *("people_change", "plan", "days_to_renewal", "region", "tenure_days"),
    )


def test_defaults_written_down_leave_the_hash_as_it_was():
    written = OLD | {
        "forecast.yaml": b"schema_version: 1\nforecast: {pause_days: 31}",
        "drivers.yaml": b"schema_version: 1\ndrivers: {}",
    }
    changed = written | {
        "forecast.yaml": b"schema_version: 1\nforecast: {pause_days: 30}"
    }

    assert catalog_of(written).digest == catalog_of(OLD).digest
    assert catalog_of(changed).digest != catalog_of(OLD).digest
    assert catalog_of(GOOD).digest != catalog_of(OLD).digest


def test_hash_of_older_definitions_stays():
    # As it was before these files, and before days_since_last could read a date.
    name = "metrics/onboarding.yaml"

    assert catalog_of({name: starter_files()[name]}).digest.startswith(
        HASH_OF_ONBOARDING
    )


def test_metric_of_an_attribute_that_may_hold_the_future_is_refused():
    files = OLD | {"metrics/own.yaml": EMPLOYEES}
    drivers = question("reach > 0.5", after_days=30)
    allowed = b"schema_version: 1\nforecast: {profile: [employees]}"

    assert codes(files | {"drivers.yaml": drivers}) == [("not_in_profile", 8)]
    assert codes(files | {"drivers.yaml": drivers, "forecast.yaml": allowed}) == []


def test_number_of_the_profile_is_no_category_as_well():
    files = OLD | {
        "metrics/own.yaml": EMPLOYEES,
        "forecast.yaml": b"schema_version: 1\nforecast: {profile: [size, employees]}",
    }

    assert catalog_of(files).profile_categories == ("size",)


def test_metric_that_hides_a_column_of_the_profile_is_refused():
    hiding = GOOD["metrics/base.yaml"].replace(b"key: actions", b"key: size")
    health = GOOD["health.yaml"].replace(b"metric: actions", b"metric: size")

    files = {"metrics/base.yaml": hiding, "health.yaml": health}

    assert codes(files) == [("reserved_key", 4)]


def test_profile_that_cannot_be_read_is_one_fault_only():
    broken = b"schema_version: 1\nforecast: {profile: size}"
    asked = question("region == 'north'", after_days=30)

    for forecast in (broken, b"{"):
        _, issues = read_catalog(
            OLD | {"forecast.yaml": forecast, "drivers.yaml": asked}
        )
        assert {issue.path for issue in issues} == {"definitions/forecast.yaml"}


def test_default_adjustment_is_not_held_against_another_profile():
    files = OLD | {
        "forecast.yaml": b"schema_version: 1\nforecast: {profile: [region]}",
        "drivers.yaml": question("people > 1", after_days=30),
    }

    assert codes(files) == []


def test_condition_whose_opposite_is_too_deep_is_refused():
    deep = "not " * 20 + "people > 1"
    assert parse_expression(deep)

    assert codes(OLD | {"drivers.yaml": question(deep, after_days=30)}) == [
        ("bad_expression", 8)
    ]


@pytest.mark.parametrize("where", ["tenure_days > 3", "size == 'large'"])
def test_what_was_set_at_the_start_may_be_looked_at_on_the_first_day(where):
    assert codes(OLD | {"drivers.yaml": question(where)}) == []


def test_starter_questions_switch_on_with_their_tables():
    catalog = catalog_of(starter_files())
    tables = ["customers", "subscriptions", "events"]

    waiting = unanswered(catalog, tables)
    columns = {"events": ["name"], "outcomes": ["value"]}
    more = unanswered(catalog, [*tables, "outcomes", "contacts"], columns=columns)

    asked = [q.key for q in catalog.drivers.questions]
    assert [entry.question.key for entry in waiting] == [
        key for key in asked if key != "use_falls_early"
    ]
    assert waiting[0].message == (
        "question 'onboarding_failed' waits for 'milestones_reached': "
        "connect milestones"
    )
    assert {entry.question.key: entry.message for entry in more}["outcome_missed"] == (
        "question 'outcome_missed' waits for 'outcome_attainment': "
        "connect outcomes.target"
    )


def test_every_table_together_leaves_no_starter_question_waiting():
    assert unanswered(catalog_of(starter_files()), tuple(TABLES)) == ()


def test_question_in_words():
    catalog = catalog_of(GOOD)
    few, falling = (describe_question(q, catalog) for q in catalog.drivers.questions)

    assert few.ja == (
        "継続日数が90日以上になった最初の基準日に、「利用者数」が2以下である、または"
        "「利用者数」が空欄である顧客を「2人以下」、そうでない顧客を「3人以上」とし、"
        "その後180日間を比べます。"
    )
    assert few.en == (
        "On the first as-of date after 90 days as a customer, customers for whom "
        "“People” is at most 2 or “People” is empty are “Two or fewer” and the rest "
        "are “Three or more”; both are followed for 180 days."
    )
    assert falling.en.startswith(
        "On the first as-of date on which “Days to the renewal” is at most 60 and "
        "“region” is 'north' and “Tenure in days” is more than 30, customers for whom "
    )


def test_every_starter_question_has_words_without_a_gap():
    catalog = catalog_of(starter_files())

    words = [describe_question(q, catalog) for q in catalog.drivers.questions]

    assert len({label.ja for label in words}) == len(words) >= 6
    assert not any("{" in label.ja + label.en for label in words)
