"""`banso run` and `banso apply` publish, and say what."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import pytest
from lakes import put
from tests.cli.conftest import Banso

from banso.runs.project import Project

pytestmark = pytest.mark.long


def change_label(project: Project) -> None:
    path = project.definitions_folder / "metrics" / "contracts.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("en: MRR}", "en: Revenue}", 1), encoding="utf-8")


def test_a_run_publishes_definitions_then_a_release(
    banso_apart: Banso, project: Project, facts: Path
) -> None:
    banso_apart("load", facts, "--project", project.folder)

    ran = banso_apart(
        "run", "--as-of", "2026-06-30", "--json", "--project", project.folder
    )

    assert ran.status == 0
    assert "Published the definitions" in ran.err
    release = json.loads(ran.out)
    assert release["as_of"] == "2026-06-30"
    assert set(release["bands"]) == {"healthy", "watch", "at_risk", "unknown"}
    assert sum(release["bands"].values()) == 1


def test_old_facts_are_computed_as_of_their_last_day(
    banso_apart: Banso, project: Project, facts: Path
) -> None:
    banso_apart("load", facts, "--project", project.folder)

    ran = banso_apart("run", "--project", project.folder)

    assert "The newest fact is of 2026-06-28: that day is taken" in ran.err
    assert "as of 2026-06-28" in ran.out
    assert f"banso serve --project {project.folder}\n" in ran.out


def test_a_second_run_gives_the_same_release(
    banso_apart: Banso, computed: Project
) -> None:
    arguments = ("run", "--as-of", "2026-06-30", "--json")

    first = banso_apart(*arguments, "--project", computed.folder)
    second = banso_apart(*arguments, "--full", "--project", computed.folder)

    assert json.loads(first.out)["release"] == json.loads(second.out)["release"]
    assert "Published the definitions" not in first.err


def test_without_customers_the_next_step_is_named(
    banso_apart: Banso, project: Project
) -> None:
    ran = banso_apart("run", "--project", project.folder)

    assert ran.status == 2
    assert "banso load" in ran.err


def test_apply_names_each_change(banso_apart: Banso, computed: Project) -> None:
    change_label(computed)

    ran = banso_apart("apply", "--why", "clearer", "--project", computed.folder)

    assert ran.status == 0
    assert "metric mrr: label.en MRR → Revenue" in ran.out
    again = banso_apart("apply", "--project", computed.folder)
    assert "published already" in again.out


def test_apply_refuses_faulty_definitions(banso_apart: Banso, project: Project) -> None:
    path = project.definitions_folder / "health.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\nnonsense: 1\n")

    ran = banso_apart("apply", "--project", project.folder)

    assert ran.status == 1
    assert "definitions/health.yaml" in ran.out
    assert ran.err == "Nothing was published.\n"


def test_a_changed_closed_month_is_named_with_its_row(
    banso_apart: Banso, computed: Project
) -> None:
    row = {
        "subscription_id": "late",
        "customer_id": "c1",
        "started_on": dt.date(2026, 4, 10),
        "mrr": Decimal(30),
    }
    put(computed, {"subscriptions": [row]})

    ran = banso_apart("run", "--as-of", "2026-07-01", "--project", computed.folder)

    assert "Figures of closed months are not what they were (2026-04" in ran.out
    assert "subscription late (from 2026-04-10), mrr – → 30.0000" in ran.out
