"""Merging a customer into another one: what the app keeps of it goes along."""

import datetime as dt

from django.db import transaction

from banso.kernel.errors import BansoError
from banso.web.audit import operations as audit
from banso.web.customers import queries
from banso.web.customers.models import CustomerAlias, CustomerNow
from banso.webkit.features import merge_hooks
from banso.webkit.permissions import Staff


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
    gone = queries.get_customer(gone_id, visible_to=by)
    seen = queries.visible_customers(by).filter(pk=kept_id)
    kept = seen.first()
    if kept is None:
        raise NoSuchCustomer(f"There is no customer {kept_id!r}.", key=kept_id)
    if gone.pk == kept.pk:
        raise MergeWithItself(f"{gone.pk} is the same customer.")
    # locked, so that two merges cannot lead to one another
    list(CustomerNow.objects.select_for_update().filter(pk__in=[gone.pk, kept.pk]))
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
    return alias
