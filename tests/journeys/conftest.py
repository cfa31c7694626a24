"""A demonstration as a user starts it, and a real browser to walk through it."""

import gc
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Demonstration:
    """A running demo company."""

    address: str
    password: str
    users: dict[str, str]  # e-mail by role


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("journeys") / "demo"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("BANSO_")}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "banso.cli.main", "demo", "aozora", "--json"),
            *("--customers", "60", "--no-browser", "--dir", str(folder)),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    with process:
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        said = json.loads("".join([*takewhile(lambda line: line != "}\n", lines), "}"]))
        yield Demonstration(
            address=said["address"].rstrip("/"),
            password=said["password"],
            users={user["role"]: user["email"] for user in said["users"]},
        )
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    if CHROMIUM is None:
        pytest.skip("needs Debian's chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        yield browser
        browser.close()
    gc.collect()  # its sockets, before a test that minds them


Open = Callable[..., "Page"]


@pytest.fixture
def open_page(chromium: "Browser") -> Iterator[Open]:
    """Give an empty page in a language, a theme and a width, which notes its errors."""
    opened = []

    def empty(*, locale: str, theme: str = "light", width: int = 1280) -> "Page":
        context = chromium.new_context(
            locale=locale,
            timezone_id="Asia/Tokyo",
            color_scheme=theme,
            viewport={"width": width, "height": 900},
        )
        opened.append(context)
        page = context.new_page()
        page.errors = []
        page.on(
            "console",
            lambda said: page.errors.append(said.text) if said.type == "error" else 0,
        )
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        return page

    yield empty
    for context in opened:
        context.close()


@pytest.fixture
def open_as(demonstration: Demonstration, open_page: Open) -> Open:
    """Sign somebody in, in a language, a theme and a width, and give the page."""

    def signed_in(role: str, **how: object) -> "Page":
        page = open_page(**how)
        page.goto(demonstration.address)
        page.fill("input[type=email]", demonstration.users[role])
        page.fill("input[type=password]", demonstration.password)
        page.click("button[type=submit]")
        page.wait_for_url(re.compile("/(overview|today)/$"))
        return page

    return signed_in
