"""Services (SaaS) as sources: what all have in common, over dlt's REST client."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final
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

if TYPE_CHECKING:
    from requests import Response

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
_PLACE: Final = re.compile(r"\{(\w+)\}")
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
    deleted: str | None = None  # the column that is true of a row that is no more
    is_ordered: bool = True  # whether rows come by the time of their last change


@dataclass(frozen=True)
class Service:
    """A service and what it lists."""

    url: str
    setting: str  # the key of `connection` that holds its token
    resources: Mapping[str, Resource]
    headers: Mapping[str, str] = field(default_factory=dict)
    # gives the token, where it is had for secrets; by the settings, secrets read
    sign_in: "Callable[[Client, Mapping[str, str]], str] | None" = None

    def tables(self) -> tuple[SourceTable, ...]:
        """Return the tables of a source that names none itself."""
        return tuple(
            SourceTable.model_validate(
                {
                    "from": name,
                    "table": each.table,
                    "cursor": "updated_at",
                    "deleted": each.deleted,
                }
            )
            for name, each in self.resources.items()
        )


class Unanswered(OSError):
    """An answer that has not the form that the documents promise."""

    def __init__(self, what: str = "an answer of another form") -> None:
        super().__init__(what)


class Client:
    """Asks a service; waits where it says that it is asked too often."""

    def __init__(
        self, url: str, headers: Mapping[str, str], token: str | None = None
    ) -> None:
        from dlt.sources.helpers import requests  # noqa: PLC0415 - an extra
        from dlt.sources.helpers.rest_client.auth import (  # noqa: PLC0415
            BearerTokenAuth,
        )
        from dlt.sources.helpers.rest_client.client import RESTClient  # noqa: PLC0415

        session = requests.Client(
            request_timeout=_TIMEOUT,
            request_max_attempts=_ATTEMPTS,
            request_max_retry_delay=_LONGEST_WAIT,
            raise_for_status=False,  # `_answered` does
        ).session
        self._client = RESTClient(
            base_url=url,
            headers=dict(headers),
            auth=BearerTokenAuth(token=token) if token else None,
            session=session,
        )

    def get(self, path: str, **given: object) -> Json:
        """Return what an address answers."""
        return _answered(self._client.get(path, params=given))

    def post(self, path: str, body: Json) -> Json:
        """Return what an address answers to a question."""
        return _answered(self._client.post(path, json=dict(body)))

    def form(self, path: str, **given: str) -> Json:
        """Return what an address answers to a form."""
        return _answered(self._client.post(path, data=given))


def _answered(answer: "Response") -> Json:
    answer.raise_for_status()
    found = answer.json()
    if not isinstance(found, dict):
        raise Unanswered
    return found


class ServiceReader:
    """An open service."""

    def __init__(
        self,
        source: DataSource,
        service: Service,
        client: Client,
        hidden: tuple[str, ...],
    ) -> None:
        self._source = source
        self._service = service
        self._client = client
        self._hidden = hidden

    def is_ordered(self, table: SourceTable) -> bool:
        """Return whether rows come in the order of the cursor."""
        return self._resource(table).is_ordered

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
        said = _said(error, self._hidden)
        if said in ("HTTP 401", "HTTP 403"):
            return _refused(self._source, said)
        return SourceFailed(
            f"{self._source.name} broke off while {table.from_} was read: {said}",
            hint="Read again: it goes on from what was taken in.",
            source=self._source.name,
            table=table.from_,
            cause=said,
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
    settings = {
        key: value.read(folder) if isinstance(value, Secret) else str(value)
        for key, value in source.connection.items()
    }
    hidden = tuple(
        settings[key]
        for key, value in source.connection.items()
        if isinstance(value, Secret)
    )
    url = _PLACE.sub(partial(_put, source), settings.get("base_url", known.url))
    _refuse_open_line(source, url)
    try:
        client = Client(url, known.headers)
        token = settings[known.setting]
        if known.sign_in is not None:
            token = known.sign_in(client, settings)
        client = Client(url, known.headers, token)
    except ImportError as error:
        raise DriverMissing(
            f"What reads {source.kind} is not installed: {error}",
            hint=f"pip install '{_EXTRA}'",
            kind=source.kind,
            extra=_EXTRA,
        ) from None
    except OSError as error:  # of requests, each of them
        raise _refused(source, _said(error, hidden)) from None
    yield ServiceReader(source, known, client, (*hidden, token))


def _put(source: DataSource, place: re.Match[str]) -> str:
    """Return the part of the address that names the company, as the source has it."""
    key = place[1]
    given = str(source.connection.get(key, ""))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*", given):
        raise SourceUnreachable(
            f"{source.name} needs '{key}': its part of the address {place.string}.",
            hint=f"Write connection: {{{key}: …}}.",
            source=source.name,
            cause=f"connection.{key} is missing",
        )
    return given


def _said(error: OSError, hidden: tuple[str, ...]) -> str:
    answer = getattr(error, "response", None)
    status = getattr(answer, "status_code", None)
    text = f"HTTP {status}" if status else without_secrets(str(error), hidden)
    return text[:300]


def _refused(source: DataSource, said: str) -> SourceUnreachable:
    return SourceUnreachable(
        f"{source.name} refuses what it is asked with: {said}",
        hint="Check the secret, and what it may read.",
        source=source.name,
        cause=said,
    )


def _refuse_open_line(source: DataSource, url: str) -> None:
    """Refuse an address to which the token would go for everybody to read."""
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise SourceUnreachable(
            f"{source.name}: base_url has to begin with https://.",
            source=source.name,
            cause="base_url without https",
        )
