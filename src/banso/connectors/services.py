"""Services (SaaS) as sources: what all have in common, over dlt's REST client."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pyarrow as pa

from banso.connectors.readers import (
    DriverMissing,
    SourceFailed,
    SourceTableMissing,
    SourceUnreachable,
    Wanted,
)
from banso.connectors.secrets import Secret, without_secrets
from banso.connectors.sources import DataSource, SourceTable

Json = Mapping[str, object]
Row = Mapping[str, object]

# the types of columns that services give
TEXT: Final = pa.string()
NUMBER: Final = pa.int64()
MONEY: Final = pa.decimal128(18, 4)
DAY: Final = pa.date32()
MOMENT: Final = pa.timestamp("us", "UTC")
FLAG: Final = pa.bool_()

_TIMEOUT: Final = 60  # seconds for one answer
_ATTEMPTS: Final = 8  # of one request; dlt waits as long as Retry-After says
_LONGEST_WAIT: Final = 60  # seconds, where the service does not say
_EXTRA: Final = "banso[saas]"
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Asked:
    """Which rows of a service are asked for."""

    since: dt.datetime | None  # None: all
    at: dt.datetime  # when reading began


# yields pages of rows with the names of the columns
Read = Callable[["Client", Asked], Iterator[Sequence[Row]]]


@dataclass(frozen=True)
class Resource:
    """One thing that a service lists, in columns that are ours where they can be."""

    table: str  # ours
    columns: Mapping[str, pa.DataType]
    read: Read


@dataclass(frozen=True)
class Service:
    """A service and what it lists."""

    url: str
    setting: str  # the key of `connection` that holds its token
    resources: Mapping[str, Resource]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_ordered: bool = False  # whether rows come by the time of their last change

    def tables(self) -> tuple[SourceTable, ...]:
        """Return the tables of a source that names none itself."""
        return tuple(
            SourceTable.model_validate(
                {"from": name, "table": each.table, "cursor": "updated_at"}
            )
            for name, each in self.resources.items()
        )


class Client:
    """Asks a service; waits where it says that it is asked too often."""

    def __init__(self, url: str, headers: Mapping[str, str], token: str) -> None:
        from dlt.sources.helpers import requests  # noqa: PLC0415 - an extra
        from dlt.sources.helpers.rest_client.auth import (  # noqa: PLC0415
            BearerTokenAuth,
        )
        from dlt.sources.helpers.rest_client.client import RESTClient  # noqa: PLC0415

        session = requests.Client(
            request_timeout=_TIMEOUT,
            request_max_attempts=_ATTEMPTS,
            request_max_retry_delay=_LONGEST_WAIT,
        ).session
        self._client = RESTClient(
            base_url=url,
            headers=dict(headers),
            auth=BearerTokenAuth(token=token),
            session=session,
        )

    def get(self, path: str, **given: object) -> Json:
        """Return what an address answers."""
        answer = self._client.get(path, params=given)
        answer.raise_for_status()
        found = answer.json()
        assert isinstance(found, dict)
        return found

    def post(self, path: str, body: Json) -> Json:
        """Return what an address answers to a question."""
        answer = self._client.post(path, json=dict(body))
        answer.raise_for_status()
        found = answer.json()
        assert isinstance(found, dict)
        return found


class ServiceReader:
    """An open service."""

    def __init__(
        self, source: DataSource, service: Service, client: Client, secret: str
    ) -> None:
        self._source = source
        self._service = service
        self._client = client
        self._secret = secret

    @property
    def is_ordered(self) -> bool:
        """Whether rows come in the order of the cursor."""
        return self._service.is_ordered

    def columns(self, table: SourceTable) -> Mapping[str, str]:
        """Return the columns that the service is known to give."""
        return {name: str(kind) for name, kind in self._resource(table).columns.items()}

    def rows(self, wanted: Wanted) -> Iterator[pa.Table]:
        """Yield the rows, page by page."""
        resource = self._resource(wanted.table)
        schema = pa.schema([(name, resource.columns[name]) for name in wanted.columns])
        since = wanted.since
        assert since is None or isinstance(since, dt.datetime)
        asked = Asked(since, wanted.at)
        try:
            for page in resource.read(self._client, asked):
                if page:
                    yield pa.Table.from_pylist([dict(row) for row in page], schema)
        except OSError as error:  # of requests, each of them
            raise self._failed(error, wanted.table) from None

    def _resource(self, table: SourceTable) -> Resource:
        found = self._service.resources.get(table.from_)
        if found is None:
            known = ", ".join(self._service.resources)
            raise SourceTableMissing(
                f"{self._source.kind} has nothing called {table.from_}.",
                hint=f"Known: {known}.",
                source=self._source.name,
                table=table.from_,
                cause=f"known: {known}",
            )
        return found

    def _failed(
        self, error: OSError, table: SourceTable
    ) -> SourceFailed | SourceUnreachable:
        answer = getattr(error, "response", None)
        status = getattr(answer, "status_code", None)
        said = (
            f"HTTP {status}" if status else without_secrets(str(error), [self._secret])
        )
        if status in (401, 403):
            return SourceUnreachable(
                f"{self._source.name} refuses the token: {said}",
                hint="Check the secret, and what it may read.",
                source=self._source.name,
                cause=said,
            )
        return SourceFailed(
            f"{self._source.name} broke off while {table.from_} was read: {said}",
            hint="Read again: it goes on from what was taken in.",
            source=self._source.name,
            table=table.from_,
            cause=said[:300],
        )


@contextmanager
def service(
    source: DataSource, known: Service, folder: Path
) -> Iterator[ServiceReader]:
    """Open a service.

    Raises
    ------
    SecretMissing, DriverMissing, SourceUnreachable
        As their names say.

    """
    secret = source.connection.get(known.setting)
    if not isinstance(secret, Secret):
        raise SourceUnreachable(
            f"{source.name} needs the secret '{known.setting}'.",
            hint=f"Write connection: {{{known.setting}: {{env: NAME}}}}.",
            source=source.name,
            cause=f"connection.{known.setting} is missing",
        )
    token = secret.read(folder)
    url = str(source.connection.get("base_url", known.url))
    _refuse_open_line(source, url)
    try:
        client = Client(url, known.headers, token)
    except ImportError as error:
        raise DriverMissing(
            f"What reads {source.kind} is not installed: {error}",
            hint=f"pip install '{_EXTRA}'",
            kind=source.kind,
            extra=_EXTRA,
        ) from None
    yield ServiceReader(source, known, client, token)


def _refuse_open_line(source: DataSource, url: str) -> None:
    """Refuse an address to which the token would go for everybody to read."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise SourceUnreachable(
            f"{source.name}: base_url has to begin with https://.",
            source=source.name,
            cause="base_url without https",
        )
