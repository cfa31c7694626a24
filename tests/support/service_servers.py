"""Small servers that answer as the documents of Stripe, HubSpot, Zendesk, Salesforce
and Intercom describe.

They page, refuse a wrong token, and say 429 with Retry-After when they are told to.
"""

import datetime as dt
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "test_token_4711"
Answer = tuple[int, Mapping[str, Any], Mapping[str, str]]


class Served:
    """What a server holds, and what it was asked."""

    def __init__(self) -> None:
        self.objects: dict[str, list[dict[str, Any]]] = {}
        self.events: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.busy = 0  # so many answers are 429
        self.broken_after: int | None = None  # so many answers, then 500
        self.url = ""

    def answer(
        self, method: str, path: str, given: dict[str, Any], token: str
    ) -> Answer:
        self.asked.append(f"{method} {path}")
        if token != f"Bearer {TOKEN}":
            return 401, {"message": f"bad token {token}"}, {}
        if self.broken_after is not None and len(self.asked) > self.broken_after:
            return 500, {"message": "broken"}, {}
        if self.busy:
            self.busy -= 1
            return 429, {"message": "slow down"}, {"Retry-After": "1"}
        return 200, self.found(path, given), {}

    def found(self, path: str, given: dict[str, Any]) -> Mapping[str, Any]:
        raise NotImplementedError


class Stripe(Served):
    """Lists newest first by ``starting_after``, and events of what changed."""

    def found(self, path: str, given: dict[str, Any]) -> Mapping[str, Any]:
        _, _, kind, *key = path.split("/")
        if key:
            return next(o for o in self.objects[kind] if o["id"] == key[0])
        rows = self.events if kind == "events" else self.objects.get(kind, [])
        if kind == "events":
            wanted = given["type"][0].removesuffix("*")
            since = int(given["created[gte]"][0])
            rows = [e for e in rows if e["type"].startswith(wanted)]
            rows = [e for e in rows if e["created"] >= since]
        limit = min(int(given.get("limit", ["10"])[0]), 3)  # pages are short here
        after = given.get("starting_after")
        start = 0
        if after:
            start = 1 + next(i for i, o in enumerate(rows) if o["id"] == after[0])
        page = rows[start : start + limit]
        more = len(rows) > start + limit
        return {"object": "list", "data": page, "has_more": more, "url": path}

    def change(
        self, kind: str, event: str, found: dict[str, Any], at: dt.datetime
    ) -> None:
        """Put an object, and tell of it as Stripe does."""
        rows = self.objects.setdefault(kind, [])
        rows[:] = [found, *(o for o in rows if o["id"] != found["id"])]
        told = {
            "id": f"evt_{len(self.events)}",
            "object": "event",
            "type": event,
            "created": int(at.timestamp()),
            "data": {"object": {"id": found["id"], "object": found["object"]}},
        }
        self.events.insert(0, told)


class HubSpot(Served):
    """Searches by the time of the last change, 10,000 results at most."""

    most = 10_000

    def found(self, path: str, given: dict[str, Any]) -> Mapping[str, Any]:
        kind = path.split("/")[4]
        (condition,) = given["filterGroups"][0]["filters"]
        assert condition["operator"] == "GTE"
        name, since = condition["propertyName"], int(condition["value"])
        (sort,) = given["sorts"]
        assert sort == {"propertyName": name, "direction": "ASCENDING"}

        def changed(found: dict[str, Any]) -> int:
            moment = dt.datetime.fromisoformat(found["properties"][name])
            return int(moment.timestamp() * 1000)

        rows = [o for o in self.objects.get(kind, []) if changed(o) >= since]
        rows.sort(key=changed)
        start = int(given.get("after", 0))
        assert start < self.most, "HubSpot answers 400 here"
        size = min(given["limit"], 2)  # pages are short here
        page = [
            {
                "id": o["id"],
                "properties": {p: o["properties"].get(p) for p in given["properties"]},
            }
            for o in rows[start : start + size]
        ]
        answer: dict[str, Any] = {"total": len(rows), "results": page}
        if start + size < min(len(rows), self.most):
            answer["paging"] = {"next": {"after": str(start + size)}}
        return answer


class Zendesk(Served):
    """Exports what changed since a start, by a cursor or (organizations) by time."""

    def found(self, path: str, given: dict[str, Any]) -> Mapping[str, Any]:
        kind = path.split("/")[4].removesuffix(".json")

        def changed(found: dict[str, Any]) -> int:
            return int(dt.datetime.fromisoformat(found["updated_at"]).timestamp())

        rows = sorted(self.objects.get(kind, []), key=changed)
        if kind == "tickets":
            assert given["include"] == ["metric_sets"]
        if "cursor" in given:
            start, since = map(int, given["cursor"][0].split("-"))
        else:
            start, since = 0, int(given["start_time"][0])
        rows = [o for o in rows if changed(o) >= since]
        page = rows[start : start + 2]  # pages are short here
        ended = start + 2 >= len(rows)
        answer: dict[str, Any] = {kind: page, "end_of_stream": ended}
        if kind == "organizations":
            return {**answer, "end_time": changed(page[-1]) if page else None}
        return {**answer, "after_cursor": f"{start + len(page)}-{since}"}


class Salesforce(Served):
    """Gives a token for client credentials, and answers queries in pages."""

    def answer(
        self, method: str, path: str, given: dict[str, Any], token: str
    ) -> Answer:
        if path == "/services/oauth2/token":
            self.asked.append(f"{method} {path}")
            wanted = ("client_credentials", "app", TOKEN)
            said = (given["grant_type"], given["client_id"], given["client_secret"])
            if tuple(each[0] for each in said) != wanted:
                return 401, {"error": "invalid_client"}, {}
            return 200, {"access_token": "session_4712", "token_type": "Bearer"}, {}
        own = token.replace("session_4712", TOKEN)
        return super().answer(method, path, given, own)

    def found(self, path: str, given: dict[str, Any]) -> Mapping[str, Any]:
        parts = path.split("/")
        if parts[4] == "query":  # the next page
            thing, start, since = parts[5].split("-", 2)
        else:
            asked = given["q"][0]
            thing = asked.partition(" FROM ")[2].split()[0]
            assert asked.endswith("ORDER BY SystemModstamp ASC")
            start, since = "0", asked.partition(">= ")[2].split()[0]

        def changed(found: dict[str, Any]) -> dt.datetime:
            return dt.datetime.fromisoformat(found["SystemModstamp"])

        moment = dt.datetime.fromisoformat(since)
        rows = [o for o in self.objects.get(thing, []) if changed(o) >= moment]
        rows.sort(key=changed)
        first = int(start)
        answer: dict[str, Any] = {
            "totalSize": len(rows),
            "records": rows[first : first + 2],  # pages are short here
            "done": first + 2 >= len(rows),
        }
        if not answer["done"]:
            following = f"/services/data/v62.0/query/{thing}-{first + 2}-{since}"
            answer["nextRecordsUrl"] = following
        return answer


class Intercom(Served):
    """Scrolls over companies; searches contacts by the day, conversations by second."""

    def found(self, path: str, given: dict[str, Any]) -> Mapping[str, Any]:
        _, kind, way = path.split("/")
        rows = self.objects.get(kind, [])
        if way == "scroll":
            start = int(given.get("scroll_param", ["0"])[0])
            page = rows[start : start + 2]  # pages are short here
            return {"type": "list", "data": page, "scroll_param": str(start + 2)}
        assert given["query"]["operator"] == "AND"
        for condition in given["query"]["value"]:
            rows = [each for each in rows if self._holds(each, kind, condition)]
        assert given["sort"] == {"field": "updated_at", "order": "ascending"}
        rows = sorted(rows, key=lambda each: each["updated_at"])
        start = int(given["pagination"].get("starting_after", "0"))
        name = "data" if kind == "contacts" else kind
        pages: dict[str, Any] = {"type": "pages", "per_page": 2}
        if start + 2 < len(rows):
            pages["next"] = {"page": 2, "starting_after": str(start + 2)}
        return {"type": "list", name: rows[start : start + 2], "pages": pages}

    @staticmethod
    def _holds(found: dict[str, Any], kind: str, condition: Mapping[str, Any]) -> bool:
        value: Any = found
        for part in condition["field"].split("."):
            value = (value or {}).get(part)
        if condition["operator"] == "IN":
            return value in condition["value"]
        assert condition["operator"] == ">"
        if value is None:
            return False
        if kind == "contacts":  # days only: from the next midnight on
            day = 86_400
            return bool(value >= (condition["value"] // day + 1) * day)
        return bool(value >= condition["value"])


@contextmanager
def serving(served: Served) -> Iterator[Served]:
    """Serve on a free port of this machine until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self.reply("GET", parts.path, parse_qs(parts.query))

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = self.rfile.read(size)
            is_form = "form" in self.headers["Content-Type"]
            given = parse_qs(body.decode()) if is_form else json.loads(body)
            self.reply("POST", self.path, given)

        def reply(self, method: str, path: str, given: dict[str, Any]) -> None:
            token = self.headers.get("Authorization", "")
            status, body, headers = served.answer(method, path, given, token)
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
