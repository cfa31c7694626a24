"""Who comes into running trials when the pages are about to show a release."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from django.db import transaction

from banso.analytics.trials.drawing import Lots, drawn
from banso.analytics.trials.sizes import planned_total
from banso.runs.reading import ReleaseReader
from banso.web.customers import queries as customers
from banso.web.trials.models import AlwaysAct, Assignment, StartedTrial
from banso.web.work import operations as work

_SOME = 500


@transaction.atomic
def take_in(reader: ReleaseReader, at: dt.datetime) -> None:  # noqa: ARG001 - a hook
    """Draw the new openings of the signals on trial, and hold back who is held out.

    New is an opening on or after the day on which the trial started, at a customer who
    is not in the trial and not marked "always act". Openings are taken in the order of
    their day and customer; from the release on that reaches the planned number, nobody
    is drawn any more.
    """
    for trial in StartedTrial.objects.filter(stopped_on__isnull=True):
        _draw(trial, reader)


def _draw(trial: StartedTrial, reader: ReleaseReader) -> None:
    there = {each.customer_id: each for each in trial.assignments.all()}
    planned = planned_total(trial.planned_per_arm, trial.share_held_out)
    if len(there) < planned:
        added = _assignments(trial, reader, there)
        Assignment.objects.bulk_create(added, batch_size=_SOME)
        there |= {each.customer_id: each for each in added}
    _hold_back(trial, reader, there)


def _hold_back(
    trial: StartedTrial, reader: ReleaseReader, there: Mapping[str, Assignment]
) -> None:
    """Keep the openings of those held out from people until their window is over."""
    window = dt.timedelta(days=trial.window_days)
    held: list[work.Opening] = []
    free: list[work.Opening] = []
    for row in reader.findings("signals", signal=trial.signal):
        drawn_in = there.get(str(row["customer_id"]))
        day = _day(row["opened_on"])
        if drawn_in is None or drawn_in.arm != "held_out" or day < trial.started_on:
            continue
        is_over = drawn_in.assigned_on + window <= reader.release.as_of
        opening = work.Opening(drawn_in.customer_id, trial.signal, day)
        (free if is_over else held).append(opening)
    work.hold_out(held)
    work.let_go(free)


def let_everybody_go(trial: StartedTrial) -> None:
    """Let people act on what a trial held back."""
    reader = customers.published_reader()
    if reader is None:
        return
    mine = set(
        trial.assignments.filter(arm="held_out").values_list("customer_id", flat=True)
    )
    work.let_go(
        work.Opening(str(row["customer_id"]), trial.signal, _day(row["opened_on"]))
        for row in reader.findings("signals", signal=trial.signal)
        if row["customer_id"] in mine
    )


def _assignments(
    trial: StartedTrial, reader: ReleaseReader, there: Mapping[str, Assignment]
) -> list[Assignment]:
    as_of = reader.release.as_of
    opened = {
        str(row["customer_id"]): _day(row["opened_on"])
        for row in reader.findings("signals", signal=trial.signal)
        if _day(row["opened_on"]) >= trial.started_on
    }
    never = set(AlwaysAct.objects.values_list("customer_id", flat=True))
    new = sorted(
        (day, key)
        for key, day in opened.items()
        if key not in there and key not in never
    )
    strata = strata_of([key for _day_, key in new], trial.strata)
    already = Counter(each.stratum for each in there.values())
    lots = Lots(trial.seed, trial.share_held_out)
    rows = drawn(
        [(key, strata[key]) for _day_, key in new if key in strata],
        lots,
        already=already,
    )
    return [
        Assignment(
            trial=trial,
            customer_id=row.customer_id,
            opened_on=opened[row.customer_id],
            assigned_on=as_of,
            arm=row.arm,
            stratum=row.stratum,
            position=row.position,
        )
        for row in rows
    ]


def strata_of(keys: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    """Return the stratum of each customer that is there: values joined by " / "."""
    found: dict[str, str] = {}
    for start in range(0, len(keys), _SOME):
        some = keys[start : start + _SOME]
        for key, *values in customers.values_of(some, columns):
            found[str(key)] = " / ".join(str(value or "–") for value in values)
    return found


def _day(value: object) -> dt.date:
    assert isinstance(value, dt.date)
    return value


def count_assignments(customer_id: str) -> int:
    """Return into how many trials a customer was drawn."""
    return Assignment.objects.filter(customer_id=customer_id).count()


def merge_customers(gone: str, kept: str) -> None:
    """Move what is known of a customer that goes to the one that stays.

    Who was drawn first stays drawn; in a trial that has both, the kept one's arm holds.
    """
    mine = Assignment.objects.filter(customer_id=kept).values("trial_id")
    Assignment.objects.filter(customer_id=gone).exclude(trial_id__in=mine).update(
        customer_id=kept
    )
    mark = AlwaysAct.objects.filter(customer_id=gone).first()
    if mark is not None:
        AlwaysAct.objects.get_or_create(
            customer_id=kept, defaults={"why": mark.why, "by": mark.by, "at": mark.at}
        )
        mark.delete()


def recorded_trials() -> Iterator[Mapping[str, object]]:
    """Yield the trials as rows of the table ``trials``, by key."""
    for trial in sorted(StartedTrial.objects.all(), key=lambda each: each.trial_id):
        yield {
            "trial_id": trial.trial_id,
            "name": trial.name,
            "signal": trial.signal,
            "play": trial.play,
            "outcome": trial.outcome,
            "window_days": trial.window_days,
            "share_held_out": trial.share_held_out,
            "planned_per_arm": trial.planned_per_arm,
            "smallest_effect": trial.smallest_effect,
            "strata": json.dumps(trial.strata),
            "seed": trial.seed,
            "started_on": trial.started_on,
            "stopped_on": trial.stopped_on,
            "guard_rails": json.dumps(trial.guard_rails),
        }


def recorded_assignments() -> Iterator[Mapping[str, object]]:
    """Yield who was drawn as rows of the table ``trial_assignments``, by key."""
    rows = Assignment.objects.select_related("trial")
    for row in sorted(rows, key=lambda each: (each.trial.trial_id, each.customer_id)):
        yield {
            "trial_id": row.trial.trial_id,
            "customer_id": row.customer_id,
            "assigned_on": row.assigned_on,
            "arm": row.arm,
            "stratum": row.stratum,
            "position": row.position,
        }
