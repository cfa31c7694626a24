"""How a team works: how often a customer is contacted, and when nobody works."""

from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.model import Definition
from banso.kernel.business_days import Country, country_of_zone

RestDays = Annotated[int, Field(ge=0, le=366)]
Contacts = Annotated[int, Field(ge=1, le=1000)]


class Rest(Definition):
    """Days without a contact after a contact, by touch model."""

    high: RestDays = 3
    """For high touch."""
    low: RestDays = 7
    """For low touch."""
    tech: RestDays = 14
    """For tech touch, and for customers without a touch model."""


class Most(Definition):
    """Contacts within 28 days, by touch model."""

    high: Contacts = 8
    """For high touch."""
    low: Contacts = 4
    """For low touch."""
    tech: Contacts = 3
    """For tech touch, and for customers without a touch model."""


class ContactRules(Definition):
    """How often a customer is contacted at most, whatever for."""

    rest_days: Rest = Rest()
    """Days that a customer is left in peace after a contact of ours."""
    most_in_28_days: Most = Most()
    """How many contacts of ours a customer gets within 28 days."""


class WorkRules(Definition):
    """How the team works."""

    contact: ContactRules = ContactRules()
    """How often a customer is contacted."""
    notice_days: Annotated[int, Field(ge=0, le=366)] = 30
    """By how many days before a renewal customers give notice at the latest: on that
    day, signals of renewals are most urgent."""
    country: Country | None = None
    """Whose public holidays are no business days; by default, the country of the
    project's time zone, where that is one of these."""

    def holidays_of(self, zone: str) -> Country | None:
        """Return whose holidays count in a project with a time zone."""
        return self.country or country_of_zone(zone)


class WorkFile(Definition):
    """The file of work: ``definitions/work.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    work: WorkRules
    """How the team works."""
