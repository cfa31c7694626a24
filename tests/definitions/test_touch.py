"""Touch models as definitions: what their rules read, and what their hash is."""

from pathlib import Path

from banso.definitions.differences import RuleChange, rule_difference
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.definitions.touch import TOUCHES

HERE = Path(__file__).parent
GOOD = {
    path.relative_to(HERE / "good").as_posix(): path.read_bytes()
    for path in (HERE / "good").rglob("*.yaml")
}
WITHOUT = {name: GOOD[name] for name in GOOD if name != "touch.yaml"}


def catalog_of(files):
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    return catalog


def test_project_without_touch_has_none_and_keeps_its_hash():
    assert catalog_of(WITHOUT).touch is None
    assert '"touch"' not in catalog_of(WITHOUT).text
    assert catalog_of(GOOD).digest != catalog_of(WITHOUT).digest


def test_rules_tell_what_they_read():
    touch = catalog_of(GOOD).touch

    large, quiet = touch.rules
    assert large.names == ("value", "value_rank", "need")
    assert quiet.names == ("people_change", "churn_90", "score", "use", "industry")
    assert touch.owners[0].names == ("industry", "plan")
    assert list(touch.model_by_key) == ["high", "tech"]
    assert (touch.need, touch.for_weeks, touch.stay_bonus) == ("churn_180", 2, 0.25)
    assert touch.capacity.roles == ("csm", "lead")


def test_starter_set_goes_from_the_most_care_to_the_least():
    touch = catalog_of(starter_files()).touch

    assert tuple(model.key for model in touch.models) == TOUCHES
    assert [model.hours_per_month for model in touch.models] == [6, 1, 0.1]
    assert touch.otherwise == "tech"
    assert not touch.models[-1].owned


def test_change_of_hours_is_told_with_its_place():
    more = GOOD["touch.yaml"].replace(b"hours_per_month: 6", b"hours_per_month: 8")
    old, new = catalog_of(GOOD), catalog_of(GOOD | {"touch.yaml": more})

    assert rule_difference(old, new) == (
        RuleChange("touch", "", "changed", "models.high.hours_per_month", 6.0, 8.0),
    )
    assert rule_difference(catalog_of(WITHOUT), old) == (
        RuleChange("touch", "", "added"),
    )
    assert rule_difference(old, catalog_of(WITHOUT)) == (
        RuleChange("touch", "", "removed"),
    )
