"""Nothing is written before a person has agreed to the very words of it."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from mcp.server.mcpserver import Context
from pydantic import BaseModel, Field

from banso.client.transport import JSON

VALID_SECONDS: Final = 600.0


class Agreement(BaseModel):
    """What a person is asked."""

    agree: bool = Field(description="Do it / 実行する")


@dataclass(frozen=True)
class Proposal:
    """Something to be written, in words and as the API takes it."""

    words: str
    path: str
    body: JSON


@dataclass
class Confirming:
    """Asks a person by the client where that can; else proposes, to be confirmed."""

    clock: Callable[[], float] = time.monotonic
    _waiting: dict[str, tuple[float, Proposal]] = field(default_factory=dict)

    async def agreed(self, context: Context, proposal: Proposal) -> bool | None:
        """Return what a person said; None: the client cannot ask one."""
        session = context.request_context.session
        capabilities = session.client_capabilities
        can_ask = capabilities is not None and capabilities.elicitation is not None
        if not can_ask or not session.can_send_request:
            return None
        result = await context.elicit(proposal.words, Agreement)
        return result.action == "accept" and result.data.agree

    def propose(self, proposal: Proposal) -> JSON:
        """Keep a proposal for ten minutes, and say how it is confirmed."""
        now = self.clock()
        self._waiting = {k: v for k, v in self._waiting.items() if v[0] > now}
        number = secrets.token_hex(4)
        self._waiting[number] = (now + VALID_SECONDS, proposal)
        return {
            "done": False,
            "proposal": number,
            "would": proposal.words,
            "next": "Show this to the person. If they agree, call confirm with the"
            " proposal's number.",
        }

    def take(self, number: str) -> Proposal | None:
        """Return a proposal that waits still; it can be confirmed once."""
        until, proposal = self._waiting.pop(number, (0.0, None))
        return proposal if until > self.clock() else None
