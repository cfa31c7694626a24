import pytest
from django.utils import translation

from banso.definitions.model import Text
from banso.definitions.naming import NameRules
from banso.webkit.company_names import column_name, event_name, value_name

NAMES = NameRules(
    columns={"employees": Text(ja="従業員数", en="Employees")},
    events={"login": Text(ja="ログイン", en="Log-in")},
    values={"purpose": {"law": Text(ja="法対応", en="The law")}},
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", ["従業員数", "業種", "ログイン", "法対応", "ハイタッチ"]),
        ("en", ["Employees", "Industry", "Log-in", "The law", "High touch"]),
    ],
)
def test_names_are_in_the_language_of_the_reader(language, said):
    with translation.override(language):
        assert [
            column_name(NAMES, "employees"),
            column_name(NAMES, "industry"),
            event_name(NAMES, "login"),
            value_name(NAMES, "purpose", "law"),
            value_name(NAMES, "touch", "high"),
        ] == said


def test_what_has_no_name_stays_as_it_is():
    assert column_name(NAMES, "region") == "region"
    assert event_name(NAMES, "log_out") == "log_out"
    assert value_name(NAMES, "plan", "law") == "law"
