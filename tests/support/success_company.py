"""A company of four customers: successful, idle, late with onboarding, and gone."""

import datetime as dt
import shutil
from pathlib import Path

from lakes import NOW, put

from banso.runs.project import Project, create_project
from banso.runs.publishing import apply_definitions

END = dt.date(2026, 6, 30)
START = dt.date(2026, 1, 5)


DEFINITIONS = {
    "metrics/two.yaml": """
schema_version: 1
metrics:
  - key: milestones_reached
    label: {ja: 到達した導入ステップ数, en: Milestones reached}
    unit: count
    kind: count
    table: milestones
  - key: days_active_28
    label: {ja: 利用日数, en: Days with use}
    unit: days
    kind: days_active
    table: events
    window_days: 28
""",
    "success.yaml": """
schema_version: 1
success:
  onboarded: {where: milestones_reached >= 6, within_days: 120}
  adopted: {where: days_active_28 >= 12}
""",
}


def project_with(tables: dict[str, list[dict]], folder: Path) -> Project:
    """Return a project with two metrics, and rows in it."""
    project = create_project(
        folder, name="Test", timezone="Asia/Tokyo", currency="JPY", language="ja"
    )
    shutil.rmtree(project.definitions_folder)
    for name, text in DEFINITIONS.items():
        path = project.definitions_folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    apply_definitions(project, by="test", why="start", at=NOW)
    put(project, tables)
    return project


def day(offset: int) -> dt.date:
    return START + dt.timedelta(days=offset)


def company() -> dict[str, list[dict]]:
    """Four customers: successful, idle, late with onboarding, and one that left."""
    ids = ("ok", "idle", "late", "left")
    steps = {"ok": 10, "idle": 10, "late": 25, "left": 10}  # days between milestones
    uses = {"ok": 1, "idle": 20, "late": 1, "left": 1}  # days between events
    ends = {"left": dt.date(2026, 5, 1)}
    days = range((END - START).days + 1)
    return {
        "customers": [{"customer_id": each, "name": each} for each in ids],
        "subscriptions": [
            {
                "subscription_id": f"s-{each}",
                "customer_id": each,
                "started_on": START,
                "ended_on": ends.get(each),
                "mrr": 1000,
                "currency": "JPY",
            }
            for each in ids
        ],
        "milestones": [
            {
                "customer_id": each,
                "milestone": f"step {number}",
                "reached_on": day(number * steps[each]),
            }
            for each in ids
            for number in range(1, 7)
        ],
        "events": [
            {
                "event_id": f"{each}-{offset}",
                "customer_id": each,
                "occurred_at": dt.datetime.combine(day(offset), dt.time(3)),
                "name": "login",
            }
            for each in ids
            for offset in days
            if offset % uses[each] == 0 and day(offset) < ends.get(each, END)
        ],
        "interactions": [
            {
                "interaction_id": f"i{number}",
                "customer_id": "ok",
                "occurred_at": dt.datetime(2026, 6, 1, 3),
                "channel": "call",
                "initiative": "ours",
                "staff": staff,
            }
            for number, staff in enumerate(("aoi@x.jp", "chika@x.jp", "sales@x.jp"))
        ],
        "staff": [
            {"email": "aoi@x.jp", "name": "Aoi", "role": "csm"},
            {"email": "chika@x.jp", "name": "Chika", "role": "csm"},
            {"email": "sales@x.jp", "name": "S", "role": "sales"},
        ],
    }
