"""The audit as programs read it."""

import datetime as dt
from typing import Annotated

from ninja import Schema
from pydantic import Field

from banso.web.audit.queries import Filters
from banso.webkit.api.paging import Paged, PageQuery


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
