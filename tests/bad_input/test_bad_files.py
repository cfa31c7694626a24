"""Files that cannot be read as they are: a refusal names the file and the way out."""

import gzip
import io
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from banso.connectors.discovery import NotATableFile, PathMissing, UnknownTable
from banso.connectors.encodings import WrongEncoding
from banso.connectors.files import FileUnreadable
from banso.runs.loading import MappingInvalid, NothingToLoad

CUSTOMERS = "customer_id,name\nc1,青空商事\nc2,海風工業\n"


def test_an_empty_file_is_noted(desk):
    desk.put(customers__csv=CUSTOMERS, events__csv="")

    summary = desk.load()

    assert [str(note) for note in summary.notes] == [
        "events.csv is empty: it has not even a header."
    ]
    assert summary.has_findings
    assert len(desk.rows("customers")) == 2


def test_a_file_with_only_a_header_is_noted(desk):
    desk.put(customers__csv="customer_id,name\n")

    summary = desk.load()

    assert [str(note) for note in summary.notes] == [
        "customers.csv has a header and no rows."
    ]
    assert summary.has_findings


@pytest.mark.parametrize("content", [b"\n\n  \n", b"\xef\xbb\xbf"])
def test_a_file_of_nothing_but_blank_is_empty(desk, content):
    desk.put(customers__csv=content)

    assert [str(note) for note in desk.load().notes] == [
        "customers.csv is empty: it has not even a header."
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "cp932", "shift_jis"], ids=str
)
def test_japanese_encodings_load_correctly(desk, encoding):
    desk.put(customers__csv=CUSTOMERS.encode(encoding))

    desk.load()

    assert [row["name"] for row in desk.rows("customers")] == ["青空商事", "海風工業"]


def test_shift_jis_with_half_width_kana_loads(desk):
    desk.put(customers__csv="customer_id,name\nc1,ｶﾌﾞｼｷｶﾞｲｼｬ ｱｵｿﾞﾗ\n".encode("cp932"))

    desk.load()

    assert desk.rows("customers")[0]["name"] == "ｶﾌﾞｼｷｶﾞｲｼｬ ｱｵｿﾞﾗ"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (
            "customer_id,name\nc1,Café Réunion\n".encode("latin-1"),
            (
                "it is neither UTF-8 nor Shift_JIS; the first byte that does not fit"
                " UTF-8 is byte 23 (0xe9)"
            ),
        ),
        (
            "customer_id,name\nc1,Müller Ñandú\n".encode("cp1252"),
            (
                "it is neither UTF-8 nor Shift_JIS; the first byte that does not fit"
                " UTF-8 is byte 21 (0xfc)"
            ),
        ),
        (
            "customer_id,name\nc1,青空商事のさくら\n".encode("euc_jp"),
            (
                "it is neither UTF-8 nor Shift_JIS; the first byte that does not fit"
                " UTF-8 is byte 20 (0xc0)"
            ),
        ),
        (CUSTOMERS.encode("utf-16"), "it is UTF-16, not a text in UTF-8"),
        (b"PK\x03\x04more", "it is a packed file (an Excel workbook?), not a text"),
        (b"customer_id,name\nc1,a\0b\n", "the first byte that does not fit UTF-8 is"),
    ],
    ids=["latin-1", "cp1252", "euc-jp", "utf-16", "xlsx", "nul"],
)
def test_other_encodings_say_where_they_do_not_fit(desk, content, what):
    desk.put(customers__csv=content)

    with pytest.raises(WrongEncoding) as refusal:
        desk.load()

    assert refusal.value.message.startswith(f"{desk.folder / 'customers.csv'} cannot")
    assert what in refusal.value.message
    assert "Save it as UTF-8" in refusal.value.hint


def test_an_encoding_named_in_a_mapping_is_used(desk):
    desk.put(
        customers__csv="customer_id,name\nc1,Café\n".encode("cp1252"),
        mapping__yaml="schema_version: 1\nfiles:\n"
        "  - {file: customers.csv, table: customers, encoding: cp1252}\n",
    )

    desk.load()

    assert desk.rows("customers")[0]["name"] == "Café"


def test_a_cut_gzip_file_is_refused_as_a_whole(desk):
    whole = gzip.compress(("customer_id,name\n" + "c1,x\n" * 9999).encode())
    desk.put(customers__csv__gz=whole[:-20])

    with pytest.raises(FileUnreadable, match="is not a whole gzip file"):
        desk.load()


def test_a_broken_parquet_file_is_refused(desk):
    desk.put(customers__parquet=b"PAR1 no, not really")

    with pytest.raises(FileUnreadable, match="is not a whole Parquet file"):
        desk.load()


def test_a_parquet_file_whose_names_are_no_text_is_refused(desk):
    written = io.BytesIO()
    pq.write_table(pa.table({"customer_id": ["c1"], "size": ["L"]}), written)
    desk.put(customers__parquet=written.getvalue().replace(b"size", b"si\xcbe"))

    with pytest.raises(FileUnreadable, match="is not a whole Parquet file"):
        desk.load()


def test_a_quote_that_is_never_closed_is_refused_with_its_line(desk):
    desk.put(customers__csv='customer_id,name\nc1,Acme\nc2,"Blue\nc3,Red\nc4,Green\n')

    with pytest.raises(FileUnreadable) as refusal:
        desk.load()

    assert "customers.csv, line 3 or soon after: a quotation mark opens a text" in (
        refusal.value.message
    )


def test_a_missing_path_says_so(desk):
    desk.put(customers__csv=CUSTOMERS)

    with pytest.raises(PathMissing) as refusal:
        desk.load(desk.folder / "custmers.csv")

    assert refusal.value.message == f"There is nothing at {desk.folder}/custmers.csv."
    assert refusal.value.hint == "Did you mean 'customers.csv'?"


def test_a_folder_without_tables_says_what_was_there(desk):
    desk.put(README__md="hello", notes__xlsx=b"PK")
    (desk.folder / "old").mkdir()

    with pytest.raises(NothingToLoad) as refusal:
        desk.load()

    assert (
        "README.md was not loaded: it is not a file of rows." in refusal.value.message
    )
    assert "Save each sheet as 'CSV UTF-8'" in refusal.value.message
    assert "old/ was not read: folders inside are left alone." in refusal.value.message
    assert "customers" in refusal.value.hint


def test_a_single_file_that_is_no_table_is_refused(desk):
    desk.put(customers__json="[]")

    with pytest.raises(NotATableFile) as refusal:
        desk.load(desk.folder / "customers.json")

    assert refusal.value.hint == "Write one object per line and name the file .jsonl."


def test_an_unknown_table_is_named(desk):
    desk.put(x__csv=CUSTOMERS)

    with pytest.raises(UnknownTable) as refusal:
        desk.load(desk.folder / "x.csv", table="custommers")

    assert refusal.value.hint == "Did you mean 'customers'?"


def test_an_unknown_file_name_is_never_left_out_silently(desk):
    desk.put(customers__csv=CUSTOMERS, tickts__csv="a,b\n1,2\n")

    summary = desk.load()

    assert [str(note) for note in summary.notes] == [
        (
            "tickts.csv was not loaded: its name is that of no table."
            " Did you mean 'tickets'?"
        )
    ]


def test_a_file_without_permission_is_refused(desk, monkeypatch):
    desk.put(customers__csv=CUSTOMERS)
    real_open = Path.open

    def no_open(self, *args, **kwargs):
        if self.name == "customers.csv":
            raise PermissionError(13, "Permission denied")
        return real_open(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", no_open)  # root may read everything

    with pytest.raises(FileUnreadable, match=r"cannot be read: Permission denied\."):
        desk.load()


def test_every_fault_of_a_mapping_is_told_with_its_line(desk):
    desk.put(
        customers__csv=CUSTOMERS,
        mapping__yaml=(
            "schema_version: 1\n"
            "files:\n"
            "  - file: customers.csv\n"
            "    table: custommers\n"
            "  - file: b.csv\n"
            "    table: customers\n"
            "    formats: {created_onn: '%d.%m.%Y', name: '%Y', created_on: iso}\n"
        ),
    )

    with pytest.raises(MappingInvalid) as refusal:
        desk.load()

    path = desk.folder / "mapping.yaml"
    assert refusal.value.message.splitlines() == [
        (
            f"{path}:4: error unknown_table: unknown table 'custommers'."
            " Did you mean 'customers'?"
        ),
        (
            f"{path}:7: error unknown_column: the table has no column 'created_onn'."
            " Did you mean 'created_on'?"
        ),
        f"{path}:7: error wrong_kind: 'name' is neither a date, a time nor a number",
        (
            f"{path}:7: error wrong_format: the format of 'created_on' has to be like"
            " %d.%m.%Y, or one of: excel, wareki"
        ),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema_version: 1\nfiles: [\n", r":\d: error invalid_yaml"),
        ("schema_version: 1\nfiles: []\nfils: []\n", ":3: error unknown_key"),
        ("schema_version: 2\nfiles: []\n", ":1: error wrong_value"),
        ("schema_version: 1\nfiles:\n  - file: a.csv\n", ":3: error missing_key"),
        ("- a\n", ": error wrong_value"),
        ("", ": error wrong_value"),
    ],
)
def test_a_mapping_that_is_none_says_where(desk, text, line):
    desk.put(customers__csv=CUSTOMERS, mapping__yaml=text)

    with pytest.raises(MappingInvalid) as refusal:
        desk.load()

    assert re.search(line, refusal.value.message), refusal.value.message


def test_an_unreadable_file_of_unknown_name_does_not_stop_the_others(desk):
    desk.put(customers__csv=CUSTOMERS, other__csv=CUSTOMERS.encode("utf-16"))

    summary = desk.load()

    assert [str(note) for note in summary.notes] == [
        "other.csv was not loaded: its name is that of no table.",
        f"{desk.folder}/other.csv cannot be read: it is UTF-16, not a text in UTF-8.",
    ]
    assert len(desk.rows("customers")) == 2
