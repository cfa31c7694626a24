# /// script
# requires-python = ">=3.11"
# dependencies = ["holidays>=0.109", "jpholiday>=1.0.3"]
# ///
"""Writes the table of public holidays: `uv run tools/public_holidays.py`.

Two libraries must agree on every day of Japan, or nothing is written. Neither is needed
to run Banso. Run it when a law changes, and add years before the last ones come near.
"""

import datetime as dt
from pathlib import Path

import holidays
import jpholiday

FIRST, LAST = 2000, 2050
COUNTRIES = {"GB": "ENG", "JP": None, "US": None}  # and the part of it that counts
FILE = Path(__file__).resolve().parent.parent / "src/banso/kernel/public_holidays.py"
HEAD = '''\
"""Public holidays from Monday to Friday, substitutes included, by country and year.

Written by `tools/public_holidays.py`: do not edit.
"""

from collections.abc import Mapping
from typing import Final

# Month and day, such as 0101. GB is England and Wales; US, the federal holidays.
PUBLIC_HOLIDAYS: Final[Mapping[str, Mapping[int, str]]] = {
'''


def main() -> None:
    """Write the table."""
    lines = [HEAD]
    for country, part in COUNTRIES.items():
        lines.append(f'    "{country}": {{\n')
        for year in range(FIRST, LAST + 1):
            days = days_of(country, part, year)
            text = " ".join(f"{day:%m%d}" for day in days if day.weekday() < 5)
            # Long ones are wrapped as the formatter wraps them.
            line = f'        {year}: "{text}",\n'
            lines.append(line if len(line) <= 89 else wrapped(year, text))
        lines.append("    },\n")
    lines.append("}\n")
    FILE.write_text("".join(lines), encoding="utf-8")


def days_of(country: str, part: str | None, year: int) -> list[dt.date]:
    """Return the public holidays of a year, ascending."""
    found = holidays.country_holidays(country, subdiv=part, years=year)
    days = sorted(day for day in found if day.year == year)
    if country == "JP":
        assert days == sorted(day for day, _ in jpholiday.year_holidays(year))
    return days


def wrapped(year: int, text: str) -> str:
    """Return a line that is too long, over several lines."""
    words = text.split(" ")
    half = len(words) // 2
    first, second = " ".join(words[:half]), " ".join(words[half:])
    return f'        {year}: "{first} "\n        "{second}",\n'


if __name__ == "__main__":
    main()
