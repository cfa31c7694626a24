"""Asking the API out of a loop, with refusals as tools give them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import anyio.to_thread
from mcp.server.mcpserver.exceptions import ToolError

from banso.client import Refused, Unreachable
from banso.client.transport import JSON, Parameter
from banso.site.assistant.callers import Caller


class Asking:
    """Asks in a thread of its own: Django's database is not to be used in a loop."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    async def ask(self, path: str, **asked: Parameter) -> dict[str, Any]:
        """Return what an address says."""
        return await self._run(lambda: self.caller.ask(path, asked))

    async def tell(self, path: str, body: JSON) -> dict[str, Any]:
        """Send a body to an address."""
        return await self._run(lambda: self.caller.tell(path, body))

    @staticmethod
    async def _run(call: Callable[[], JSON]) -> dict[str, Any]:
        try:
            return dict(await anyio.to_thread.run_sync(call))
        except (Refused, Unreachable) as refusal:
            raise ToolError(str(refusal)) from None


def customer_path(customer_id: str, rest: str = "") -> str:
    """Return the address of a customer, or of something of it."""
    key = customer_id.replace("%", "%25").replace("/", "%2F")
    return f"customers/{quote(key, safe='%')}{rest}"
