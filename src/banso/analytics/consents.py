"""Consent in expressions: which decision counts, and rows without who refused."""

from collections.abc import Collection
from typing import Final

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from banso.kernel.consent import Gate, Purpose
from banso.tables.registry import TABLES
from banso.tables.spec import Kind, TableSpec, is_contact_column

CONTACT: Final = "contact_id"
_OF_NOBODY: Final = (
    *("customer_id", "layer", "created_on", "left_on"),
    *("known_at", "loaded_at", "merged_into"),
)
_WITH_ROWS: Final = ("customer_id", "known_at", "loaded_at", "merged_into")


def latest_decisions(
    consents: ir.Table, *, until: ir.TimestampScalar | None = None
) -> ir.Table:
    """Return the decision that counts for each contact and purpose.

    Parameters
    ----------
    consents
        Live rows of the table of that name.
    until
        The moment (UTC), included, up to which decisions count; None: all of them.

    Returns
    -------
    ir.Table
        One row per ``contact_id`` and ``purpose`` with a decision: ``decided_at`` and
        ``granted`` of the latest; of several at the same moment a refusal counts.

    """
    rows = consents if until is None else consents.filter(consents.decided_at <= until)
    last = ibis.row_number().over(
        group_by=[rows.contact_id, rows.purpose],
        order_by=[rows.decided_at.desc(), rows.granted, rows.consent_id],
    )
    newest = rows.mutate(place=last)
    newest = newest.filter(newest.place == 0)
    return newest.select(CONTACT, "purpose", "decided_at", "granted")


def may_be_used(contact: ir.StringValue, gate: Gate, purpose: Purpose) -> ir.Value:
    """Return whether a contact may be used; true where there is none."""
    exceptions = _ids(gate.exceptions(purpose))
    if gate.defaults[purpose]:
        return contact.isnull() | contact.notin(exceptions.contact_id)
    return contact.isnull() | (contact == "") | contact.isin(exceptions.contact_id)


def of_willing(rows: ir.Table, gate: Gate, purpose: Purpose) -> ir.Table:
    """Return rows without those of contacts who refuse a purpose.

    Rows that name no contact stay.
    """
    if asks_nobody(gate, purpose) or CONTACT not in rows.columns:
        return rows
    return rows.filter(may_be_used(rows[CONTACT], gate, purpose))


def unnamed(
    rows: ir.Table,
    table: str,
    gate: Gate,
    purpose: Purpose,
    *,
    keep: Collection[str] = (),
) -> ir.Table:
    """Return rows in which who refuses a purpose is neither named nor quoted.

    The row of such a contact in ``contacts`` goes, unless `keep` says that a number is
    made of it. A refusal in ``consents`` stays, for others have to know it, without its
    reason. In other tables of facts its ID
    becomes null, and so does what may say who it is: free texts, JSON and attributes
    of its rows. What a row says of the customer stays, so that sums stay.

    Parameters
    ----------
    rows
        Rows of a table of facts or of a result.
    table
        Its name.
    gate
        Of the moment of the use.
    purpose
        What the rows are about to be used for.
    keep
        Columns that were added to those of the table, and say nothing of a person.

    """
    named = [name for name in rows.columns if is_contact_column(name)]
    if asks_nobody(gate, purpose) or not named:
        return rows
    if table == "contacts" and not keep:
        return of_willing(rows, gate, purpose)
    kinds = rows.schema()
    hidden = {}
    spec = TABLES.get(table)
    for name in named:
        may = may_be_used(rows[name], gate, purpose)
        telling = (
            [name] if spec is None or name != CONTACT else _telling(rows, spec, keep)
        )
        for each in telling:
            null = ibis.null(kinds[each])
            hidden[each] = ibis.ifelse(may, rows[each], null)
    return rows.mutate(**hidden)


def asks_nobody(gate: Gate, purpose: Purpose) -> bool:
    """Return whether everybody may be used: nobody has to be looked for."""
    return gate.defaults[purpose] and not gate.exceptions(purpose)


def _telling(rows: ir.Table, spec: TableSpec, keep: Collection[str]) -> list[str]:
    """Return the columns of a person's own row that may say who it is."""
    if spec.name == "contacts":
        return [name for name in rows.columns if name not in {*_OF_NOBODY, *keep}]
    known = {*_WITH_ROWS, *keep}
    return [
        name
        for name in rows.columns
        if (name == CONTACT and spec.name != "consents")
        or (name not in spec.by_name and name not in known)
        or (
            name in spec.by_name
            and (spec.by_name[name].free_text or spec.by_name[name].kind is Kind.JSON)
        )
    ]


def _ids(contacts: Collection[str]) -> ir.Table:
    ids = pa.array(list(contacts), pa.string())
    return ibis.memtable(pa.table({CONTACT: ids}))
