"""Logs without secrets, numbers for Prometheus, and whether the site is well."""

import json
import logging

import pytest
from django.test import Client

from banso.runs.project import ProjectFileInvalid
from banso.site import logs
from banso.site.logs import JsonFormatter, LineFormatter, hidden
from banso.site.run_settings import read_json_logs, read_run_every

SECRETS = (
    "aoi@example.co.jp",
    "banso_AbCdEfGhIjKlMnOp",
    "a-quiet-forest-7",
    "s3ss10n",
    "hunter2",
)
SAID = (
    "mail aoi@example.co.jp, Authorization: Bearer banso_AbCdEfGhIjKlMnOp,"
    " password='a-quiet-forest-7' banso_session=s3ss10n;"
    " postgresql://banso:hunter2@db/app"
)


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"host": "localhost"})


def record_of(message: str) -> logging.LogRecord:
    try:
        raise ValueError(message)
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    return logging.LogRecord("banso", logging.ERROR, "x.py", 1, message, (), info)


@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter("%(message)s")])
def test_no_secret_is_in_a_log_line(formatter):
    line = formatter.format(record_of(SAID))

    assert "ValueError" in line
    assert not [secret for secret in SECRETS if secret in line]


def test_ordinary_words_stay():
    text = "Job 7 of running.refresh failed: no such table, as of 2026-11-23."

    assert hidden(text) == text


@pytest.mark.django_db
def test_request_is_logged_with_its_number_and_no_address(visitor, caplog):
    with caplog.at_level(logging.INFO, "banso.requests"):
        answer = visitor.get(
            "/sign-in?next=/customers/acme", headers={"X-Request-ID": "abcdefgh1"}
        )

    record = next(each for each in caplog.records if each.name == "banso.requests")
    logs.request_id.set("abcdefgh1")
    line = json.loads(JsonFormatter().format(record))
    logs.request_id.set("")
    assert answer.headers["X-Request-ID"] == "abcdefgh1"
    assert line["route"] == "account_login"
    assert (line["method"], line["status"]) == ("GET", 200)
    assert "acme" not in json.dumps(line)


@pytest.mark.django_db
def test_forged_request_number_is_replaced(visitor):
    answer = visitor.get("/healthz", headers={"X-Request-ID": "<script>"})

    assert len(answer.headers["X-Request-ID"]) == 16


@pytest.mark.django_db
def test_numbers_are_for_this_machine_or_who_has_the_token(visitor, monkeypatch):
    visitor.get("/healthz")
    here = visitor.get("/metrics")

    far = visitor.get("/metrics", REMOTE_ADDR="192.0.2.1")
    proxied = visitor.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"})
    monkeypatch.setenv("BANSO_METRICS_TOKEN", "t" * 32)
    wrong, right = (
        visitor.get(
            "/metrics",
            REMOTE_ADDR="192.0.2.1",
            headers={"Authorization": f"Bearer {letter * 32}"},
        )
        for letter in "xt"
    )

    text = here.content.decode()
    assert 'banso_http_requests_total{method="GET",route="healthz"' in text
    for name in (
        "banso_jobs{",
        "banso_workers 0.0",
        "banso_lake_version",
        "banso_collect_lag_seconds",
    ):
        assert name in text
    assert [far.status_code, proxied.status_code, wrong.status_code] == [403] * 3
    assert right.status_code == 200


@pytest.mark.django_db
def test_site_without_a_worker_is_degraded_but_ready(visitor):
    answer = visitor.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "release": None,
        "workers": 0,
        "lake": 0,
    }


@pytest.mark.parametrize(
    ("section", "every"),
    [
        ({}, "30 s"),
        ({"every": "5 min"}, "5 min"),
        ({"every": "0 5 * * *"}, "0 5 * * *"),
        ({"every": "off"}, ""),
    ],
)
def test_rest_between_runs(section, every):
    assert read_run_every(section) == every


@pytest.mark.parametrize(
    "section", [{"every": "now"}, {"every": "1 s"}, {"every": 5}, {"evry": "5 min"}]
)
def test_faulty_rest_is_refused(section):
    with pytest.raises(ProjectFileInvalid, match="run"):
        read_run_every(section)


def test_log_format_is_chosen_by_file_and_environment():
    assert not read_json_logs({}, {})
    assert read_json_logs({"format": "json"}, {})
    assert read_json_logs({}, {"BANSO_LOG": "json"})
    with pytest.raises(ProjectFileInvalid, match=r"log\.format"):
        read_json_logs({"format": "xml"}, {})
