"""Keeping when customers were contacted, so that nobody is contacted too often."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from banso.web.customers import queries as customers
from banso.web.work import rules
from banso.web.work.models import Reach
from banso.web.work.resting import first_free_day


def note_contact(customer_id: str, *, on: dt.date) -> None:
    """Keep that a customer was contacted, from whatever part of the app.

    To be called within the transaction of what the contact belongs to.
    """
    found, _made = Reach.objects.select_for_update().get_or_create(pk=customer_id)
    days = [*map(dt.date.fromisoformat, found.days), on]
    in_force = rules.rules_in_force()
    rule = rules.rest_rule(in_force, customers.touch_of(customer_id))
    since = on - dt.timedelta(days=rules.days_that_matter(in_force))
    found.days = [day.isoformat() for day in sorted(days) if day > since]
    found.rest_until = first_free_day(days, rule)
    found.save(update_fields=["days", "rest_until"])


def together(
    of_facts: Sequence[dt.date], of_app: Sequence[dt.date], *, as_of: dt.date
) -> list[dt.date]:
    """Return the days of all contacts, ascending, each contact once.

    What the app knows of the last days before the facts end, and later, may not have
    returned to them yet: of such a day, whichever knows of more contacts is right.
    """
    late = Counter(day for day in of_app if day >= as_of - dt.timedelta(days=1))
    return sorted((Counter(of_facts) | late).elements())
