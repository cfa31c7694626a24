"""The assistant's server, by the real client of the protocol over stdio."""

import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import ElicitResult

BANSO = ["-m", "banso.cli.main"]


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("BANSO_")}
    return {**kept, "BANSO_LANG": "en", **more}


def banso(*arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, *BANSO, *arguments], cwd=folder, env=environment(), text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small company with a release, a user who may write and one who may not."""
    made = tmp_path_factory.mktemp("assistant")
    banso("init", "co", "--name", "T", folder=made)
    facts = made / "facts"
    facts.mkdir()
    (facts / "customers.csv").write_text(
        "customer_id,name,owner\nC1,青空商事,aoi@example.com\nC2,Other,zoe@example.com\n"
    )
    (facts / "subscriptions.csv").write_text(
        "subscription_id,customer_id,started_on,mrr,currency\n"
        "S1,C1,2026-01-01,1000,JPY\nS2,C2,2026-01-01,1000,JPY\n"
    )
    project = ("--project", "co")
    banso("load", "facts", *project, folder=made)
    banso("run", "--as-of", "2026-03-01", *project, folder=made)
    banso("user", "add", "aoi@example.com", "--role", "csm", *project, folder=made)
    return made


def talk(
    folder: Path,
    conversation: Callable[[Client], Awaitable[None]],
    *arguments: str,
    **client: Any,
) -> None:
    server = StdioServerParameters(
        command=sys.executable,
        args=[*BANSO, "mcp", "--project", "co", *arguments],
        env=environment(),
        cwd=folder,
    )

    async def whole() -> None:
        async with Client(server, **client) as session:
            await conversation(session)

    anyio.run(whole)


def text(result: Any) -> str:
    return "".join(part.text for part in result.content)


def test_assistant_reads_what_its_user_sees_and_writes_what_is_confirmed(folder):
    told: dict[str, str] = {}

    async def conversation(session: Client) -> None:
        told["tools"] = str([tool.name for tool in (await session.list_tools()).tools])

        async def call(name: str, **arguments: Any) -> str:
            result = await session.call_tool(name, arguments)
            told[name] = text(result)
            return told[name]

        await call("find_customers", words="青空")
        told["other"] = await call("customer", customer_id="C2")
        await call("how_is_it_computed", metric="nothing")
        proposed = await call("record_note", customer_id="C1", text="値上げの相談")
        number = re.search(r'"proposal": ?"(\w+)"', proposed)
        assert number is not None, proposed
        told["before"] = await call("what_happened", customer_id="C1")
        told["done"] = await call("confirm", proposal=number[1])
        told["again"] = await call("confirm", proposal=number[1])
        told["after"] = await call("what_happened", customer_id="C1")

    talk(folder, conversation, "--user", "aoi@example.com")

    assert "C1" in told["find_customers"]
    assert "not_found" in told["other"]
    assert "There is no metric 'nothing'" in told["how_is_it_computed"]
    assert "Record this at 青空商事 (note)?" in told["record_note"]
    assert "値上げの相談" not in told["before"]
    assert "entry_id" in told["done"]
    assert "No such proposal waits" in told["again"]
    assert "値上げの相談" in told["after"]
    assert {"today", "drivers", "forecast"} <= set(re.findall(r"\w+", told["tools"]))
    tokens = banso("token", "list", "--project", "co", folder=folder)
    assert "revoked" in tokens


@pytest.mark.parametrize("agrees", [True, False])
def test_person_is_asked_where_the_client_can(folder, agrees):
    asked: list[str] = []
    told: dict[str, str] = {}

    async def ask(_context: Any, params: Any) -> ElicitResult:
        asked.append(params.message)
        return ElicitResult(action="accept", content={"agree": agrees})

    async def conversation(session: Client) -> None:
        task = {"customer_id": "C1", "title": "Call", "due_on": "2026-12-01"}
        told["task"] = text(await session.call_tool("add_task", task))

    talk(
        folder, conversation, "--user", "aoi@example.com", elicitation_callback=ask,
        mode="legacy",
    )  # fmt: skip

    assert asked == ["Add the task “Call” at 青空商事, due 2026-12-01?"]
    assert ('"done": true' in told["task"]) is agrees


def test_narrow_scope_holds(folder):
    told: list[str] = []

    async def conversation(session: Client) -> None:
        told.append(text(await session.call_tool("today", {})))
        told.append(text(await session.call_tool("find_customers", {})))

    talk(folder, conversation, "--user", "aoi@example.com", "--scope", "customers:read")

    assert "scope_missing" in told[0]
    assert "work:read" in told[0]
    assert "C1" in told[1]


def test_nobody_is_refused(folder):
    done = subprocess.run(
        [sys.executable, *BANSO, "mcp", "--project", "co"], cwd=folder,
        env=environment(), text=True, capture_output=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "Give --user E-MAIL" in done.stderr
