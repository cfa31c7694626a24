"""Trials as plain values, for programs."""

from collections.abc import Mapping

from django.http import Http404

from banso.runs.reading import Row
from banso.web.customers import queries as customers
from banso.web.trials import queries
from banso.web.trials.models import StartedTrial
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


def list_results() -> list[Row]:
    """Return what the trials say, by trial and place."""
    reader = customers.published_reader()
    if reader is None:
        return []
    rows = reader.findings("trial_results")
    return sorted(rows, key=lambda row: (str(row["trial_id"]), int(str(row["place"]))))


def trials() -> list[Record]:
    """Return every trial: of the release, and started here since."""
    rows = [row for row in list_results() if row["kind"] == "outcome"]
    started = {each.trial_id: each for each in queries.list_started()}
    counts = queries.drawn_by_arm()
    found = {str(row["trial_id"]): row for row in rows}
    return [
        _trial(key, found.get(key), started.get(key), counts)
        for key in sorted({*found, *started})
    ]


def one_trial(trial_id: str) -> Record:
    """Return one trial with its results, or answer 404."""
    rows = [row for row in list_results() if row["trial_id"] == trial_id]
    started = queries.find_started(trial_id)
    outcome = next((row for row in rows if row["kind"] == "outcome"), None)
    if outcome is None and started is None:
        raise Http404
    told = _trial(trial_id, outcome, started, queries.drawn_by_arm())
    return {**told, "results": rows}


def list_drawn(trial_id: str, *, visible_to: Staff) -> list[Record]:
    """Return who was drawn whom a user sees, in the order of the draw; or 404."""
    started = queries.get_started(queries.get_number(trial_id))
    drawn = list(started.assignments.all())
    seen = customers.visible_customers(visible_to)
    names = dict(
        seen.filter(pk__in=[each.customer_id for each in drawn]).values_list(
            "pk", "name"
        )
    )
    columns = (
        "customer_id", "arm", "assigned_on", "opened_on", "stratum", "position",
    )  # fmt: skip
    return [
        {
            "name": names[each.customer_id],
            **{name: getattr(each, name) for name in columns},
        }
        for each in drawn
        if each.customer_id in names
    ]


def mark(customer_id: str, *, visible_to: Staff) -> Record:
    """Return whether a customer is never held out, or answer 404."""
    customer = customers.get_customer(customer_id, visible_to=visible_to)
    found = queries.why_always_act(customer.pk)
    return {
        "is_marked": found is not None,
        "why": found.why if found else "",
        "by": found.by.email if found else None,
        "at": found.at if found else None,
    }


def _trial(
    trial_id: str,
    row: Row | None,
    started: StartedTrial | None,
    counts: Mapping[tuple[str, str], int],
) -> Record:
    known: Mapping[str, object] = row or {}
    arms = {arm: counts.get((trial_id, arm), 0) for arm in ("treated", "held_out")}
    if started is None:
        fixed = {name: known.get(name) for name in _FIXED}
        arms = {arm: int(str(known[f"assigned_{arm}"])) for arm in arms}
        fixed |= {"outcome": known["measure"], "planned_per_arm": None}
        return {
            "trial_id": trial_id, **fixed, **arms, "strata": [], "guard_rails": {},
            "started_by": None, "stopped_why": "",
        }  # fmt: skip
    own = ("outcome", "planned_per_arm", "strata", "guard_rails", "stopped_why")
    fixed = {name: getattr(started, name) for name in (*_FIXED, *own)}
    by = started.started_by.email
    return {"trial_id": trial_id, **fixed, **arms, "started_by": by}


_FIXED = (
    "name", "signal", "play", "window_days", "share_held_out", "smallest_effect",
    "started_on", "stopped_on",
)  # fmt: skip
