"""What customers can be grouped by: their own columns, and their first contract."""

import ibis.expr.types as ir
from ibis import _

FIRST_LINE = ("plan", "product", "currency")  # of the line that a customer came with


def groupable(customers: ir.Table, subscriptions: ir.Table | None) -> ir.Table:
    """Return all customers with the texts that they may be grouped by.

    Parameters
    ----------
    customers
        Live rows; their text columns are taken as they are today.
    subscriptions
        Live rows; null when there are none.

    Returns
    -------
    ir.Table
        One row per ``customer_id``: the text columns of customers, and ``plan``,
        ``product`` and ``currency`` of the first paid line (the first in the alphabet
        of several that start on one day; null without a line).

    """
    schema = customers.schema()
    texts = [
        name
        for name, dtype in schema.items()
        if dtype.is_string() and name != "customer_id" and name not in FIRST_LINE
    ]
    people = customers.select("customer_id", *texts)
    if subscriptions is None:
        return people
    lines = subscriptions.filter(subscriptions.mrr > 0)
    first = lines.group_by("customer_id").aggregate(first_on=lines.started_on.min())
    lines = lines.join(first, "customer_id")
    lines = lines.filter(lines.started_on == lines.first_on)
    named = lines.group_by("customer_id").aggregate(
        **{name: lines[name].min() for name in FIRST_LINE}
    )
    return people.left_join(named, "customer_id").drop("customer_id_right")


def levels(people: ir.Table) -> ir.Table:
    """Return how many different values each column of `groupable` has, in one row."""
    names = [name for name in people.columns if name != "customer_id"]
    return people.aggregate(**{name: _[name].nunique() for name in names})
