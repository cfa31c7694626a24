"""Merging a customer into another one: what the app keeps of it goes along."""

import datetime as dt
from collections.abc import Mapping
from typing import Final

from django.db import connection, transaction
from django.http import Http404

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.customers import queries
from banso.web.customers.models import CustomerAlias, CustomerNow
from banso.web.webhooks import operations as webhooks
from banso.webkit.features import merge_hooks
from banso.webkit.permissions import Staff

_TABLE: Final = f'"{CustomerNow._meta.db_table}"'  # noqa: SLF001 - documented
_KEY_SHARE: Final = f"SELECT 1 FROM {_TABLE} WHERE customer_id = %s FOR KEY SHARE"  # noqa: S608


class MergeWithItself(BansoError):
    """Refuse to merge a customer into itself."""

    code = "merge_with_itself"


class AlreadyMerged(BansoError):
    """Refuse to merge a customer that was merged, or into one that was."""

    code = "already_merged"


class NoSuchCustomer(BansoError):
    """Refuse to merge into a customer that is not there, or not the user's to see."""

    code = "no_such_customer"


@transaction.atomic
def merge_customers(
    gone_id: str, kept_id: str, *, by: Staff, at: dt.datetime
) -> CustomerAlias:
    """Let one customer go on as another one.

    Everything that the app keeps of the first one becomes the other's, and its address
    leads there. The facts stay as their sources have them: rows move when those do.
    Until then a signal that opens at the first one is shown at the other.

    Raises
    ------
    Http404
        The first one is not there, or not the user's to see.
    MergeWithItself, AlreadyMerged, NoSuchCustomer
        Nothing was changed.

    """
    seen = queries.visible_customers(by)  # not what is seen for a task alone
    gone, kept = seen.filter(pk=gone_id).first(), seen.filter(pk=kept_id).first()
    if gone is None:
        raise Http404
    if kept is None:
        raise NoSuchCustomer(f"There is no customer {kept_id!r}.", key=kept_id)
    if gone.pk == kept.pk:
        raise MergeWithItself(f"{gone.pk} is the same customer.")
    # locked, so that two merges cannot lead to one another
    both = CustomerNow.objects.filter(pk__in=[gone.pk, kept.pk]).order_by("pk")
    list(both.select_for_update())
    before = CustomerAlias.objects.filter(pk__in=[gone.pk, kept.pk]).first()
    if before is not None:
        raise AlreadyMerged(f"{before.pk} was merged.", key=before.pk, into=before.kept)
    CustomerAlias.objects.filter(kept=gone.pk).update(kept=kept.pk)
    alias = CustomerAlias.objects.create(gone=gone.pk, kept=kept.pk, by_id=by.pk, at=at)
    for hook in merge_hooks():
        hook(gone.pk, kept.pk)
    audit.record(
        "customer_merged",
        subject=audit.Subject("customer", gone.pk, gone.name),
        by=by,
        at=at,
        details={"into": kept.name},
    )
    said = {"customer_id": gone.pk, "into": kept.pk}
    webhooks.tell("customer.merged", [said], at=at)
    return alias


def lead_on(
    gone_id: str, merged: Mapping[str, str], *, by: Staff, at: dt.datetime
) -> None:
    """Let the address of a customer lead to another one, for as long as is decided.

    Nothing of it is moved, and the operation that decides it audits it.

    Parameters
    ----------
    gone_id
        The customer.
    merged
        Where each customer leads in the end that was decided so, this one among them.
    by, at
        Who, and when.

    """
    CustomerAlias.objects.create(gone=gone_id, kept=merged[gone_id], by_id=by.pk, at=at)
    _lead(merged)


def lead_back(gone_id: str, merged: Mapping[str, str]) -> None:
    """Let a customer have its own address again; `merged` are those that still go."""
    CustomerAlias.objects.filter(pk=gone_id).delete()
    _lead(merged)


def _lead(merged: Mapping[str, str]) -> None:
    for gone, kept in merged.items():
        CustomerAlias.objects.filter(pk=gone).exclude(kept=kept).update(kept=kept)


def hold_customer(customer_id: str) -> str:
    """Let no merge move a customer's records until this transaction ends.

    To be called before something is added to a customer that no row of the feature
    stands for yet: what is written while a merge moves the rest would stay behind.

    Returns
    -------
    str
        The customer to write to: the one that it was merged into, if it was.

    """
    if connection.vendor == "postgresql":
        # as a foreign key does: merges wait, publication and other writers do not
        with connection.cursor() as cursor:
            cursor.execute(_KEY_SHARE, [customer_id])
    return queries.find_kept(customer_id) or customer_id
