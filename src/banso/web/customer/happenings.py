"""One row of each table as a person would tell it."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from banso.definitions.naming import NameRules
from banso.runs.reading import Row
from banso.web.customer import words
from banso.webkit import formatting
from banso.webkit.company_names import event_name, value_name

LONGEST = 400  # characters of a text in the stream
EVENT_NAMES = 5  # of a day, the most frequent ones


@dataclass(frozen=True)
class Said:
    """What happened, in a few words and then in full."""

    title: str
    text: str = ""
    who: str = ""  # of theirs
    staff: str = ""  # of ours
    note: str = ""


@dataclass(frozen=True)
class Names:
    """What to call the people of some rows, and the codes of the company."""

    people: Mapping[str, str]  # by the id that a row has; gatherings as well
    codes: NameRules

    def person(self, key: object) -> str:
        """Return the name behind an id; the id when there is none."""
        return self.people.get(str(key or ""), str(key or ""))

    def value(self, row: Row, column: str) -> str:
        """Return what the value of a column is called; nothing for none."""
        return value_name(self.codes, column, str(row[column] or ""))


def said_event_day(rows: Sequence[Row], codes: NameRules) -> Said:
    """Return a day of use: how often what was done, the most frequent first."""
    events = sum(int(str(row["events"])) for row in rows)
    counted = [
        event_name(codes, str(row["name"]))
        + f" ×{formatting.number(int(str(row['events'])))}"
        for row in rows[:EVENT_NAMES]
    ]
    more = len(rows) - EVENT_NAMES
    if more > 0:
        counted.append(
            ngettext("%(n)s other kind", "%(n)s other kinds", more) % {"n": more}
        )
    title = ngettext("%(n)s event", "%(n)s events", events) % {
        "n": formatting.number(events)
    }
    return Said(title, " · ".join(counted))


def _interaction(row: Row, names: Names) -> Said:
    title = words.choice(row["channel"]) or _("Touchpoint")
    initiative = words.choice(row["initiative"])
    minutes = row["minutes"]
    notes = [initiative] if initiative else []
    if minutes is not None:
        notes.append(words.amount(float(str(minutes)), "minutes"))
    return Said(
        title,
        _cut(row["note"]),
        names.person(row["contact_id"]),
        names.person(row["staff"]),
        " · ".join(notes),
    )


def _ticket(row: Row, names: Names) -> Said:
    closed = row["closed_at"]
    state = _("Open")
    if closed is not None:
        state = _("Closed on %(day)s") % {"day": formatting.day(_aware(closed))}
    priority = names.value(row, "priority")
    return Said(
        words.choice(row["kind"]) or _("Ticket"),
        _cut(row["text"]),
        names.person(row["contact_id"]),
        note=" · ".join(part for part in (state, priority) if part),
    )


def _request(row: Row, names: Names) -> Said:
    notes = [names.value(row, name) for name in ("theme", "status") if row[name]]
    return Said(
        words.choice(row["kind"]) or _("Request"),
        _cut(row["text"]),
        names.person(row["contact_id"]),
        note=" · ".join(notes),
    )


def _response(row: Row, names: Names) -> Said:
    title = _("%(survey)s: %(score)s") % {
        "survey": words.survey(row["survey"]),
        "score": formatting.quantity(float(str(row["score"]))),
    }
    about = names.value(row, "about")
    who = names.person(row["contact_id"])
    return Said(title, _cut(row["comment"]), who, note=about)


def _milestone(row: Row, names: Names) -> Said:
    title = _("Reached: %(step)s") % {"step": names.value(row, "milestone")}
    planned, note = row["planned_on"], ""
    if planned is not None:
        note = _("planned for %(day)s") % {"day": formatting.day(planned)}  # type: ignore[arg-type]
    return Said(title, who=names.person(row["contact_id"]), note=note)


def _outcome(row: Row, names: Names) -> Said:
    unit = str(row["unit"] or "")
    title = f"{names.value(row, 'measure')}: {_measured(row['value'], unit)}"
    if row["target"] is None:
        return Said(title)
    target = _measured(row["target"], unit)
    return Said(title, note=_("target %(target)s") % {"target": target})


def _measured(value: object, unit: str) -> str:
    number = float(str(value))
    if unit == "ratio":
        return formatting.ratio(number)
    return f"{formatting.quantity(number)} {unit}".strip()


def _participation(row: Row, names: Names) -> Said:
    gathering = names.people.get(str(row["gathering_id"] or ""), "")
    return Said(words.choice(row["kind"]), gathering, names.person(row["contact_id"]))


def _subscription(row: Row, names: Names) -> Said:
    product = " ".join(
        names.value(row, name) for name in ("product", "plan") if row[name]
    )
    currency = str(row["currency"] or settings.BANSO_CURRENCY)
    mrr = formatting.money(row["mrr"], currency)  # type: ignore[arg-type]
    title = _("Contract line starts: %(product)s") % {
        "product": product or row["subscription_id"]
    }
    seats = row["seats"]
    notes = [_("MRR %(amount)s") % {"amount": mrr}]
    if seats is not None:
        notes.append(words.amount(float(str(seats)), "seats"))
    return Said(title, note=" · ".join(notes))


SAID: Final[Mapping[str, Callable[[Row, Names], Said]]] = {
    "interactions": _interaction,
    "tickets": _ticket,
    "requests": _request,
    "responses": _response,
    "milestones": _milestone,
    "outcomes": _outcome,
    "participations": _participation,
    "subscriptions": _subscription,
}


def _cut(text: object) -> str:
    whole = str(text or "").strip()
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"


def _aware(moment: object) -> dt.datetime:
    assert isinstance(moment, dt.datetime)
    return moment.replace(tzinfo=dt.UTC)
