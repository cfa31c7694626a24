"""The audit as programs read it."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from banso.web.audit import reads
from banso.web.audit.queries import Filters
from banso.webkit.api.paging import Paged, PageQuery
from banso.webkit.personal import Personal, Way


class AuditQuery(PageQuery):
    """Which entries; all that are given must hold."""

    action: Annotated[str, Field(max_length=60)] = ""
    person: Annotated[
        str, Field(max_length=200, description="A part of the name or e-mail.")
    ] = ""
    subject: Annotated[
        str, Field(max_length=200, description="A part of what the subject is called.")
    ] = ""
    since: dt.date | None = None
    until: Annotated[dt.date | None, Field(description="With this day.")] = None

    @property
    def filters(self) -> Filters:
        """What to show."""
        return Filters(**self.model_dump(exclude={"limit", "cursor"}))


class AuditEntryOut(Schema):
    """Somebody did something to something."""

    at: dt.datetime
    by: Annotated[
        str, Field(description="E-mail; empty: the command line or a schedule.")
    ]
    by_name: str
    sentence: Annotated[str, Field(description="In the language asked for.")]
    address: Annotated[str, Field(description="Of the network.")]


class AuditPage(Paged[AuditEntryOut]):
    """A page of the audit, the newest first."""


class ReadsQuery(PageQuery):
    """Which reads of personal data; all that are given must hold."""

    person: Annotated[
        str,
        Field(
            max_length=200,
            description="A part of a name or e-mail, of a token or of a login.",
        ),
    ] = ""
    customer: Annotated[
        str, Field(max_length=200, description="Its ID, or a part of its name.")
    ] = ""
    kind: Personal | None = None
    way: Way | None = None
    since: dt.date | None = None
    until: Annotated[dt.date | None, Field(description="With this day.")] = None

    @property
    def filters(self) -> reads.Filters:
        """What to show."""
        said = self.model_dump(exclude={"limit", "cursor", "kind", "way"})
        return reads.Filters(**said, kind=self.kind or "", way=self.way or "")


class ReadOut(Schema):
    """Somebody read data of the people at a customer, on one day."""

    first_at: dt.datetime
    last_at: dt.datetime
    times: int
    by_email: Annotated[str, Field(description="Empty: the command line.")]
    by: Annotated[str, Field(description="The name.")]
    through: Annotated[
        str, Field(description="The token's name, or that of the login.")
    ]
    way: Way
    kind: Personal
    table: Annotated[str, Field(description="When its rows were read.")]
    customer_id: Annotated[str, Field(description="Empty: of many.")]
    customers: Annotated[int | None, Field(description="How many; null: not counted.")]
    contact_id: Annotated[str, Field(description="Empty: of whoever is there.")]
    address: Annotated[str, Field(description="Of the network.")]


class ReadsPage(Paged[ReadOut]):
    """A page of who read personal data, the newest first."""
