"""Headers become names, files become tables, texts become columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.connectors.discovery import table_of
from banso.connectors.headers import normal_names
from banso.connectors.texts import text_array


@pytest.mark.parametrize(
    ("headers", "names"),
    [
        (["Customer ID", "NAME", "Ｐｌａｎ"], ("customer_id", "name", "plan")),
        (["customerID", "TotalCharges"], ("customer_id", "total_charges")),
        (["NPSScore", "plan2Start"], ("nps_score", "plan2_start")),
        (["顧客 名", "売上（円）", "%"], ("顧客_名", "売上_円", "column_3")),
        (["a", "A", "a "], ("a", "a_2", "a_3")),
        (["2024", "_row", "file_index"], ("n_2024", "row", "file_index_")),
    ],
)
def test_headers_become_names(headers, names):
    assert normal_names(headers) == names


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("events.csv", "events"),
        ("Events-2024-01.parquet", "events"),
        ("events_2024.jsonl.gz", "events"),
        ("customers (1).csv", "customers"),
        ("eventsource.csv", None),
        ("event.csv", None),
    ],
)
def test_a_file_name_begins_with_its_table(name, table):
    assert table_of(name) == table


@given(st.lists(st.none() | st.text(), max_size=20))
def test_texts_survive_as_they_are(values):
    array = text_array(values)

    array.validate(full=True)
    assert array.to_pylist() == values
