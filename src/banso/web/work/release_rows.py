"""What a release says of openings, contacts and definitions, as rows of the app."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from banso.analytics.rollups import company_day, whole
from banso.definitions.catalog import Catalog
from banso.definitions.health import point_labels
from banso.definitions.question_columns import signal_columns
from banso.definitions.signals import Signal
from banso.kernel.labels import Label
from banso.kernel.zones import EPOCH
from banso.runs.reading import ReleaseReader, Row
from banso.web.work.models import LAST

SIGNALS: Final = "signals"
JUDGED: Final = "signals_judged"
FIGURES: Final = ("precision", "base_rate")
_TEXTS: Final = (
    "reason_ja", "reason_en", "chance_basis", "currency", "effect_basis", "trend_of",
)  # fmt: skip
_NUMBERS: Final = ("worth", "chance", "amount", "urgency", "effect")
_LAYERS: Final = ("administrator", "decision_maker", "user", "beneficiary")


def opening_rows(reader: ReleaseReader) -> Iterator[Row]:
    """Yield what a release says of each opening, with the owner of its customer.

    Columns that older releases lack are null: a worth that is not known.
    """
    rows = reader.result(SIGNALS)
    stand = reader.result("customer_now")
    if rows is None or stand is None:
        return
    owners = stand.select(
        "customer_id", owner=stand.owner.fill_null("").strip().lower()
    )
    rows = rows.mutate(**_lacking(rows.columns))
    rows = rows.left_join(owners, "customer_id")
    rows = rows.select(
        "customer_id", "signal", "opened_on", *_NUMBERS,
        owner=rows.owner.fill_null(""),
        trend=rows.trend.cast("json").cast("string"),
        sort_worth=(-rows.worth).fill_null(LAST),
        **{name: rows[name].fill_null("") for name in _TEXTS},
    )  # fmt: skip
    everything = ibis.struct({name: rows[name] for name in rows.columns})
    digest = everything.cast("json").cast("string").hexdigest("sha256")
    for batch in reader.batches(rows.mutate(digest=digest)):
        yield from batch.to_pylist()


def _lacking(columns: Sequence[str]) -> dict[str, ir.Value]:
    absent = {
        **dict.fromkeys(_NUMBERS, "float64"),
        **dict.fromkeys(_TEXTS, "string"),
        "trend": "array<float64>",
    }
    return {
        name: ibis.null(kind) for name, kind in absent.items() if name not in columns
    }


def signals_speak(reader: ReleaseReader) -> bool:
    """Return whether a release looked for signals, whether or not it found any."""
    note = reader.release.notes.get("analyses")
    return isinstance(note, dict) and "signals" in note


def speaking(reader: ReleaseReader) -> list[Signal]:
    """Return the signals that a release defines and had the tables for."""
    note = reader.release.notes.get("analyses")
    told = note.get("signals") if isinstance(note, dict) else None
    off = told.get("off") if isinstance(told, dict) else None
    silent = off if isinstance(off, dict) else {}
    return [signal for signal in reader.catalog.signals if signal.key not in silent]


def figures_of(reader: ReleaseReader) -> tuple[dict[str, dict[str, object]], int]:
    """Return precision and base rate of each signal, and the months they are of."""
    found: dict[str, dict[str, object]] = defaultdict(dict)
    months = 0
    for row in reader.findings(JUDGED):
        if row["figure"] in FIGURES and row["value"] is not None:
            found[str(row["signal"])][str(row["figure"])] = {
                name: row[name] for name in ("value", "low", "high")
            }
        months = int(str(row["months"]))
    return found, months


def trend_labels(catalog: Catalog) -> Mapping[str, Label]:
    """Return what people call everything that a condition may read."""
    columns = signal_columns(
        catalog.metrics, catalog.forecast.profile, point_labels(catalog.health)
    )
    return {column.name: column.meaning for column in columns.columns}


def contact_days(
    reader: ReleaseReader, customers: Sequence[str], *, since: dt.date
) -> dict[str, list[dt.date]]:
    """Return the days on which we contacted customers, ascending.

    Contacts of which nobody knows whose initiative they were count as ours.
    """
    if not reader.has("interactions"):
        return {}
    rows = reader.all_facts("interactions")
    ours = rows.filter(
        rows.occurred_at >= ibis.literal(since - dt.timedelta(days=2)),
        rows.occurred_at < ibis.literal(reader.release.as_of + dt.timedelta(days=2)),
    )
    if "initiative" in ours.columns:
        ours = ours.filter(ours.initiative.fill_null("ours") == "ours")
    number = company_day(ours.occurred_at, reader.offsets("interactions"))
    ours = ours.select(
        "customer_id",
        day=whole(ibis.literal(EPOCH) + number.as_interval("D"), "date"),
    )
    ours = ours.filter(ours.day > ibis.literal(since))
    wanted = ibis.memtable({"customer_id": list(customers)}, schema=_KEYS)
    found: dict[str, list[dt.date]] = defaultdict(list)
    ordered = ours.semi_join(wanted, "customer_id").order_by("customer_id", "day")
    for row in reader.fetch(ordered):
        day = row["day"]
        assert isinstance(day, dt.date)
        found[str(row["customer_id"])].append(day)
    return found


def main_contacts(
    reader: ReleaseReader, customers: Sequence[str]
) -> dict[str, list[tuple[str, str]]]:
    """Return ID and name of whom to write to at each customer, the best first.

    Of those who are there still: the administrator before the decision maker before
    the others, then who has been there longest. Whether somebody may be written to is
    asked when somebody is about to.
    """
    if not reader.has("contacts"):
        return {}
    rows = reader.all_facts("contacts")
    for name in ("name", "layer", "created_on", "left_on"):
        if name not in rows.columns:
            kind = "date" if name.endswith("_on") else "string"
            rows = rows.mutate(**{name: ibis.null(kind)})
    as_of = ibis.literal(reader.release.as_of)
    rows = rows.filter(
        rows.name.notnull(), rows.left_on.isnull() | (rows.left_on > as_of)
    )
    wanted = ibis.memtable({"customer_id": list(customers)}, schema=_KEYS)
    rows = rows.semi_join(wanted, "customer_id")
    rank = ibis.cases(
        *((rows.layer == layer, place) for place, layer in enumerate(_LAYERS)),
        else_=len(_LAYERS),
    )
    place = ibis.row_number().over(
        group_by=rows.customer_id,
        order_by=[rank, rows.created_on.fill_null(as_of), rows.contact_id],
    )
    best = rows.mutate(place=place)
    best = best.filter(best.place < PEOPLE).order_by("customer_id", "place")
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in reader.fetch(best.select("customer_id", "contact_id", "name")):
        person = (str(row["contact_id"]), str(row["name"]))
        found[str(row["customer_id"])].append(person)
    return found


PEOPLE: Final = 20  # of a customer, whom to write to
_KEYS: Final = ibis.schema({"customer_id": "string"})
