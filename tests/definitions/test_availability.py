"""Which metrics are on with what is connected, and what the others wait for."""

import pytest

from banso.definitions.availability import enabled_metrics, sources_of, switched_off
from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files


@pytest.fixture(scope="module")
def catalog():
    catalog, _ = read_catalog(starter_files())
    assert catalog is not None
    return catalog


def keys(metrics):
    return {metric.key for metric in metrics}


def test_events_and_subscriptions_are_enough_to_begin_with(catalog):
    on = keys(enabled_metrics(catalog, {"customers", "events", "subscriptions"}))

    assert {"days_active_28", "seat_use", "mrr", "contacts_kept_share"} <= on
    assert "tickets_28" not in on


def test_each_metric_is_on_or_off(catalog):
    tables = {"events", "tickets"}

    on = keys(enabled_metrics(catalog, tables))
    off = keys(entry.metric for entry in switched_off(catalog, tables))

    assert on | off == keys(catalog.metrics)
    assert not on & off


def test_ratio_waits_for_the_tables_of_both_its_parts(catalog):
    off = {entry.metric.key: entry for entry in switched_off(catalog, set())}

    assert off["tickets_per_contact_28"].tables == ("events", "tickets")
    assert off["tickets_per_contact_28"].code == "connect_tables"


def test_people_are_not_counted_when_no_event_names_one(catalog):
    columns = {"events": {"occurred_at", "name"}, "subscriptions": {"mrr"}}

    off = {
        entry.metric.key: entry
        for entry in switched_off(catalog, columns.keys(), columns=columns)
    }

    assert off["active_contacts_28"].columns == ("events.contact_id",)
    assert off["active_contacts_28"].code == "connect_columns"
    assert off["seat_use"].columns == ("events.contact_id", "subscriptions.seats")
    assert "events_28" not in off
    assert "mrr" not in off


def test_nothing_is_off_when_everything_is_connected(catalog):
    needed = {
        table
        for metric in catalog.metrics
        for table, _ in sources_of(metric, catalog.metric_by_key)
    }

    assert switched_off(catalog, needed) == ()
    assert enabled_metrics(catalog, needed) == catalog.metrics


def test_starter_health_has_something_to_say_with_events_and_subscriptions(catalog):
    on = keys(enabled_metrics(catalog, {"events", "subscriptions"}))
    [model] = catalog.health
    weight = sum(dimension.weight for dimension in model.dimensions)

    covered = sum(
        dimension.weight
        * sum(element.weight for element in dimension.elements if element.metric in on)
        / sum(element.weight for element in dimension.elements)
        for dimension in model.dimensions
    )

    assert covered / weight > model.minimum_coverage
