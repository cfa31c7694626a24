"""Taking a release in: what opened, what changed, what closed, and what is defined."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from banso.definitions.catalog import Catalog
from banso.kernel.labels import Label
from banso.runs.reading import ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.webhooks import operations as webhooks
from banso.web.work import reach, release_rows, row_writing, rules
from banso.web.work.handing_over import stand_in
from banso.web.work.models import Colleague, KnownPlay, KnownSignal, Reach, WorkItem
from banso.web.work.resting import first_free_day
from banso.web.work.row_writing import COLUMNS, Key

MANY = 1_000
Closed = WorkItem.Closed


def take_in(reader: ReleaseReader) -> None:
    """Let the pages of work show a release, within the transaction that publishes it.

    What people decided is not touched. A release that did not look for signals closes
    none.
    """
    _write_plays(reader.catalog)
    _write_signals(reader)
    _write_colleagues(reader)
    if release_rows.signals_speak(reader):
        _write_openings(reader)
    _write_reach(reader)
    stand_in()


def _write_openings(reader: ReleaseReader) -> None:
    known = row_writing.live_digests()
    moved = customers.aliases()
    signals = {signal.key: signal for signal in reader.catalog.signals}
    before = len(known)
    waiting: dict[Key, list[object]] = {}
    written = 0
    seen: set[Key] = set()
    opened: list[Key] = []
    for row in _own_first(release_rows.opening_rows(reader), moved):
        signal = signals.get(str(row["signal"]))
        if signal is None:
            continue
        more = {"kind": signal.kind, "play": signal.play or ""}
        key, values = _opening({**row, **more}, moved)
        if key in seen:  # a merged customer has it too
            continue
        seen.add(key)
        held = known.pop(key, None)
        if held == values[-1]:
            continue
        if held is None:
            opened.append(key)
        waiting[key] = values
        if len(waiting) == MANY * 20:
            row_writing.hold_rows(waiting)
            written += len(waiting)
            row_writing.WRITING.write(list(waiting.values()))
            waiting = {}
    row_writing.hold_rows({*waiting, *known})
    row_writing.WRITING.write(list(waiting.values()))
    gone = _why_gone(known, reader)
    row_writing.close_rows(gone, on=reader.release.as_of)
    _tell(opened, gone, reader)
    if written + len(waiting) > max(before, MANY) // 2:
        row_writing.WRITING.learn_statistics()


def _tell(
    opened: Iterable[Key], gone: Mapping[Key, Closed], reader: ReleaseReader
) -> None:
    """Let webhooks know what opened and closed."""
    at, as_of = reader.release.made_at, reader.release.as_of
    webhooks.tell("signal.opened", (_fields(key) for key in opened), at=at)
    closed = (
        {**_fields(key), "closed_on": as_of, "why": why.value}
        for key, why in gone.items()
    )
    webhooks.tell("signal.closed", closed, at=at)


def _fields(key: Key) -> dict[str, object]:
    return {
        "customer_id": key.customer_id,
        "signal": key.signal,
        "opened_on": key.opened_on,
    }


def _own_first(rows: Iterable[Row], moved: Mapping[str, str]) -> Iterator[Row]:
    """Yield the rows of merged customers last: the other's own count."""
    late = []
    for row in rows:
        if row["customer_id"] in moved:
            late.append(row)
        else:
            yield row
    yield from late


def _opening(row: Row, moved: Mapping[str, str]) -> tuple[Key, list[object]]:
    """Return an opening as it is written, under the customer that it belongs to now."""
    customer_id = str(row["customer_id"])
    customer_id = moved.get(customer_id, customer_id)
    day = row["opened_on"]
    assert isinstance(day, dt.date)
    digest = f"{row['digest']}:{row['kind']}:{row['play']}"
    whole = {**row, "customer_id": customer_id, "digest": digest}
    return (
        Key(customer_id, str(row["signal"]), day),
        [whole[name] for name in COLUMNS],
    )


def _why_gone(gone: Iterable[Key], reader: ReleaseReader) -> Mapping[Key, Closed]:
    """Return why a release no longer has openings."""
    speaking = {signal.key for signal in release_rows.speaking(reader)}
    keys = list(gone)
    active = customers.active_among({key.customer_id for key in keys})

    def why(key: Key) -> Closed:
        if key.signal not in speaking:
            return Closed.DEFINITION
        return Closed.CONDITION if key.customer_id in active else Closed.LEFT

    return {key: why(key) for key in keys}


def _write_plays(catalog: Catalog) -> None:
    """Keep the plays; one that is no longer defined stays, for those under way."""
    KnownPlay.objects.exclude(pk__in=[play.key for play in catalog.plays]).update(
        is_current=False
    )
    KnownPlay.objects.bulk_create(
        [
            KnownPlay(
                key=play.key,
                label=play.label.model_dump(),
                about=play.about.model_dump(),
                steps=[step.model_dump(mode="json") for step in play.steps],
                assumed_effect=play.assumed_effect,
                place=place,
            )
            for place, play in enumerate(catalog.plays)
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=[
            "label", "about", "steps", "assumed_effect", "place", "is_current",
        ],
    )  # fmt: skip


def _write_signals(reader: ReleaseReader) -> None:
    """Keep the signals; one that is no longer defined stays, for what it opened."""
    signals = reader.catalog.signals
    KnownSignal.objects.exclude(pk__in=[signal.key for signal in signals]).update(
        is_current=False
    )
    figures, months = release_rows.figures_of(reader)
    named = release_rows.trend_labels(reader.catalog)
    nothing = Label("", "")
    labels = {
        signal.key: next((named[n] for n in signal.names if n in named), nothing)
        for signal in signals
    }
    KnownSignal.objects.bulk_create(
        [
            KnownSignal(
                key=signal.key,
                label=signal.label.model_dump(),
                kind=signal.kind,
                play=signal.play or "",
                within_days=signal.within_days,
                trend_label={"ja": labels[signal.key].ja, "en": labels[signal.key].en},
                seen_by=list(signal.seen_by),
                figures=figures.get(signal.key, {}),
                months=months,
                place=place,
            )
            for place, signal in enumerate(signals)
        ],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=[
            "label", "kind", "play", "within_days", "trend_label", "seen_by",
            "figures", "months", "place", "is_current",
        ],
    )  # fmt: skip


def _write_colleagues(reader: ReleaseReader) -> None:
    if not reader.has("staff"):
        return
    rows = reader.fetch(reader.all_facts("staff"))
    people = {
        str(row["email"]).strip().lower(): Colleague(
            email=str(row["email"]).strip().lower(),
            name=str(row.get("name") or ""),
            left_on=cast("dt.date | None", row.get("left_on")),
        )
        for row in rows
    }
    Colleague.objects.exclude(pk__in=people).delete()
    Colleague.objects.bulk_create(
        people.values(),
        update_conflicts=True,
        unique_fields=["email"],
        update_fields=["name", "left_on"],
    )


def _write_reach(reader: ReleaseReader) -> None:
    """Keep when those with something open were contacted, and whom to write to."""
    live = WorkItem.objects.filter(closed_on__isnull=True).values_list("customer_id")
    wanted = sorted({str(key) for (key,) in live.distinct()})
    as_of, work = reader.release.as_of, reader.catalog.work
    since = as_of - dt.timedelta(days=rules.days_that_matter(work))
    days = release_rows.contact_days(reader, wanted, since=since)
    people = release_rows.main_contacts(reader, wanted)
    touches = customers.touches_of(wanted)
    kept = {each.pk: each for each in Reach.objects.all()}
    changed = []
    for key in wanted:
        before = kept.get(key, Reach(customer_id=key))
        noted = [dt.date.fromisoformat(day) for day in before.days]
        whole = reach.together(days.get(key, ()), noted, as_of=as_of)
        rule = rules.rest_rule(work, touches.get(key, ""))
        now = Reach(
            customer_id=key,
            days=[day.isoformat() for day in whole],
            people=[list(person) for person in people.get(key, ())],
            rest_until=first_free_day(whole, rule),
        )
        if key not in kept or _differ(before, now):
            changed.append(now)
    Reach.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["customer_id"],
        update_fields=["days", "people", "rest_until"],
        batch_size=MANY,
    )


def _differ(before: Reach, now: Reach) -> bool:
    return (before.days, before.people, before.rest_until) != (
        now.days,
        now.people,
        now.rest_until,
    )
