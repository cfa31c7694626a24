"""The tools of an assistant: reading what a user sees, and acting when they agree."""

from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from banso.site.assistant.asking import Asking, customer_path
from banso.site.assistant.callers import Caller
from banso.site.assistant.writing import add_writing

INSTRUCTIONS: Final = """\
Banso is the customer success platform of the user's company. Everything is read as the
user sees it. Scores are health, 0 to 100; p_churn is the chance to leave within 90
days; money is beside its currency. Say the as-of date with a number. A difference
between leavers and stayers (drivers) is no effect of a cause. Writing asks first.
"""
_READS: Final = ToolAnnotations(read_only_hint=True, open_world_hint=False)
_WRITES: Final = ToolAnnotations(read_only_hint=False, open_world_hint=False)
Number = Annotated[int, Field(ge=1, le=100)]


def make_server(caller: Caller, *, language: str) -> MCPServer:
    """Return a server whose tools ask the API as one user.

    Parameters
    ----------
    caller
        Asks the API.
    language
        Of labels and questions: ``ja`` or ``en``.

    """
    server = MCPServer("banso", instructions=INSTRUCTIONS)
    api = Asking(caller)
    _add_customers(server, api)
    _add_work(server, api)
    _add_figures(server, api)
    add_writing(server, api, language=language)
    return server


def _reading(server: MCPServer) -> Callable[[Callable[..., Any]], None]:
    """Return what adds a tool that only reads."""

    def tool(function: Callable[..., Any]) -> None:
        server.tool(annotations=_READS, structured_output=False)(function)

    return tool


def _add_customers(server: MCPServer, api: Asking) -> None:
    tool = _reading(server)

    @tool
    async def find_customers(
        words: str = "",
        band: Literal["", "healthy", "watch", "at_risk", "unknown"] = "",
        sort: str = "score",
        limit: Number = 20,
    ) -> dict[str, Any]:
        """Find customers by words of the name or ID, by health band, sorted.

        sort: score, change, mrr, renews, chance, loss, active or name; "-" before it
        turns the order round.
        """
        return await api.ask("customers", q=words, band=band, sort=sort, limit=limit)

    @tool
    async def customer(customer_id: str) -> dict[str, Any]:
        """Tell how one customer stands: health, money, renewal, chance to leave."""
        return await api.ask(customer_path(customer_id))

    @tool
    async def why_did_health_move(
        customer_id: str, since: str = "", until: str = ""
    ) -> dict[str, Any]:
        """Tell why a customer's score moved between two dates (default: 28 days)."""
        path = customer_path(customer_id, "/health/movement")
        return await api.ask(path, since=since or None, until=until or None)

    @tool
    async def open_signals(customer_id: str) -> dict[str, Any]:
        """List the signals that are open at a customer, with the reason of each."""
        return await api.ask(customer_path(customer_id, "/signals"))

    @tool
    async def what_happened(
        customer_id: str, kind: str = "", words: str = ""
    ) -> dict[str, Any]:
        """List what happened with a customer, the newest first."""
        path = customer_path(customer_id, "/timeline")
        return await api.ask(path, kind=kind, q=words)

    @tool
    async def forecast(customer_id: str) -> dict[str, Any]:
        """Tell the chances that a customer leaves, expands or contracts."""
        return await api.ask("forecasts", customer_id=customer_id)


def _add_work(server: MCPServer, api: Asking) -> None:
    tool = _reading(server)

    @tool
    async def today(whose: str = "mine", limit: Number = 15) -> dict[str, Any]:
        """List the cards of today, most worth first. whose: mine, all or an e-mail."""
        return await api.ask("cards", whose=whose, limit=limit)

    @tool
    async def my_tasks(limit: Number = 30) -> dict[str, Any]:
        """List the user's open tasks by the day that they are due."""
        return await api.ask("tasks", limit=limit)

    @tool
    async def signals() -> dict[str, Any]:
        """List all signals, at how many customers each is open, and how it told."""
        return await api.ask("signals")

    @tool
    async def renewals(month: str = "", limit: Number = 30) -> dict[str, Any]:
        """List renewals that lie ahead, of a month (any day of it) or all."""
        return await api.ask("renewals", month=month or None, limit=limit)


def _add_figures(server: MCPServer, api: Asking) -> None:
    tool = _reading(server)

    @tool
    async def revenue(
        grain: Literal["month", "quarter", "year"] = "month",
    ) -> dict[str, Any]:
        """Tell MRR by period and what moved it, the last 24 periods."""
        found = await api.ask("revenue/periods", grain=grain)
        return {**found, "items": found["items"][-24:]}

    @tool
    async def drivers() -> dict[str, Any]:
        """List in which elements those who left differed from those who stayed."""
        return await api.ask("drivers")

    @tool
    async def how_is_it_computed(metric: str = "") -> dict[str, Any]:
        """Tell how a metric is computed, in words; without a key, list all metrics."""
        found = await api.ask("metrics")
        chosen = [each for each in found["items"] if metric in ("", each["key"])]
        if not chosen:
            known = ", ".join(each["key"] for each in found["items"])
            raise ToolError(f"There is no metric {metric!r}. There are: {known}")
        return {"items": chosen}
