"""Other weights go into the file, and everything else stays as it was written."""

import pytest

from banso.definitions.reading import read_catalog
from banso.definitions.reweighting import (
    NoSuchModel,
    WeightsNotWritable,
    reweighted_files,
    with_shares,
)
from banso.definitions.starter_set import starter_files

METRICS = b"""\
schema_version: 1
metrics:
  - {key: m, label: {ja: a, en: a}, kind: count, table: events, unit: count}
"""
HEALTH = """\
# ours, of May
schema_version: 1
health:
  - key: standard   # for all
    label: {ja: 標準, en: "Standard"}
    dimensions:
      - key: use  # what they do
        label: {ja: 利用, en: Use}
        elements:
          - {key: depth, label: {ja: a, en: a}, metric: m, percentile: {}}
          - key: width
            label: {ja: b, en: b}
            weight:   3    # since the review
            metric: m
            percentile: {}
      - key: voice
        weight: 2
        label: {ja: 声, en: Voice}
        elements:
        - key: said
          label: {ja: c, en: c}
          metric: m
          percentile: {}
"""


def model_of(files: dict[str, bytes], key: str = "standard"):
    catalog, issues = read_catalog(files)
    assert catalog is not None, issues
    return next(model for model in catalog.health if model.key == key)


def test_only_the_weights_change() -> None:
    files = {"metrics/own.yaml": METRICS, "health.yaml": HEALTH.encode()}
    shares = {"use.depth": 0.25, "use.width": 0.25, "voice.said": 0.5}

    after = reweighted_files(files, with_shares(model_of(files), shares))

    text = after["health.yaml"].decode()
    assert text.splitlines() == [
        *HEALTH.splitlines()[:6],
        "      - key: use  # what they do",
        "        weight: 50",
        "        label: {ja: 利用, en: Use}",
        "        elements:",
        (
            "          - {key: depth, weight: 25, label: {ja: a, en: a}, metric: m,"
            " percentile: {}}"
        ),
        "          - key: width",
        "            label: {ja: b, en: b}",
        "            weight:   25    # since the review",
        "            metric: m",
        "            percentile: {}",
        "      - key: voice",
        "        weight: 50",
        "        label: {ja: 声, en: Voice}",
        "        elements:",
        "        - key: said",
        "          weight: 50",
        "          label: {ja: c, en: c}",
        "          metric: m",
        "          percentile: {}",
    ]
    assert after["metrics/own.yaml"] == METRICS


def test_lines_end_as_they_did_and_a_mark_stays() -> None:
    content = b"\xef\xbb\xbf" + HEALTH.replace("\n", "\r\n").encode()
    files = {"metrics/own.yaml": METRICS, "health.yaml": content}

    after = reweighted_files(
        files, with_shares(model_of(files), {"use.depth": 1, "voice.said": 1})
    )

    assert after["health.yaml"].startswith(b"\xef\xbb\xbf# ours")
    assert b"\n" not in after["health.yaml"].replace(b"\r\n", b"")


def test_a_dimension_that_counts_nothing_weighs_nothing() -> None:
    files = {"metrics/own.yaml": METRICS, "health.yaml": HEALTH.encode()}

    found = with_shares(model_of(files), {"use.width": 2})

    assert [d.weight for d in found.dimensions] == [100, 0]
    assert [e.weight for d in found.dimensions for e in d.elements] == [0, 100, 1]
    assert model_of(dict(reweighted_files(files, found))) == found


def test_the_starter_keeps_its_comments() -> None:
    files = starter_files()
    model = model_of(files)
    keys = [f"{d.key}.{e.key}" for d in model.dimensions for e in d.elements]

    shares = {key: number + 1 for number, key in enumerate(keys)}
    after = reweighted_files(files, with_shares(model, shares))

    before = files["health.yaml"].decode().splitlines()
    text = after["health.yaml"].decode().splitlines()
    assert [line for line in text if "weight" not in line] == [
        line for line in before if "weight" not in line
    ]


def test_one_place_for_two_elements_is_refused() -> None:
    twice = HEALTH.replace("- key: voice", "- &v\n        key: voice").replace(
        "health:\n", "health:\n", 1
    )
    second = "  - {key: other, label: {ja: o, en: o}, dimensions: [*v]}\n"
    files = {"metrics/own.yaml": METRICS, "health.yaml": (twice + second).encode()}

    with pytest.raises(WeightsNotWritable):
        reweighted_files(
            files, with_shares(model_of(files), {"use.depth": 1, "voice.said": 3})
        )


def test_a_model_that_is_not_there_is_refused() -> None:
    files = {"metrics/own.yaml": METRICS, "health.yaml": HEALTH.encode()}
    other = model_of(files).model_copy(update={"key": "other"})

    with pytest.raises(NoSuchModel):
        reweighted_files(files, other)
