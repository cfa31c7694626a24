"""`banso check` finds faults in the definitions, from any folder of the project."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from lakes import put
from tests.cli.conftest import Banso

from banso.runs.project import Project


def break_health(project: Project) -> None:
    path = project.definitions_folder / "health.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("metric: seat_use", "metric: seat_us", 1))


def test_the_starter_set_is_well(banso: Banso, project: Project) -> None:
    ran = banso("check", "--project", project.folder)

    assert ran.status == 0
    assert ran.out.startswith("All is well: ")


def test_a_fault_is_named_with_its_line(
    banso: Banso, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_health(project)
    monkeypatch.chdir(project.definitions_folder / "metrics")

    ran = banso("check")

    assert ran.status == 1
    assert ran.out.startswith("definitions/health.yaml:18: error unknown_metric")
    assert "Did you mean 'seat_use'?" in ran.out


def test_faults_as_json(banso: Banso, project: Project) -> None:
    break_health(project)

    ran = banso("check", "--json", "--project", project.folder)

    assert ran.status == 1
    (issue,) = json.loads(ran.out)["issues"]
    assert (issue["path"], issue["line"]) == ("definitions/health.yaml", 18)
    assert issue["code"] == "unknown_metric"


def test_a_currency_without_a_rate_is_named(
    banso: Banso, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(
        project,
        {
            "customers": [{"customer_id": "a", "name": "a"}],
            "subscriptions": [
                {
                    "subscription_id": key,
                    "customer_id": "a",
                    "started_on": dt.date(2024, 3, int(key)),
                    "mrr": Decimal(7),
                    "currency": currency,
                }
                for key, currency in (("1", "USD"), ("2", "USD"), ("3", "JPY"))
            ],
        },
    )

    ran = banso("check", "--project", project.folder)

    assert ran.status == 0  # a warning
    assert "revenue.yaml:51: warning missing_rate: USD (2 contract rows)" in ran.out
    assert "needed from 2024-03-01 on" in ran.out
    monkeypatch.setenv("BANSO_LANG", "ja")
    in_japanese = banso("check", "--project", project.folder).out
    assert (
        "warning missing_rate: USD（契約 2 行）の換算レートがありません。"
        in in_japanese
    )
    assert "rates に {currency: USD, since: 2024-03-01, rate: …} を" in in_japanese
    as_json = banso("check", "--json", "--project", project.folder)
    (issue,) = json.loads(as_json.out)["issues"]  # for programs, always the same
    assert issue["message"].startswith("USD (2 contract rows) has no rate")
    monkeypatch.delenv("BANSO_LANG")

    path = project.definitions_folder / "revenue.yaml"
    text = path.read_text(encoding="utf-8")
    rate = "rates: [{currency: USD, since: 2024-03-01, rate: 150}]"
    path.write_text(text.replace("rates: []", rate), encoding="utf-8")

    assert "missing_rate" not in banso("check", "--project", project.folder).out
