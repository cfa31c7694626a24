"""Which customers may be one: how names compare, and what speaks for a pair."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banso.analytics.matching.candidates import MANY, Candidate, candidates
from banso.analytics.matching.evidence import Identity, corporate_number, own_domain
from banso.analytics.matching.names import comparable

NUMBER = "7000012050002"  # 国税庁


@pytest.mark.parametrize(
    "written",
    [
        "株式会社青空商事",
        "青空商事株式会社",
        "青空商事㈱",
        "（株）青空商事",
        "(株) 青空 商事",
        "靑空商事　株式会社",
    ],
)
def test_form_width_blanks_and_old_kanji_do_not_count(written):
    assert comparable(written) == comparable("青空商事")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーバーテック合同会社", "ｻｰﾊﾞﾃｯｸ(同)"),
        ("さーばーてっく", "サーバテック"),
        ("カ)アオゾラ", "アオゾラ"),
        ("Blue Sky Inc.", "ＢＬＵＥ－ＳＫＹ Co., Ltd."),
        ("Blue Sky K.K.", "blue sky"),
        ("廣澤・齋藤法律事務所", "広沢斎藤法律事務所"),
        ("髙島屋", "高島屋"),
    ],
)
def test_two_ways_to_write_a_name_compare_as_one(one, other):
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("青空商事", "青空物産"), ("コスモス", "コスト"), ("Incas", "as"), ("Cocoa", "a")],
)
def test_names_that_differ_stay_different(one, other):
    assert comparable(one) != comparable(other)


def test_name_that_is_nothing_but_a_form_stays():
    assert comparable("株式会社") == "株式会社"


@given(st.text(max_size=40))
def test_any_text_has_a_comparable_form_that_no_longer_changes(text):
    once = comparable(text)
    assert isinstance(once, str)
    assert " " not in once


def test_corporate_number_is_believed_only_with_its_check_digit():
    assert corporate_number(f" {NUMBER} ") == NUMBER
    assert corporate_number("７０００－０１２０５０００２") == NUMBER
    assert corporate_number(f"T{NUMBER}") == NUMBER
    assert corporate_number("1000012050002") == ""
    assert corporate_number("12345") == ""


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("Hanako@Aozora.co.jp", "aozora.co.jp"),
        ("https://www.aozora.co.jp/about", "aozora.co.jp"),
        ("aozora.co.jp", "aozora.co.jp"),
        ("hanako@gmail.com", ""),
        ("hanako@docomo.ne.jp", ""),
        ("https://aozora.wixsite.com/top", ""),
        ("なし", ""),
        ("http://[", ""),
    ],
)
def test_domain_is_ones_own_or_none(text, domain):
    assert own_domain(text) == domain


def found(*customers: Identity) -> dict[tuple[str, str], Candidate]:
    return {(each.one, each.other): each for each in candidates(customers)}


def test_same_name_alone_is_proposed_with_its_reason():
    (pair,) = found(Identity("b", "㈱青空"), Identity("a", "青空株式会社")).values()

    assert (pair.one, pair.other, pair.score) == ("a", "b", 60)
    assert [reason.ground for reason in pair.reasons] == ["name"]
    assert pair.reasons[0].what == "青空株式会社 = ㈱青空"


def test_points_add_up_to_a_hundred_at_most_the_strongest_first():
    domains = frozenset({"aozora.co.jp"})
    one = Identity("a", "青空商事", number=NUMBER, domains=domains)
    other = Identity("b", "青空商亊", number=NUMBER, domains=domains)

    (pair,) = found(one, other).values()

    assert pair.score == 100
    assert [r.ground for r in pair.reasons] == ["number", "domain", "similar_name"]


def test_different_corporate_numbers_speak_against_all_else():
    one = Identity("a", "青空", number=NUMBER)
    other = Identity("b", "青空", number="1180301018771")

    assert not found(one, other)


def test_parent_and_child_are_two():
    one = Identity("a", "青空", domains=frozenset({"aozora.co.jp"}))
    child = Identity("b", "青空", parent_id="a", domains=one.domains)

    assert not found(one, child)


def test_domain_that_many_share_is_nobodys():
    shared = frozenset({"group.co.jp"})
    many = [
        Identity(f"c{n}", f"{n * 7919:x}社", domains=shared) for n in range(MANY + 1)
    ]

    assert not found(*many)
    assert found(*many[:MANY])


def test_names_merely_alike_need_something_else():
    one, other = Identity("a", "サンライズ食品"), Identity("b", "サンライス食品")
    assert not found(one, other)

    domains = frozenset({"sunrise.jp"})
    both = found(
        Identity("a", one.name, domains=domains),
        Identity("b", other.name, domains=domains),
    )

    assert both["a", "b"].score == 90


@given(st.lists(st.tuples(st.integers(0, 9), st.text("青空商事株式会社", max_size=6))))
def test_order_of_customers_changes_nothing(rows):
    made = [Identity(f"c{n}", name) for n, (_, name) in enumerate(rows)]
    assert candidates(made) == candidates(list(reversed(made)))
