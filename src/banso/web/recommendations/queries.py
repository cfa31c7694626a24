"""Reading recommendations: of one customer, and of all that a user sees."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.http import Http404

from banso.runs.reading import Choice, ReleaseReader, Row
from banso.web.customers import queries as customers
from banso.web.forecast.queries import Names
from banso.web.recommendations import words
from banso.web.recommendations.exporting import csv_table
from banso.web.recommendations.verdict import Verdict, verdict_of
from banso.webkit import formatting
from banso.webkit.paging import Page
from banso.webkit.permissions import Staff

TABLE: Final = "recommendations"
ITEMS: Final = "recommendation_items"
PAGE_SIZE: Final = 50
Record = Mapping[str, object]
State = Literal["ready", "too_little", "no_contracts", "not_computed", "nothing_yet"]
_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "chance": ("chance", "customer_id", "rank"),
    "customer": ("name", "customer_id", "rank"),
    "item": ("item", "-chance", "customer_id"),
    "mrr": ("mrr", "customer_id", "rank"),
    "score": ("score", "customer_id", "rank"),
}


@dataclass(frozen=True)
class Selection:
    """Which suggestions, in which order, as the address says it."""

    item: str = ""  # kind:name
    kind: str = ""
    sort: str = "-chance"
    at: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Selection":
        """Return what an address asks for."""
        sort = asked.get("sort", "")
        return cls(
            item=asked.get("item", ""),
            kind=asked.get("kind", ""),
            sort=sort if sort.removeprefix("-") in _ORDERS else "-chance",
            at=asked.get("at", ""),
        )

    @property
    def equal(self) -> dict[str, object]:
        """What the columns of a row must be."""
        found: dict[str, object] = {}
        if self.kind:
            found["kind"] = self.kind
        if self.item:
            kind, _colon, item = self.item.partition(":")
            found |= {"kind": kind, "item": item}
        return found

    @property
    def order(self) -> tuple[str, ...]:
        """The columns to sort by; the first as asked, the others ascending."""
        first, *others = _ORDERS[self.sort.removeprefix("-")]
        sign = "-" if self.sort.startswith("-") else ""
        return (f"{sign}{first}", *others)


@dataclass(frozen=True)
class ItemRow:
    """One item that may be recommended."""

    key: str
    label: str
    kind: str
    users: str  # 292 of 326
    users_share: float
    chance: str
    chance_note: str
    stayed: str  # in a sentence
    is_difference: bool
    told: int  # customers that the user sees, to whom it is suggested


@dataclass(frozen=True)
class Suggestion:
    """One suggestion for one customer."""

    customer_id: str
    customer: str
    rank: int
    label: str
    kind: str
    chance: str
    interval: str
    peers: str
    taken_up: str  # in a sentence
    because: Sequence[str]
    stayed: str
    mrr: str
    score: str
    band: str


@dataclass(frozen=True)
class RecommendationsPage:
    """Everything that the page shows."""

    state: State
    as_of: dt.date | None = None
    lack: str = ""  # of too_little: n and what is needed
    verdict: Verdict | None = None
    items: Sequence[ItemRow] = ()
    kinds: Sequence[tuple[str, str]] = ()
    selection: Selection = Selection()
    suggestions: Page[Suggestion] | None = None
    count: int = 0
    is_similar: bool = False


@dataclass(frozen=True)
class CustomerSuggestions:
    """What to suggest to one customer."""

    rows: Sequence[Suggestion]
    is_similar: bool


def recommendations_page(
    asked: Mapping[str, str], *, visible_to: Staff
) -> RecommendationsPage:
    """Return the page as its address asks for it, over the customers a user sees."""
    reader = customers.published_reader()
    if reader is None:
        return RecommendationsPage("nothing_yet")
    state, lack = _state_of(reader)
    if state != "ready":
        return RecommendationsPage(state, reader.release.as_of, lack)
    selection = Selection.read(asked)
    whose = customers.visible_ids(visible_to)
    told = _counts(reader, whose)
    makes = _Maker.of(reader)
    at = int(selection.at) if selection.at.isdecimal() else 0
    found = _rows(reader, selection, whose, start=at, limit=PAGE_SIZE + 1)
    verdict = verdict_of(reader)
    items = [makes.item(row, told) for row in makes.items.values()]
    return RecommendationsPage(
        state="ready",
        as_of=reader.release.as_of,
        verdict=verdict,
        items=sorted(items, key=lambda item: (-item.told, item.label)),
        kinds=[(key, words.kind(key)) for key in sorted({key[0] for key in told})],
        selection=selection,
        suggestions=Page(
            rows=[makes.suggestion(row) for row in found[:PAGE_SIZE]],
            previous=str(max(0, at - PAGE_SIZE)) if at else "",
            next=str(at + PAGE_SIZE) if len(found) > PAGE_SIZE else "",
        ),
        count=sum(
            count
            for (kind, item), count in told.items()
            if selection.equal.items() <= {"kind": kind, "item": item}.items()
        ),
        is_similar=verdict is not None and verdict.is_better,
    )


def customer_suggestions(
    reader: ReleaseReader, customer_id: str
) -> CustomerSuggestions | None:
    """Return what to suggest to a customer; None when there is nothing to suggest."""
    rows = _rows(
        reader, Selection(), [customer_id], start=0, limit=None, order=("rank",)
    )
    if not rows:
        return None
    makes = _Maker.of(reader)
    return CustomerSuggestions(
        rows=[makes.suggestion(row) for row in rows],
        is_similar=rows[0]["basis"] == "similar",
    )


def export_suggestions(
    asked: Mapping[str, str], *, visible_to: Staff, for_excel: bool
) -> Iterator[str]:
    """Return a CSV file with all suggestions of a selection that a user sees."""
    reader = customers.published_reader()
    if reader is None:
        raise Http404
    rows = _rows(
        reader,
        Selection.read(asked),
        customers.visible_ids(visible_to),
        start=0,
        limit=None,
    )
    return csv_table(rows, for_excel=for_excel)


def list_suggestions(
    asked: Mapping[str, str],
    *,
    customer_id: str,
    visible_to: Staff,
    start: int,
    size: int,
) -> tuple[list[Record], bool]:
    """Return suggestions for customers that a user sees, and whether there are more."""
    reader = customers.published_reader()
    if reader is None:
        return [], False
    whose = customers.visible_ids(visible_to)
    if customer_id:
        kept = customers.find_kept(customer_id) or customer_id
        whose = [customers.get_customer(kept, visible_to=visible_to).pk]
    selection = Selection.read(asked)
    found = _rows(reader, selection, whose, start=start, limit=size + 1)
    rows = [
        {
            **row,
            "because": [
                {"what": str(what), "value": str(value)}
                for what, value in json.loads(str(row["because"]))
            ],
        }
        for row in found[:size]
    ]
    return list(rows), len(found) > size


def list_items() -> list[Row]:
    """Return what may be recommended over all customers, by kind and item."""
    reader = customers.published_reader()
    rows = reader.findings(ITEMS) if reader else []
    return sorted(rows, key=lambda row: (str(row["kind"]), str(row["item"])))


def _state_of(reader: ReleaseReader) -> tuple[State, str]:
    note = reader.release.notes.get("analyses")
    if isinstance(note, dict) and note.get("reason") == "no_contracts":
        return "no_contracts", ""
    told = note.get("recommendations") if isinstance(note, dict) else None
    if not isinstance(told, dict):
        return "not_computed", ""
    lack = told.get("too_little")
    if isinstance(lack, dict):
        have, need = int(str(lack["have"])), int(str(lack["need"]))
        return "too_little", words.lack(str(lack["reason"]), have, need)
    return "ready", ""


def _rows(
    reader: ReleaseReader,
    selection: Selection,
    whose: Sequence[str] | None,
    *,
    start: int,
    limit: int | None,
    order: Sequence[str] = (),
) -> list[Row]:
    choice = Choice(
        equal=selection.equal,
        customers=whose,
        order=order or selection.order,
        start=start,
        limit=limit,
    )
    return reader.beside_customers(TABLE, choice)


def _counts(
    reader: ReleaseReader, whose: Sequence[str] | None
) -> dict[tuple[str, str], int]:
    rows = reader.count_by(TABLE, ("kind", "item"), customers=whose)
    return {(str(r["kind"]), str(r["item"])): int(str(r["n"])) for r in rows}


@dataclass(frozen=True)
class _Maker:
    """Makes rows of a page from those of a release."""

    items: Mapping[tuple[str, str], Row]
    names: Names

    @classmethod
    def of(cls, reader: ReleaseReader) -> "_Maker":
        rows = reader.findings(ITEMS)
        items = {(str(row["kind"]), str(row["item"])): row for row in rows}
        return cls(items, Names(reader.catalog))

    def item(self, row: Row, told: Mapping[tuple[str, str], int]) -> ItemRow:
        kind, item = str(row["kind"]), str(row["item"])
        users, everybody = (words.number(row[n]) or 0 for n in ("users", "customers"))
        return ItemRow(
            key=f"{kind}:{item}",
            label=words.item_name(kind, item, self.names),
            kind=words.kind(kind),
            users=f"{formatting.number(users)} / {formatting.number(everybody)}",
            users_share=users / everybody if everybody else 0.0,
            chance=words.share(row, "chance"),
            chance_note=words.interval(row, "low", "high"),
            stayed=words.stayed(row),
            is_difference=words.is_difference(row),
            told=told.get((kind, item), 0),
        )

    def suggestion(self, row: Row) -> Suggestion:
        kind, item = str(row["kind"]), str(row["item"])
        pairs = json.loads(str(row["because"]))
        known = self.items.get((kind, item))
        mrr, score = row["mrr"], words.number(row["score"])
        return Suggestion(
            customer_id=str(row["customer_id"]),
            customer=str(row["name"] or row["customer_id"]),
            rank=int(str(row["rank"])),
            label=words.item_name(kind, item, self.names),
            kind=words.kind(kind),
            chance=words.share(row, "chance"),
            interval=words.interval(row, "low", "high"),
            peers=formatting.number(words.number(row["peers"])),
            taken_up=words.taken_up(row, is_similar=row["basis"] == "similar"),
            because=[words.part((what, value), self.names) for what, value in pairs],
            stayed=words.stayed(known) if known else "",
            mrr=customers.money_text(mrr, str(row["currency"] or "")),  # type: ignore[arg-type]
            score=formatting.points(score),
            band=str(row["band"] or "unknown"),
        )
