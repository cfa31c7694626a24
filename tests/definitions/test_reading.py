"""Definition files: bad ones word for word, and good ones without a finding."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from banso.definitions.reading import read_catalog
from banso.definitions.starter_set import starter_files
from banso.kernel.issues import has_errors

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.yaml"))
HEALTH = (HERE / "good" / "health.yaml").read_bytes()
BASE = {
    "health.yaml": HEALTH,
    "metrics/base.yaml": (HERE / "good" / "metrics" / "base.yaml").read_bytes(),
}
# Kinds of files of which a folder has one.
WHOLE = {
    *("health", "forecast", "drivers", "revenue", "success", "signals", "plays"),
    *("work", "touch"),
}


def named(file):
    """Return the name of a bad file within a definitions folder."""
    whole = file.stem.partition("_")[0]
    is_whole = whole in WHOLE
    return f"{whole}.yaml" if is_whole else f"metrics/{file.name}"


def lines(issues):
    return [str(issue) for issue in issues]


def test_good_definitions_have_no_issue():
    catalog, issues = read_catalog(HERE / "good")

    assert lines(issues) == []
    assert catalog is not None
    assert [metric.key for metric in catalog.metrics] == [
        "actions",
        "people",
        "people_change",
    ]
    assert [model.key for model in catalog.health] == ["beginners", "everyone"]


def test_starter_set_has_no_issue():
    catalog, issues = read_catalog(starter_files())

    assert lines(issues) == []
    assert catalog is not None
    assert len(catalog.metrics) >= 30


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_bad_definitions_have_exactly_these_issues(file):
    expected = file.with_suffix(".issues").read_text(encoding="utf-8").splitlines()

    catalog, issues = read_catalog(BASE | {named(file): file.read_bytes()})

    assert lines(issues) == expected
    assert expected
    assert (catalog is None) == has_errors(issues)


def test_words_that_yaml_once_took_for_flags_are_texts():
    text = BASE["metrics/base.yaml"].decode().replace("en: Actions", "en: no")

    catalog, issues = read_catalog(BASE | {"metrics/base.yaml": text.encode()})

    assert lines(issues) == []
    assert catalog is not None
    assert catalog.metrics[0].label.en == "no"


def test_folded_condition_has_no_trace_of_the_fold():
    catalog, _ = read_catalog(BASE)

    assert catalog is not None
    metric = catalog.metric_by_key["actions"]
    assert metric.where == "name in ['login', 'open'] and properties.plan != 'free'"


def test_folder_that_is_not_there_has_no_metrics(tmp_path):
    catalog, issues = read_catalog(tmp_path / "nowhere")

    assert catalog is None
    assert [issue.code for issue in issues] == ["no_health", "no_metrics"]


def test_file_larger_than_the_bound_is_not_parsed(tmp_path):
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "huge.yaml").write_bytes(b"# " + b"x" * 1_000_000)

    _, issues = read_catalog(tmp_path)
    _, same = read_catalog({"metrics/huge.yaml": b"# " + b"x" * 1_000_000})

    assert "too_large" in [issue.code for issue in issues]
    assert "too_large" in [issue.code for issue in same]


def test_files_that_nothing_reads_are_named(tmp_path):
    (tmp_path / "metrics").mkdir()
    for name, content in BASE.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "playbooks.yaml").write_text("x: 1")
    (tmp_path / "metrics" / "more.yml").write_text("x: 1")
    (tmp_path / "README.md").write_text("Ours.")

    catalog, issues = read_catalog(tmp_path)

    assert catalog is not None
    assert [(issue.path, issue.code) for issue in issues] == [
        ("definitions/metrics/more.yml", "unread_file"),
        ("definitions/playbooks.yaml", "unread_file"),
    ]


def test_directory_named_like_a_file_is_reported(tmp_path):
    (tmp_path / "metrics" / "odd.yaml").mkdir(parents=True)

    _, issues = read_catalog(tmp_path)

    assert "unreadable_file" in [issue.code for issue in issues]


def test_without_a_health_model_there_is_a_warning_only():
    catalog, issues = read_catalog({"metrics/base.yaml": BASE["metrics/base.yaml"]})

    assert catalog is not None
    assert catalog.health == ()
    assert [issue.code for issue in issues] == ["no_health"]


def test_faults_of_all_files_are_found_at_once():
    files = {file.name: file.read_bytes() for file in BAD}
    together = {
        f"metrics/{name}": content
        for name, content in files.items()
        if not name.startswith(tuple(f"{whole}_" for whole in WHOLE))
    }

    _, issues = read_catalog(together)

    assert {f"definitions/{name}" for name in together} <= {i.path for i in issues}
    assert issues == sorted(issues)


def test_comments_and_layout_do_not_change_the_digest():
    text = BASE["metrics/base.yaml"].decode()
    other = text.replace("# What the bad", "# Something else\n\n# What the bad")

    first, _ = read_catalog(BASE)
    second, _ = read_catalog(BASE | {"metrics/base.yaml": other.encode()})

    assert first is not None
    assert second is not None
    assert first.digest == second.digest


def test_conditions_of_a_share_that_are_too_long_together_are_refused():
    long = "name == '" + "x" * 1500 + "'"
    text = (
        "schema_version: 1\nmetrics:\n  - {key: long, label: {ja: 長, en: Long}, unit: "
        f'ratio, kind: share, table: events, where: "{long}", among: "{long}"}}\n'
    )

    catalog, issues = read_catalog(BASE | {"metrics/long.yaml": text.encode()})

    assert catalog is None
    assert [issue.code for issue in issues] == ["bad_expression"]


def test_nesting_without_end_is_refused():
    for text in ("[" * 5000, "{a: " * 5000, "- " * 5000):
        catalog, issues = read_catalog({"metrics/deep.yaml": text.encode()})

        assert catalog is None
        assert "bad_yaml" in [issue.code for issue in issues]


SOURCES = [path.read_bytes() for path in BAD if path.stat().st_size < 3000]


@settings(max_examples=150)
@given(
    source=st.sampled_from([*SOURCES, *BASE.values()]),
    cut=st.tuples(st.integers(0, 3000), st.integers(0, 40)),
    put=st.one_of(
        st.binary(max_size=4), st.sampled_from([b": ", b"- ", b"&a ", b"*a"])
    ),
)
def test_no_damage_to_a_file_is_a_traceback(source, cut, put):
    start, length = cut
    damaged = source[:start] + put + source[start + length :]

    for name in ("metrics/damaged.yaml", "health.yaml", "drivers.yaml", "signals.yaml"):
        catalog, issues = read_catalog(BASE | {name: damaged})

        assert (catalog is None) == has_errors(issues)
