"""The section ``[retention]`` of banso.toml: how long what tells of people is kept."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from banso.kernel.days import months_earlier
from banso.kernel.nearness import did_you_mean
from banso.runs.project import SETTINGS_FILE, Project, ProjectFileInvalid

KINDS: Final = ("texts", "contacts", "quarantine", "reads", "webhooks")
_KNOWN: Final = (*KINDS, "apply", "holds")
_SPAN: Final = re.compile(r"([1-9]\d{0,3}) (months?|years?)")
_APPLY: Final = ("by hand", "daily")
_HOLD: Final = ("customer", "contact", "reason", "until")


@dataclass(frozen=True)
class Hold:
    """A customer or contact of which everything is kept for the time being."""

    reason: str
    until: dt.date  # inclusive
    customer: str = ""
    contact: str = ""


@dataclass(frozen=True)
class Rules:
    """How many months each kind is kept; None: for ever."""

    texts: int | None = None
    contacts: int | None = None  # after their customer left
    quarantine: int | None = None
    reads: int | None = None
    webhooks: int | None = None
    daily: bool = False  # the worker applies them
    holds: tuple[Hold, ...] = ()

    def edge(self, kind: str, today: dt.date) -> dt.date | None:
        """Return the first day that is kept; None: all are."""
        months = getattr(self, kind)
        return None if months is None else months_earlier(today, int(months))

    def held_customers(self, today: dt.date) -> frozenset[str]:
        """Return the customers that are held on a day."""
        return frozenset(h.customer for h in self._held(today) if h.customer)

    def held_contacts(self, today: dt.date) -> frozenset[str]:
        """Return the contacts that are held on a day."""
        return frozenset(h.contact for h in self._held(today) if h.contact)

    def _held(self, today: dt.date) -> list[Hold]:
        return [hold for hold in self.holds if hold.until >= today]


def rules_of(project: Project) -> Rules:
    """Return how long a project keeps what tells of people.

    Raises
    ------
    ProjectFileInvalid
        The section cannot be followed; every fault of it is named.

    """
    given = project.site["retention"]
    section = given if isinstance(given, dict) else {}
    faults = [*_unknown("retention", section, _KNOWN)]
    months = {}
    for kind in KINDS:
        said = section.get(kind, "for ever")
        found = _SPAN.fullmatch(said) if isinstance(said, str) else None
        if found is not None:
            months[kind] = int(found[1]) * (12 if found[2].startswith("year") else 1)
        elif said != "for ever":
            faults.append(
                f"retention.{kind}: {said!r} is neither a span such as '24 months' or"
                " '3 years', nor 'for ever'"
            )
    apply = section.get("apply", "by hand")
    if apply not in _APPLY:
        faults.append(f"retention.apply: {apply!r} is neither 'daily' nor 'by hand'")
    holds = list(_holds(section.get("holds", []), faults))
    if faults:
        raise ProjectFileInvalid(
            f"{SETTINGS_FILE}: {'; '.join(faults)}",
            hint=f"Mend {SETTINGS_FILE} and try again.",
            path=SETTINGS_FILE,
            faults=faults,
        )
    return Rules(
        texts=months.get("texts"),
        contacts=months.get("contacts"),
        quarantine=months.get("quarantine"),
        reads=months.get("reads"),
        webhooks=months.get("webhooks"),
        daily=apply == "daily",
        holds=tuple(holds),
    )


def _holds(said: object, faults: list[str]) -> Iterator[Hold]:
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        faults.append("retention.holds: write each as [[retention.holds]]")
        return
    for number, hold in enumerate(said, 1):
        place = f"retention.holds ({number})"
        found = [*_unknown(place, hold, _HOLD)]
        customer, contact = hold.get("customer", ""), hold.get("contact", "")
        if not all(isinstance(key, str) for key in (customer, contact)) or (
            bool(customer) == bool(contact)
        ):
            found.append(f"{place}: names either a customer or a contact, by its ID")
        if not isinstance(hold.get("reason"), str) or not hold["reason"].strip():
            found.append(f"{place}: the reason is missing")
        until = _day(hold.get("until"))
        if until is None:
            found.append(f"{place}: until has to be a day such as 2027-03-31")
        faults += found
        if not found and until is not None:
            yield Hold(hold["reason"], until, customer, contact)


def _day(said: object) -> dt.date | None:
    if isinstance(said, dt.date) and not isinstance(said, dt.datetime):
        return said
    try:
        return dt.date.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None


def _unknown(
    place: str, section: Mapping[str, object], known: tuple[str, ...]
) -> Iterator[str]:
    for key in section:
        if key not in known:
            yield f"unknown key {place}.{key}. {did_you_mean(key, known)}".strip()
