"""Every canonical table by name, in the order in which they load."""

from collections.abc import Mapping
from types import MappingProxyType

from banso.tables.community import GATHERINGS, PARTICIPATIONS
from banso.tables.consents import CONSENTS
from banso.tables.money import CHARGES, COSTS, DEALS, SUBSCRIPTIONS
from banso.tables.people import CONTACTS, CUSTOMERS, PARTNERS, STAFF
from banso.tables.spec import TableSpec
from banso.tables.trials import TRIAL_ASSIGNMENTS, TRIALS
from banso.tables.usage import EVENTS, MILESTONES, OUTCOMES
from banso.tables.voice import INTERACTIONS, REQUESTS, RESPONSES, TICKETS
from banso.tables.work import ACTIONS, ASSIGNMENTS

# Tables that others point to come first, so that one load finds its own customers.
TABLES: Mapping[str, TableSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            PARTNERS,
            STAFF,
            CUSTOMERS,
            CONTACTS,
            CONSENTS,
            SUBSCRIPTIONS,
            CHARGES,
            DEALS,
            COSTS,
            EVENTS,
            MILESTONES,
            OUTCOMES,
            TICKETS,
            INTERACTIONS,
            RESPONSES,
            REQUESTS,
            GATHERINGS,
            PARTICIPATIONS,
            ACTIONS,
            ASSIGNMENTS,
            TRIALS,
            TRIAL_ASSIGNMENTS,
        )
    }
)
