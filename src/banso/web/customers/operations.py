"""Writing customers: publishing a release to the pages, taking a list out."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from django.db import transaction
from ibis import _
from ibis.expr import types as ir

from banso.definitions.catalog import Catalog
from banso.definitions.naming import NameRules
from banso.runs.project import Project
from banso.runs.reading import reader_of
from banso.runs.results import lake_of, open_session, published_catalog
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.warehouse.manifest import Release
from banso.warehouse.session import Session
from banso.web.audit import operations as audit
from banso.web.customers import queries, row_writing
from banso.web.customers.exporting import csv_lines
from banso.web.customers.figures import EVERYBODY, Figures, figures_by_owner
from banso.web.customers.listing import matching_customers
from banso.web.customers.merging import (
    hold_customer,
    lead_back,
    lead_on,
    merge_customers,
)
from banso.web.customers.models import CustomerNow, OwnerFigures, PublishedRelease
from banso.web.customers.release_rows import (
    PRESENTATION,
    before_of,
    customer_rows,
    dates_of,
    normalized_owner,
    python_rows,
)
from banso.web.customers.selection import ATTRIBUTE, Selection
from banso.web.webhooks import operations as webhooks
from banso.webkit.features import release_hooks
from banso.webkit.permissions import Staff

__all__ = [
    "code_labels",
    "element_labels",
    "export_customers",
    "hold_customer",
    "lead_back",
    "lead_on",
    "merge_customers",
    "publish_newest",
    "publish_release",
]

CHOSEN_BY = ("touch", "plan", "industry", "size")
MAX_CHOICES = 100
MAX_ATTRIBUTE_CHOICES = 60


@dataclass(frozen=True)
class Published:
    """What publishing a release did to the rows of customers."""

    release_id: str
    new: int
    changed: int
    unchanged: int
    removed: int


@dataclass(frozen=True)
class _Extras:
    """What a release says beside the rows of its customers."""

    figures: Mapping[str, Figures]
    staff: Mapping[str, str]  # name by e-mail
    choices: Mapping[str, list[str]]
    labels: Mapping[str, Mapping[str, str]]


def publish_newest(project: Project, *, at: dt.datetime) -> Published | None:
    """Publish the newest release of the lake, unless the pages show it already.

    Parameters
    ----------
    project
        Whose lake and app database.
    at
        The present.

    Returns
    -------
    Published | None
        None: there is no release, or the pages show it already.

    """
    release = lake_of(project).current().release
    if release is None or _is_published(release):
        return None
    return publish_release(project, release, at=at)


def publish_release(
    project: Project, release: Release, *, at: dt.datetime
) -> Published:
    """Let the pages show a release: all of it, or on any fault none of it.

    Rows that did not change are not written. Publishing a release again changes
    nothing. Two that publish at once wait for one another.

    Parameters
    ----------
    project
        Whose lake and app database; Django must be ready (`site.serving`).
    release
        One of the releases in the lake.
    at
        The present.

    """
    with open_session(project) as session:
        catalog = published_catalog(session.lake, release.definitions_digest)
        extras = _Extras(
            figures=figures_by_owner(session, release),
            staff=_staff_names(session),
            choices=_choices(session, release),
            labels=element_labels(catalog) | code_labels(catalog.names),
        )
        with transaction.atomic():
            row_writing.hold_lock()
            published = _write_rows(session, release)
            _write_figures(extras)
            _write_release(release, extras, at=at)
            _tell_features(project, release, at=at)
            if published.new + published.removed > published.unchanged:
                row_writing.WRITING.learn_statistics()
    return published


def element_labels(catalog: Catalog) -> dict[str, dict[str, str]]:
    """Return what people read for ``model/dimension.element``, in both languages."""
    return {
        f"{model.key}/{dimension.key}.{element.key}": {
            "ja": element.label.ja,
            "en": element.label.en,
        }
        for model in catalog.health
        for dimension in model.dimensions
        for element in dimension.elements
    }


def code_labels(names: NameRules) -> dict[str, dict[str, str]]:
    """Return what people read for ``attr.column`` and for ``attr.column=value``.

    The columns of the contract have no ``attr.``: ``industry=製造業``.
    """
    found = {f"{ATTRIBUTE}{key}": text for key, text in names.columns.items()}
    for column, texts in names.values.items():
        is_declared = column in TABLES["customers"].by_name or column == "plan"
        key = column if is_declared else f"{ATTRIBUTE}{column}"
        found |= {f"{key}={value}": text for value, text in texts.items()}
    return {key: text.model_dump() for key, text in found.items()}


def _is_published(release: Release) -> bool:
    return PublishedRelease.objects.filter(
        release_id=release.release_id,
        made_at=release.made_at,
        presentation=PRESENTATION,
    ).exists()


def _write_rows(session: Session, release: Release) -> Published:
    known = row_writing.read_digests()
    number = row_writing.next_number()
    new = changed = unchanged = 0
    many = False
    with ExitStack() as stack:
        for place, columns in python_rows(session, customer_rows(session, release)):
            rows: list[tuple[object, ...]] = []
            keys, digests = columns[place["customer_id"]], columns[place["digest"]]
            in_order = row_writing.in_row_order(place, columns)
            for key, digest, *row in zip(keys, digests, *in_order, strict=True):
                before = known.pop(str(key), None)
                if before == digest:
                    unchanged += 1
                    continue
                new, changed = new + (before is None), changed + (before is not None)
                rows.append((*row, number))
                number += 1
            if len(rows) >= row_writing.MANY and not many:
                many = True
                stack.enter_context(row_writing.WRITING.writing_many())
            row_writing.WRITING.write(rows)
        row_writing.remove_rows(list(known))
    return Published(
        release_id=release.release_id,
        new=new,
        changed=changed,
        unchanged=unchanged,
        removed=len(known),
    )


def _write_figures(extras: _Extras) -> None:
    OwnerFigures.objects.all().delete()
    OwnerFigures.objects.bulk_create(
        [
            OwnerFigures(
                owner=owner,
                name="" if owner == EVERYBODY else extras.staff.get(owner, ""),
                customers=sum(cell.customers for cell in figures.of_part("now")),
                figures=figures.as_json(),
            )
            for owner, figures in extras.figures.items()
        ],
        batch_size=200,
    )


def _write_release(release: Release, extras: _Extras, *, at: dt.datetime) -> None:
    values = {
        "release_id": release.release_id,
        "as_of": release.as_of,
        "before": before_of(release),
        "made_at": release.made_at,
        "facts_digest": release.facts_digest,
        "definitions_digest": release.definitions_digest,
        "notes": dict(release.notes),
        "dates": [date.isoformat() for date in dates_of(release)],
        "labels": dict(extras.labels),
        "choices": dict(extras.choices),
        "presentation": PRESENTATION,
        "has_forecast": CustomerNow.objects.filter(sort_chance_down__lte=0).exists(),
    }
    shown = PublishedRelease.objects.filter(**values).exists()
    if not shown:  # publishing again leaves the time of the first time
        PublishedRelease.objects.update_or_create(
            pk=1, defaults={**values, "published_at": at}
        )
        names = ("release_id", "as_of", "made_at", "definitions_digest")
        said = {name: values[name] for name in names}
        webhooks.tell("release.published", [said], at=at)


def _tell_features(project: Project, release: Release, *, at: dt.datetime) -> None:
    """Let the features that show something of a release take it in."""
    hooks = release_hooks()
    if not hooks:
        return
    reader = reader_of(project, release.release_id)
    for hook in hooks:
        hook.call(reader, at)


def _staff_names(session: Session) -> dict[str, str]:
    staff = session.facts("staff")
    named = staff.filter(staff.name.notnull()).select(
        email=normalized_owner(staff.email), name=staff.name
    )
    rows = session.to_arrow(named).to_pylist()
    return {row["email"]: row["name"] for row in rows}


def _choices(session: Session, release: Release) -> dict[str, list[str]]:
    """Return the values that a filter offers, the most frequent first."""
    rows = session.result("customer_now", release)
    choices: dict[str, list[str]] = {}
    for column in CHOSEN_BY:
        value = rows[column]
        counted = (
            rows.filter(value.notnull() & (value != ""))
            .group_by(value=value)
            .aggregate(customers=_.customer_id.count())
            .order_by(_.customers.desc(), _.value)
            .limit(MAX_CHOICES)
        )
        found = session.to_arrow(counted).to_pylist()
        choices[column] = [row["value"] for row in found]
    return choices | _attribute_choices(session, rows)


def _attribute_choices(session: Session, rows: ir.Table) -> dict[str, list[str]]:
    """Return the values of each attribute that is a text of a few values, likewise.

    A text of many values, such as a comment, is nothing to choose from.
    """
    version = session.manifest.facts.get("customers")
    known = TABLES["customers"].by_name
    names = [
        name
        for name, kind in (version.columns if version else {}).items()
        if name not in known and kind is Kind.TEXT
    ]
    customers = session.facts("customers").semi_join(rows, "customer_id")
    choices: dict[str, list[str]] = {}
    for name in sorted(names):
        value = customers[name]
        counted = (
            customers.filter(value.notnull() & (value != ""))
            .group_by(value=value)
            .aggregate(customers=_.count())
            .order_by(_.customers.desc(), _.value)
            .limit(MAX_ATTRIBUTE_CHOICES + 1)
        )
        found = session.to_arrow(counted).to_pylist()
        if 0 < len(found) <= MAX_ATTRIBUTE_CHOICES and found[0]["customers"] > 1:
            choices[ATTRIBUTE + name] = [row["value"] for row in found]
    return choices


def export_customers(
    selection: Selection, *, by: Staff, at: dt.datetime, for_excel: bool
) -> Iterator[str]:
    """Return the lines of a CSV file of what a user sees and asks for, in its order.

    The audit keeps who took which selection out, and when; it is written before the
    first line is.
    """
    release = queries.published_release()
    day = release.as_of if release else at.date()
    customers = matching_customers(selection, visible_to=by, as_of=day)
    subject = audit.Subject(kind="customers", id="", name=selection.query or "–")
    audit.record("customers_exported", subject=subject, by=by, at=at)
    ordered = customers.order_by(*selection.order.terms())
    return csv_lines(ordered, for_excel=for_excel)
