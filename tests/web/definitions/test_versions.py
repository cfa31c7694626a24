"""Who changed what: versions with their differences, and the folder's own."""

import datetime as dt
import re

from banso.runs.publishing import apply_definitions
from banso.runs.results import lake_of


def text_of(answer):
    """Return the page without tags, with single blanks."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def publish(project, why="changed"):
    later = lake_of(project).current().written_at + dt.timedelta(hours=1)
    return apply_definitions(project, by="chika@example.com", why=why, at=later)


def test_versions_say_who_when_why_and_what(cast, aoi, company):
    text = text_of(aoi.get("/definitions/versions/"))

    assert "A higher bar In force 22 Nov 2026, 13:00" in text
    assert "· robot ·" in text
    assert "Standard health healthy from: 70 → becomes 75" in text
    assert "最初の定義" in text
    assert "· Aoi ·" in text
    assert "The first version. Metrics: 67; health models: 1." in text


def test_differences_are_worded_in_japanese(cast, signed_in, company):
    answer = signed_in(cast.aoi, language="ja").get("/definitions/versions/")

    assert "標準ヘルススコア 「健全」の下限: 70 → から次へ変更 75" in text_of(answer)


def test_the_files_of_a_version_can_be_read(cast, aoi, company):
    first, second = lake_of(company).current().definitions

    old = aoi.get(f"/definitions/versions/{first.digest}/").content.decode()
    new = aoi.get(f"/definitions/versions/{second.digest}/").content.decode()

    assert "bands: {healthy: 70, watch: 40}" in old
    assert "bands: {healthy: 75}" in new
    assert "metrics/own.yaml" in old


def test_a_new_element_is_one_difference_and_named(cast, aoi, own_company, edit):
    edit(
        "          - key: recency\n",
        "          - key: reports\n"
        "            label: {ja: レポート, en: Reports opened}\n"
        "            metric: reports\n"
        "            percentile: {higher_is: better}\n"
        "          - key: recency\n",
    )
    publish(own_company)

    text = text_of(aoi.get("/definitions/versions/"))

    assert text.count("Engagement › Reports opened") == 1
    assert "Standard health Engagement › Reports opened added" in text


def test_changed_corners_read_as_values_and_points(cast, aoi, own_company, edit):
    edit("{value: 20, score: 100}", "{value: 25, score: 100}")
    publish(own_company)

    text = text_of(aoi.get("/definitions/versions/"))

    assert "Engagement › Regular use › thresholds: 0 gives 0, 4 gives 30" in text
    assert "25 gives 100" in text


def test_a_metric_that_went_is_named_as_it_was(cast, aoi, own_company):
    path = own_company.definitions_folder / "metrics" / "own.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - key: after_it")], encoding="utf-8")
    publish(own_company)

    assert "The next one metric removed" in text_of(aoi.get("/definitions/versions/"))


def test_numbers_of_an_earlier_version_are_announced(cast, aoi, own_company, edit):
    edit("healthy: 75", "healthy: 80")
    publish(own_company)

    text = text_of(aoi.get("/definitions/metrics/mrr/"))

    assert "were still computed with version" in text


def test_a_folder_that_differs_is_told_to_those_who_publish(
    cast, aoi, ben, edit, own_company
):
    edit("healthy: 75", "healthy: 80")

    keeper, reader = (text_of(each.get("/definitions/")) for each in (aoi, ben))

    assert "The project folder differs from what is published in 1 place." in keeper
    assert "healthy from: 75 → becomes 80" in keeper
    assert "banso apply" in keeper
    assert "project folder differs" not in reader


def test_a_comment_in_the_folder_is_no_difference(cast, aoi, edit, own_company):
    edit("schema_version: 1", "# a word\nschema_version: 1")

    assert "differs" not in text_of(aoi.get("/definitions/"))


def test_faults_in_the_folder_are_told_with_their_place(cast, aoi, edit, own_company):
    edit("metric: seat_use", "metric: seat_usage")

    text = text_of(aoi.get("/definitions/"))

    assert "in the project folder have 1 fault" in text
    assert "definitions/health.yaml:" in text
    assert "banso check" in text
