"""Takes the pictures of the README from a demonstration that is being served.

``python tools/screenshots.py ADDRESS E-MAIL PASSWORD CUSTOMER_ID``, with what
``./banso demo aozora`` printed. It needs a Chromium: CHROMIUM, or the one of Debian.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
LOCALES = {"ja": "ja-JP", "en": "en-GB"}
SIZE = (1280, 860)


def main(arguments: list[str]) -> int:
    """Write each picture in both languages; 2 when the arguments are not right."""
    if len(arguments) != 4:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    address, email, password, customer = arguments
    pages = {"overview": "overview/", "customer": f"customers/{customer}/"}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
        )
        for language, locale in LOCALES.items():
            page = browser.new_page(
                locale=locale,
                timezone_id="Asia/Tokyo",
                color_scheme="light",
                viewport={"width": SIZE[0], "height": SIZE[1]},
            )
            page.set_default_timeout(120_000)  # a first chart on a busy machine
            _sign_in(page, address, email, password, language=language)
            for name, path in pages.items():
                page.goto(address + path)
                page.wait_for_selector(".chart-plot svg")
                page.screenshot(path=FOLDER / f"{name}-{language}.png")
        browser.close()
    return 0


def _sign_in(
    page: Page, address: str, email: str, password: str, *, language: str
) -> None:
    page.goto(address)
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit]:not([name])")
    page.wait_for_selector(".user-menu")
    page.click(".user-menu > summary")
    page.click(f".user-menu button[name=language][value={language}]")
    page.wait_for_selector(f"html[lang={language}]")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
