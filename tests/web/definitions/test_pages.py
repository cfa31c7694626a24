"""The definitions as a person reads them: health, metrics, one of each."""

import re

import pytest
from django.utils import timezone

from banso.runs.project import create_project
from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of, published_catalog


def text_of(answer):
    """Return the page without tags, with single blanks."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def test_the_health_model_shows_weights_bands_and_what_is_off(cast, aoi, company):
    text = text_of(aoi.get("/definitions/"))

    assert "Standard health Scores all customers." in text
    assert "Watch from 40 Healthy from 75" in text
    assert "Engagement 21% Regular use Recent use" in text
    assert "of 17 elements are switched on." in text


def test_each_element_says_how_it_earns_points_and_who_has_them(cast, aoi, company):
    answer = aoi.get("/definitions/health/standard/")
    text = text_of(answer)

    assert "0 → 0 4 → 30 12 → 80 20 → 100" in text
    assert "0 gives 0, 4 gives 30, 12 gives 80, 20 gives 100" in answer.content.decode()
    assert "Rank among all customers: more is better." in text
    assert "Points now: median 52, n = 4" in text  # of 0, 36, 68, 88 points
    assert "Connect the table Tickets ." in text
    assert "Customers scored" in text


def test_every_metric_has_a_page_in_both_languages(cast, aoi, signed_in, company):
    japanese = signed_in(cast.aoi, language="ja")
    published = lake_of(company).current().definitions[-1]
    catalog = published_catalog(lake_of(company), published.digest)

    for metric in catalog.metrics:
        english = aoi.get(f"/definitions/metrics/{metric.key}/")
        assert english.status_code == 200
        assert "At a glance" in english.content.decode()
        path = f"/definitions/metrics/{metric.key}/"
        assert "計算のしかた" in japanese.get(path).content.decode()


def test_a_metric_shows_its_source_with_the_lines_of_its_file(cast, aoi, company):
    page = aoi.get("/definitions/metrics/reports/").content.decode()
    lines = re.findall(r'line-number"[^>]*>(\d+)<.*?line-text">(.*?)</span>', page)

    assert "definitions/metrics/own.yaml, line 4" in page
    assert lines[0] == ("4", "  - key: reports")
    assert lines[-1] == ("11", "    window_days: 28")


def test_a_metric_shows_how_its_values_are_spread(cast, aoi, company):
    text = text_of(aoi.get("/definitions/metrics/reports/"))

    assert "Median 7.5; half of 4 customers between 3.75 and 11.25." in text
    assert "Customers with a value 4 Without a value 0" in text


def test_customers_without_a_value_are_counted(cast, aoi, company):
    text = text_of(aoi.get("/definitions/metrics/days_since_last_event/"))

    assert "Customers with a value 3 Without a value 1" in text


def test_a_label_that_looks_like_markup_stays_text(cast, aoi, company):
    for path in ("metrics/", "metrics/reports/", "versions/"):
        page = aoi.get(f"/definitions/{path}").content.decode()

        assert "<b>Reports</b>" not in page
    assert (
        "&lt;b&gt;Reports&lt;/b&gt;"
        in aoi.get("/definitions/metrics/").content.decode()
    )


@pytest.mark.parametrize(
    "path", ["metrics/nothing/", "health/nothing/", "versions/0123/"]
)
def test_what_does_not_exist_is_not_found(cast, aoi, company, path):
    assert aoi.get(f"/definitions/{path}").status_code == 404


def test_a_metric_that_is_off_says_what_to_connect(cast, aoi, company):
    text = text_of(aoi.get("/definitions/metrics/tickets_open/"))

    assert "Switched off" in text
    assert "Connect the table Tickets ." in text
    assert "so there is nothing to show" in text


def test_metrics_can_be_narrowed_to_those_that_are_off(cast, aoi, company):
    everything = text_of(aoi.get("/definitions/metrics/"))
    off = text_of(aoi.get("/definitions/metrics/?show=off"))
    on = text_of(aoi.get("/definitions/metrics/?show=on"))

    assert "tickets_open" in everything
    assert "tickets_open" in off
    assert "tickets_open" not in on
    assert " reports " in on
    assert " reports " not in off


def test_nothing_published_yet_says_so(cast, aoi, tmp_path, settings):
    project = create_project(
        tmp_path / "new", name="N", timezone="UTC", currency="EUR", language="en"
    )
    settings.BANSO_PROJECT_FOLDER = project.folder

    for path in ("", "metrics/", "versions/"):
        answer = aoi.get(f"/definitions/{path}")
        assert answer.status_code == 200
        assert "No definitions are published yet." in text_of(answer)
    assert aoi.get("/definitions/metrics/mrr/").status_code == 404
    assert not (project.folder / ".banso").exists()


def test_published_and_nothing_loaded_shows_everything_as_off(
    cast, aoi, tmp_path, settings
):
    project = create_project(
        tmp_path / "new", name="N", timezone="UTC", currency="EUR", language="en"
    )
    settings.BANSO_PROJECT_FOLDER = project.folder
    apply_definitions(project, by="x", why="", at=timezone.now())

    assert "0 of 17 elements" in text_of(aoi.get("/definitions/"))
    model = text_of(aoi.get("/definitions/health/standard/"))
    assert "Connect the table Product events" in model
    assert "No reason was given" in text_of(aoi.get("/definitions/versions/"))


def test_definitions_of_another_version_can_still_be_looked_at(
    cast, aoi, spoil, own_company
):
    spoil()

    for path in ("", "metrics/", "versions/"):
        answer = aoi.get(f"/definitions/{path}")
        assert answer.status_code == 200
        assert "written for another version of Banso" in text_of(answer)
    assert aoi.get("/definitions/metrics/mrr/").status_code == 404
    files = aoi.get(f"/definitions/versions/{'f' * 64}/")
    assert "schema_version: 99" in files.content.decode()


@pytest.mark.parametrize("path", ["", "metrics/", "metrics/mrr/", "versions/"])
def test_everybody_who_is_signed_in_may_read(cast, ben, chika, visitor, company, path):
    assert ben.get(f"/definitions/{path}").status_code == 200
    assert chika.get(f"/definitions/{path}").status_code == 200
    assert visitor.get(f"/definitions/{path}").status_code == 302
