"""The tools with which an assistant acts, each when a person has agreed."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from banso.client.transport import JSON
from banso.site.assistant.asking import Asking, customer_path
from banso.site.assistant.confirming import Confirming, Proposal

_WRITES: Final = ToolAnnotations(read_only_hint=False, open_world_hint=False)


def add_writing(server: MCPServer, api: Asking, *, language: str) -> None:
    """Give a server the tools that write."""
    writer = _Writer(server, api, language)
    _add_cards(writer)
    _add_customers(writer)
    _add_confirming(writer)


@dataclass(frozen=True)
class _Writer:
    """Writes what a person has agreed to."""

    server: MCPServer
    api: Asking
    language: str
    confirming: Confirming = field(default_factory=Confirming)

    def tool(self, function: Callable[..., Any]) -> None:
        self.server.tool(annotations=_WRITES, structured_output=False)(function)

    def say(self, ja: str, en: str) -> str:
        return ja if self.language == "ja" else en

    async def do(self, context: Context, proposal: Proposal) -> dict[str, Any]:
        agreed = await self.confirming.agreed(context, proposal)
        if agreed is None:
            return dict(self.confirming.propose(proposal))
        if not agreed:
            return {"done": False, "why": "The person did not agree."}
        result = await self.api.tell(proposal.path, proposal.body)
        return {"done": True, "result": result}

    async def decide(
        self,
        context: Context,
        place: tuple[int, str],
        words: Sequence[str],
        **body: object,
    ) -> dict[str, Any]:
        card_id, act = place
        card = await self.api.ask(f"cards/{card_id}")
        what = self.say(
            f"{card['name']} の「{card['label']}」を{words[0]}",
            f"{words[1]} “{card['label']}” at {card['name']}{words[2]}?",
        )
        body["version"] = card["version"]
        return await self.do(context, Proposal(what, f"cards/{card_id}/{act}", body))


def _add_cards(writer: _Writer) -> None:
    @writer.tool
    async def snooze_card(
        context: Context, card_id: int, until: dt.date, why: str = ""
    ) -> dict[str, Any]:
        """Put a card of today aside until a day, when the person agrees."""
        words = (f" {until} までスヌーズしますか。", "Snooze", f" until {until}")
        return await writer.decide(
            context, (card_id, "snooze"), words, until=until.isoformat(), why=why
        )

    @writer.tool
    async def dismiss_card(
        context: Context,
        card_id: int,
        reason: Literal[
            "known", "elsewhere", "wrong_data", "not_relevant", "bad_time", "other"
        ],
        why: str = "",
    ) -> dict[str, Any]:
        """Decide that nothing is to be done about a card, when the person agrees."""
        words = (f"却下しますか（{reason}）。", "Dismiss", f" ({reason})")
        return await writer.decide(
            context, (card_id, "dismissal"), words, reason=reason, why=why
        )

    @writer.tool
    async def delegate_card(
        context: Context, card_id: int, to: str, note: str = ""
    ) -> dict[str, Any]:
        """Let a colleague (e-mail) act on a card, when the person agrees."""
        words = (f" {to} に任せますか。", "Delegate", f" to {to}")
        return await writer.decide(
            context, (card_id, "delegation"), words, to=to, note=note
        )

    @writer.tool
    async def start_play(context: Context, card_id: int, play: str) -> dict[str, Any]:
        """Start a play at the customer of a card, when the person agrees."""
        words = (f"プレイ {play} で始めますか。", f"Start the play {play} for", "")
        return await writer.decide(context, (card_id, "play"), words, play=play)


def _add_customers(writer: _Writer) -> None:
    @writer.tool
    async def record_note(
        context: Context,
        customer_id: str,
        text: str,
        kind: Literal["note", "call", "meeting", "visit", "mail", "chat"] = "note",
        minutes: int | None = None,
    ) -> dict[str, Any]:
        """Record a note on a customer, or a contact now, when the person agrees."""
        found = await writer.api.ask(customer_path(customer_id))
        words = writer.say(
            f"{found['name']} に記録しますか（{kind}）:\n{text}",
            f"Record this at {found['name']} ({kind})?\n{text}",
        )
        body = {"kind": kind, "text": text, "minutes": minutes}
        path = customer_path(customer_id, "/entries")
        return await writer.do(context, Proposal(words, path, cast("JSON", body)))

    @writer.tool
    async def add_task(
        context: Context,
        customer_id: str,
        title: str,
        due_on: dt.date,
        assignee: str = "",
    ) -> dict[str, Any]:
        """Add a task at a customer, when the person agrees."""
        found = await writer.api.ask(customer_path(customer_id))
        words = writer.say(
            f"{found['name']} にタスク「{title}」（期限 {due_on}）を追加しますか。",
            f"Add the task “{title}” at {found['name']}, due {due_on}?",
        )
        body = {"title": title, "due_on": due_on.isoformat(), "assignee": assignee}
        path = customer_path(customer_id, "/tasks")
        return await writer.do(context, Proposal(words, path, body))


def _add_confirming(writer: _Writer) -> None:
    @writer.tool
    async def confirm(proposal: str) -> dict[str, Any]:
        """Do what was proposed. Only after the person has read it and agreed."""
        found = writer.confirming.take(proposal)
        if found is None:
            raise ToolError("No such proposal waits: it was done, or is too old.")
        return {"done": True, "result": await writer.api.tell(found.path, found.body)}
