"""The rules of work in force: business days, and rest between contacts."""

import datetime as dt

from django.conf import settings

from banso.definitions.work import WorkRules
from banso.kernel import business_days
from banso.web.customers import queries as customers
from banso.web.work.resting import WINDOW_DAYS, RestRule


def business_day_after(day: dt.date, n: int) -> dt.date:
    """Return the n-th business day after a day, by the holidays that the rules name."""
    country = rules_in_force().holidays_of(settings.TIME_ZONE)
    return business_days.business_day_after(day, n, country)


def rules_in_force() -> WorkRules:
    """Return the rules of the published release; those of Banso before any."""
    catalog = customers.published_definitions()
    return WorkRules() if catalog is None else catalog.work


def rest_rule(rules: WorkRules, touch: str) -> RestRule:
    """Return how much contact is enough for a touch; without one, as for tech touch."""
    name = touch if touch in ("high", "low") else "tech"
    return RestRule(
        rest_days=getattr(rules.contact.rest_days, name),
        most=getattr(rules.contact.most_in_28_days, name),
    )


def days_that_matter(rules: WorkRules) -> int:
    """Return how long ago a contact may be and still keep a customer at rest."""
    rests = rules.contact.rest_days
    return max(WINDOW_DAYS, rests.high, rests.low, rests.tech)
