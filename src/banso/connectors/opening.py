"""Opening sources of any kind."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from banso.connectors.databases import database
from banso.connectors.hubspot import HUBSPOT
from banso.connectors.intercom import INTERCOM
from banso.connectors.readers import Reader
from banso.connectors.salesforce import SALESFORCE
from banso.connectors.services import Service, service
from banso.connectors.sources import DataSource, SourceTable
from banso.connectors.stripe import STRIPE
from banso.connectors.zendesk import ZENDESK
from banso.tables.registry import TABLES

_SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        "salesforce": SALESFORCE,
        "hubspot": HUBSPOT,
        "zendesk": ZENDESK,
        "intercom": INTERCOM,
        "stripe": STRIPE,
    }
)


def open_source(source: DataSource, folder: Path) -> AbstractContextManager[Reader]:
    """Open a source; `folder` is the project's, where the files of secrets are.

    Raises
    ------
    SecretMissing, DriverMissing, SourceUnreachable
        As their names say; no secret is in what they say.

    """
    known = _SERVICES.get(source.kind)
    if known is not None:
        return service(source, known, folder)
    return database(source, folder)


def tables_of(source: DataSource) -> list[SourceTable]:
    """Return the tables of a source so that what others name comes first.

    A service gives all that it lists when the definition names none.
    """
    known = _SERVICES.get(source.kind)
    tables = source.tables or (known.tables() if known else ())
    order = list(TABLES)
    return sorted(tables, key=lambda each: order.index(each.table))
