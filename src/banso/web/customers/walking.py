"""Reading rows in the order of an index, whatever SQLite thinks of it."""

from django.db import connection
from django.db.models import F, Field, Func, QuerySet

from banso.web.customers.models import CustomerNow


class _Unindexed(Func):
    """A column for which SQLite looks for no index."""

    template = "+%(expressions)s"
    arity = 1


def fulfilling(
    customers: QuerySet[CustomerNow], column: str, lookup: str, value: object
) -> QuerySet[CustomerNow]:
    """Return the customers whose column fulfils a lookup of Django.

    SQLite knows nothing of LIMIT and would sort all rows that its index for the column
    finds. It is not let to use one, so that it walks along the index of the order and
    stops when the page is full. PostgreSQL decides that well by itself.
    """
    if connection.vendor == "sqlite":
        field = CustomerNow._meta.get_field(column)  # noqa: SLF001 - documented
        name = f"plain_{column}"
        assert isinstance(field, Field)
        plain = _Unindexed(F(column), output_field=field)
        return customers.alias(**{name: plain}).filter(**{f"{name}__{lookup}": value})
    return customers.filter(**{f"{column}__{lookup}": value})
