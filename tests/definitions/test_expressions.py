"""The language of `where`: what it accepts, what it refuses, and where it points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.definitions.expressions import (
    BadExpression,
    Compare,
    Constant,
    Every,
    IsNull,
    Name,
    Not,
    OneOf,
    Some,
    TextTest,
    columns_of,
    parse_expression,
)

NAME = Name("name")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("name == 'login'", Compare(NAME, "==", Constant("login"))),
        ("-1 < value", Compare(Constant(-1), "<", Name("value"))),
        ("value >= -2.5", Compare(Name("value"), ">=", Constant(-2.5))),
        (
            "0 <= value < 10",
            Every(
                (
                    Compare(Constant(0), "<=", Name("value")),
                    Compare(Name("value"), "<", Constant(10)),
                )
            ),
        ),
        ("name in ['a', 'b']", OneOf(NAME, ("a", "b"))),
        ("name not in ('a',)", OneOf(NAME, ("a",), negated=True)),
        ("value in [1, 2.5]", OneOf(Name("value"), (1, 2.5))),
        ("closed_at is None", IsNull(Name("closed_at"))),
        ("closed_at is not None", IsNull(Name("closed_at"), negated=True)),
        ("starts_with(name, 'card_')", TextTest("starts_with", NAME, "card_")),
        (
            "properties.plan.tier == True",
            Compare(Name("properties", ("plan", "tier")), "==", Constant(value=True)),
        ),
        (
            "properties['plan name'].x == 1",
            Compare(Name("properties", ("plan name", "x")), "==", Constant(1)),
        ),
        ("業種 == '製造業'", Compare(Name("業種"), "==", Constant("製造業"))),
        (
            "not (a == 1 or b == 2) and c == 3",
            Every(
                (
                    Not(
                        Some(
                            (
                                Compare(Name("a"), "==", Constant(1)),
                                Compare(Name("b"), "==", Constant(2)),
                            )
                        )
                    ),
                    Compare(Name("c"), "==", Constant(3)),
                )
            ),
        ),
        ("  a == 1\n  ", Compare(Name("a"), "==", Constant(1))),
        ("name == 'a # b'", Compare(NAME, "==", Constant("a # b"))),
        (
            "reached_on <= planned_on",
            Compare(Name("reached_on"), "<=", Name("planned_on")),
        ),
    ],
)
def test_expression_means_what_it_says(text, meaning):
    assert parse_expression(text) == meaning


def test_lines_of_a_folded_text_are_one_expression():
    assert parse_expression("a == 1\n  and b == 2") == parse_expression(
        "a == 1 and b == 2"
    )


@pytest.mark.parametrize(
    ("text", "column", "found"),
    [
        ("", 1, "an empty text"),
        ("   ", 1, "an empty text"),
        ("won", 1, "'won' alone"),
        ("True", 1, "the value True"),
        ("a == None", 6, "None"),
        ("a is 1", 6, "the value 1"),
        ("a in []", 6, "an empty list"),
        ("a in b", 6, "'b'"),
        ("a in [1, 'x']", 6, "a list of mixed values"),
        ("a in [None]", 7, "the value None"),
        ("1 == 2", 1, "a comparison of two constants"),
        ("a + 1 == 2", 1, "arithmetic"),
        ("a == b'x'", 6, "the value b'x'"),
        ("a == 1j", 6, "the value 1j"),
        ("a == ...", 6, "the value Ellipsis"),
        ("a == f'{b}'", 6, "a text with placeholders"),
        ("a == 1e999", 6, "too large a number"),
        ("a == 9223372036854775808", 6, "too large a number"),
        ("a == '\\0'", 6, "a character that no text can hold"),
        ("a == '\\ud800'", 6, "a character that no text can hold"),
        ("a == -True", 6, "arithmetic"),
        ("lambda: 1", 1, "a function"),
        ("exec('1')", 1, "'exec(…)'"),
        ("name.startswith('a')", 1, "a call"),
        ("start_with(name, 'a')", 1, "'start_with(…)' (Did you mean 'starts_with'?)"),
        ("contains(name)", 1, "'contains' with this"),
        ("contains(name, text)", 1, "'contains' with this"),
        ("contains('a', 'b')", 10, "the value 'a'"),
        ("properties[0] == 1", 1, "a part of the kind Subscript"),
        ("[x for x in y] == 1", 1, "a part of the kind ListComp"),
        ("(a := 1) == 1", 2, "a part of the kind NamedExpr"),
        ("a if b else c", 1, "a part of the kind IfExp"),
        ("a == 1 # or b == 2", 8, "a comment"),
        ("a < b in [2]", 1, "a chain with in or is"),
        ("ﾌﾟﾗﾝ == 1", 1, "a name that reads as 'プラン'"),
        ("業種 == '製' and 1", 15, "the value 1"),
    ],
)
def test_refusal_points_at_what_it_found(text, column, found):
    with pytest.raises(BadExpression) as refused:
        parse_expression(text)

    assert (refused.value.facts["column"], refused.value.facts["found"]) == (
        column,
        found,
    )


@pytest.mark.parametrize(
    "text",
    [
        "a ==",
        "a = 1",
        "a == 'x",
        "a == 1; b == 2",
        "a == \0",
        "a == 1) or (b == 2",
        "import os",
        "(" * 500 + "a == 1" + ")" * 500,
        "not " * 400 + "a == 1",
        "-" * 1500 + "1 == a",
        "a" + ".b" * 900 + " == 1",
        "a == " + "9" * 1900,
        "a == '" + "x" * 2000 + "'",
        "a == '\ud800'",
    ],
)
def test_what_cannot_be_parsed_is_refused(text):
    with pytest.raises(BadExpression):
        parse_expression(text)


def test_columns_are_named_once():
    expression = parse_expression(
        "a == b or not (a is None) or contains(properties.x, 'y')"
    )

    assert columns_of(expression) == {"a", "b", "properties"}


PIECES = (
    "a b.c == != < <= in not and or is None True 1 -1 2.5 1e400 'x' 'é' ( ) [ ] , . "
    "starts_with( contains( lambda: if else for := ** # \\ \n \t \0 業種 ﾌﾟ 0x 1_0 "
    "f' b''"
)
WORDS = st.lists(st.sampled_from(PIECES.split(" ")), max_size=25).map(" ".join)


@given(st.one_of(st.text(max_size=60), WORDS))
def test_any_text_is_an_expression_or_refused(text):
    try:
        expression = parse_expression(text)
    except BadExpression as refused:
        column = refused.facts["column"]
        assert isinstance(column, int)
        assert 1 <= column <= len(text) + 1
    else:
        assert columns_of(expression)
