"""The client: what the API lists, as data frames."""

import io
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, cast
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from banso.client.transport import JSON, Parameter, Transport

MOST_ROWS: Final = 10_000  # that the site takes at once
_PAGE: Final = 1_000
_DATES: Final = (
    "as_of", "started_on", "renews_on", "notice_on", "ended_on", "last_active_on",
    "opened_on", "due_on", "period", "at", "since", "month", "start",
)  # fmt: skip


class Client:
    """Reads a site of Banso as data frames, and sends it rows of facts.

    Pages are followed, and a request is repeated when the site asks for that (429, 503)
    or does not answer.

    Parameters
    ----------
    url
        Of the site: ``https://banso.example.com``.
    token
        Of *Settings → Tokens*, or of ``banso token add``.
    language
        Of labels and refusals: ``en`` or ``ja``.

    Examples
    --------
    >>> client = Client("https://banso.example.com", token)
    >>> client.customers(band="at_risk", sort="-mrr")
    >>> client.table("health").to_pandas()

    """

    def __init__(self, url: str, token: str, *, language: str = "en") -> None:
        self.transport = Transport(url, token, language)

    def __repr__(self) -> str:
        return f"Client({self.transport.url!r})"

    # -- what there is, as data frames ------------------------------------------------

    def customers(self, **filters: Parameter) -> pd.DataFrame:
        """Return the customers in scope; filters are those of the page."""
        return self.frame("customers", **filters)

    def customer(self, customer_id: str) -> pd.Series:
        """Return how one customer stands."""
        return pd.Series(self.read(_at(customer_id)))

    def health(self, customer_id: str, **span: Parameter) -> pd.DataFrame:
        """Return the health of a customer on every as-of date."""
        return self.frame(_at(customer_id, "health"), **span)

    def health_parts(self, customer_id: str, **on: Parameter) -> pd.DataFrame:
        """Return what the score of a date is made of."""
        return self.frame(_at(customer_id, "health/parts"), **on)

    def movement(self, customer_id: str, **compared: Parameter) -> pd.DataFrame:
        """Return why the score moved, the strongest first; `shifted` comes last."""
        found = self.read(_at(customer_id, "health/movement"), **compared)
        lines = [dict(line) for line in cast("Sequence[JSON]", found["items"])]
        if found["shifted"] is not None:
            lines.append({"kind": "shifted", "effect": found["shifted"]})
        return pd.DataFrame(lines)

    def metrics(self, customer_id: str, **on: Parameter) -> pd.DataFrame:
        """Return all metrics of a customer on a date."""
        return self.frame(_at(customer_id, "metrics"), **on)

    def timeline(self, customer_id: str, **asked: Parameter) -> pd.DataFrame:
        """Return what happened with a customer, the newest first."""
        return self.frame(_at(customer_id, "timeline"), **asked)

    def entries(self, **asked: Parameter) -> pd.DataFrame:
        """Return contacts and notes of all customers, the newest first."""
        return self.frame("entries", **asked)

    def signals(self) -> pd.DataFrame:
        """Return the signals, at how many customers each is open, and how it told."""
        return self.frame("signals")

    def signal_customers(self, signal: str) -> pd.DataFrame:
        """Return the customers at which a signal is open."""
        return self.frame(f"signals/{quote(signal, safe='')}/customers")

    def cards(self, **asked: Parameter) -> pd.DataFrame:
        """Return what somebody should act on."""
        return self.frame("cards", **asked)

    def tasks(self, **asked: Parameter) -> pd.DataFrame:
        """Return tasks by the day that they are due."""
        return self.frame("tasks", **asked)

    def plays(self) -> pd.DataFrame:
        """Return the plays that can be started; `counts` are columns."""
        frame = self.frame("play-library")
        if "counts" not in frame.columns:
            return frame
        counts = pd.DataFrame(frame.pop("counts").tolist(), index=frame.index)
        return pd.concat([frame, counts], axis=1)

    def work_load(self) -> pd.DataFrame:
        """Return who has how much to do."""
        return self.frame("work-load")

    def forecasts(self, **asked: Parameter) -> pd.DataFrame:
        """Return the chances to leave, to expand and to contract."""
        return self.frame("forecasts", **asked)

    def renewals(self, **asked: Parameter) -> pd.DataFrame:
        """Return the renewals that lie ahead."""
        return self.frame("renewals", **asked)

    def recommendations(self, **asked: Parameter) -> pd.DataFrame:
        """Return what to suggest to whom; `because` holds lists."""
        return self.frame("recommendations", **asked)

    def cohorts(self, **asked: Parameter) -> pd.DataFrame:
        """Return what is kept of the customers who came together, a row per age."""
        return self.frame("cohorts", **asked)

    def lifetime(self, **asked: Parameter) -> pd.DataFrame:
        """Return what customers are worth: a row per figure."""
        return self.frame("lifetime", **asked)

    def revenue_lines(self, **asked: Parameter) -> pd.DataFrame:
        """Return the contract lines behind a figure of revenue."""
        return self.frame("revenue/lines", **asked)

    def reconciliation(self) -> pd.DataFrame:
        """Return what was billed by month, a column for each amount."""
        frame = self.frame("revenue/reconciliation")
        if "amounts" not in frame.columns:
            return frame
        amounts = pd.DataFrame(frame.pop("amounts").tolist(), index=frame.index)
        return pd.concat([frame, amounts], axis=1)

    def drivers(self, **asked: Parameter) -> pd.DataFrame:
        """Return in which elements those who left differed from those who stayed."""
        return self.frame("drivers", **asked)

    def accuracy(self, **asked: Parameter) -> pd.DataFrame:
        """Return how well the score told what happened: a row per figure."""
        return self.frame("accuracy", **asked)

    def tables(self) -> pd.DataFrame:
        """Return the tables of facts and results that can be read."""
        return self.frame("tables")

    def table(self, name: str, *, as_of: str | None = None) -> pa.Table:
        """Return all rows of a table of facts or results, with their exact types."""
        path = f"tables/{quote(name, safe='')}/rows"
        content = self.transport.get(path, {"format": "parquet", "as_of": as_of})
        return pq.read_table(io.BytesIO(content))

    # -- anything that the API answers ------------------------------------------------

    def read(self, path: str, **asked: Parameter) -> JSON:
        """Return what an address below ``/api/v1/`` says."""
        return cast("JSON", json.loads(self.transport.get(path, asked)))

    def items(self, path: str, **asked: Parameter) -> Iterator[JSON]:
        """Yield the items of a list, page after page."""
        page = self.read(path, **asked)
        while True:
            yield from cast("Sequence[JSON]", page["items"])
            following = page.get("next")
            if not following:
                return
            page = self.read(str(following))

    def frame(self, path: str, **asked: Parameter) -> pd.DataFrame:
        """Return the items of a list as a data frame; days and moments are read."""
        frame = pd.DataFrame(list(self.items(path, **asked)))
        for name in _DATES:
            if name in frame.columns:
                frame[name] = pd.to_datetime(frame[name], format="ISO8601")
        return frame

    # -- rows of facts ----------------------------------------------------------------

    def upsert(
        self, table: str, rows: pd.DataFrame | Iterable[Mapping[str, object]]
    ) -> pd.DataFrame:
        """Add rows of facts, or replace those with the same keys.

        Sent in parts of 10,000, each of which is done once even when it has to be
        repeated.

        Returns
        -------
        pd.DataFrame
            The faulty rows, which wait in the quarantine: ``row`` (the place among all
            rows sent), ``column``, ``value``, ``reason``, ``title``, ``waiting_for``.

        """
        given = _records(rows)
        faults: list[dict[str, object]] = []
        for start in range(0, len(given), MOST_ROWS):
            part = given[start : start + MOST_ROWS]
            said = self.write(f"tables/{quote(table, safe='')}/rows", rows=part)
            faults += [
                {**fault, "row": start + cast("int", fault["row"])}
                for fault in cast("Sequence[JSON]", said["faults"])
            ]
        return pd.DataFrame(
            faults,
            columns=["row", "column", "value", "reason", "title", "waiting_for"],
        )

    def write(self, path: str, **body: object) -> JSON:
        """Send a body to an address below ``/api/v1/``; it is done once."""
        return self._send("POST", path, body)

    def change(self, path: str, **body: object) -> JSON:
        """Let what an address below ``/api/v1/`` holds be what the body says (PUT)."""
        return self._send("PUT", path, body)

    def delete(self, path: str) -> None:
        """Delete what an address below ``/api/v1/`` holds; it is done once."""
        self._send("DELETE", path, {})

    def _send(self, method: str, path: str, body: Mapping[str, object]) -> JSON:
        key = uuid.uuid4().hex
        content = self.transport.send(path, dict(body), key=key, method=method)
        return cast("JSON", json.loads(content or b"{}"))


def _at(customer_id: str, rest: str = "") -> str:
    # as Banso writes keys in addresses: a slash in a key is %2F there
    key = customer_id.replace("%", "%25").replace("/", "%2F")
    path = f"customers/{quote(key, safe='')}"
    return f"{path}/{rest}" if rest else path


def _records(
    rows: pd.DataFrame | Iterable[Mapping[str, object]],
) -> list[Mapping[str, object]]:
    if isinstance(rows, pd.DataFrame):
        text = rows.to_json(orient="records", date_format="iso", double_precision=15)
        return cast("list[Mapping[str, object]]", json.loads(text or "[]"))
    return list(rows)
