"""CSV files that spreadsheets open as what they are."""

import csv
import datetime as dt
import io

import pytest

from banso.webkit.spreadsheets import csv_file, csv_lines, csv_table


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "＝1", "\t=1", "\r=1"])
def test_a_formula_is_shown_instead_of_run(text: str) -> None:
    ((cell,),) = csv.reader(io.StringIO("".join(csv_lines([[text]], for_excel=False))))

    assert cell == f"'{text}"


def test_numbers_and_days_stay_what_they_are() -> None:
    moment = dt.datetime(2026, 11, 3, 9, 30)
    text = csv_table(
        ["a", "b"], [[-5, dt.date(2026, 1, 2)], [None, moment]], for_excel=False
    )

    assert "".join(text) == "a,b\r\n-5,2026-01-02\r\n,2026-11-03T09:30:00+00:00\r\n"


def test_the_mark_for_excel_stands_once() -> None:
    text = csv_table(["名前"], [["株式会社"]], for_excel=True)

    assert "".join(text) == "\ufeff名前\r\n株式会社\r\n"


def test_a_file_is_sent_line_by_line() -> None:
    lines = csv_file(iter(["a\r\n", "b\r\n"]), name="rows")

    assert lines["Content-Disposition"] == 'attachment; filename="rows.csv"'
    assert lines.streaming
    assert lines.getvalue() == b"a\r\nb\r\n"
