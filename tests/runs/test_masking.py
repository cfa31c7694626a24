"""Texts lose what names an erased person, and nothing else."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import NOW

from banso.kernel.masking import Mask
from banso.runs.erasures import Person, erasure_of

HANAKO = Person(
    "user-4711", "c1", ("佐藤 花子", "Hanako Sato"), ("hanako@example.com",), ("c1",)
)


def mask_of_person(person: Person) -> Mask:
    return Mask([erasure_of(person, at=NOW, before=()).called])


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("佐藤花子様より", "[erased]様より"),
        ("佐藤　花子さん", "[erased]さん"),
        ("ｈａｎａｋｏ　ＳＡＴＯ", "[erased]"),
        ("HANAKO sato called", "[erased] called"),
        ("Hanako Satori", "Hanako Satori"),
        ("佐藤さん", "佐藤さん"),
        ("<Hanako@Example.com>へ", "<[erased]>へ"),
        ("mail hanako@example.com.", "mail [erased]."),
        ("xhanako@example.com", "xhanako@example.com"),
        ("see user-4711, not user-47112", "see [erased], not user-47112"),
    ],
)
def test_what_names_the_person_goes(text: str, masked: str) -> None:
    assert mask_of_person(HANAKO).text(text, customer_id="c1") == masked


def test_a_namesake_elsewhere_stays_but_an_address_is_one_persons() -> None:
    mask = mask_of_person(HANAKO)

    said = mask.text("佐藤花子 user-4711 hanako@example.com", customer_id="c2")

    assert said == "佐藤花子 user-4711 [erased]"


def test_half_width_kana_is_the_same_name() -> None:
    person = Person("p", "c1", ("ﾀﾞｲ ｺﾞﾛｳ",), (), ("c1",))

    assert (
        mask_of_person(person).text("ダイ ゴロウ氏", customer_id="c1") == "[erased]氏"
    )


def test_json_is_masked_inside_its_escapes() -> None:
    mask = mask_of_person(HANAKO)

    kept = mask.json('{"by": "\\u4f50\\u85e4\\u82b1\\u5b50", "n": 1}', customer_id="c1")

    assert kept == '{"by": "[erased]", "n": 1}'
    assert mask.json('{"n":1}', customer_id="c1") == '{"n":1}'


def test_of_the_persons_own_values_only_harmless_ones_stay() -> None:
    given_properties = {
        "plan": "pro",
        "ms": 12,
        "email": "x",
        "firstName": "H",
        "note": "call 090-1234-5678",
        "who": "user-4711",
        "long": "a" * 65,
        "list": ["a", "佐藤花子"],
        "inside": {"ip": "10.0.0.1", "ok": True},
    }

    kept = mask_of_person(HANAKO).own_value("", given_properties, customer_id="c1")

    assert kept == {"plan": "pro", "ms": 12, "list": ["a"], "inside": {"ok": True}}


def test_the_list_says_nothing_in_plain() -> None:
    erasure = erasure_of(HANAKO, at=NOW, before=())

    assert not any(
        word in repr(erasure).lower()
        for word in ("hanako", "佐藤", "user-4711", "example", "'c1'")
    )


@given(st.text(max_size=60), st.text(max_size=10), st.text(max_size=10))
def test_no_text_keeps_a_name_and_masking_twice_changes_nothing(
    text: str, before: str, after: str
) -> None:
    mask = mask_of_person(HANAKO)

    once = mask.text(f"{before} 佐藤花子 {after}{text}", customer_id="c1")

    assert "佐藤花子" not in once
    assert mask.text(once, customer_id="c1") == once


@given(st.text(max_size=200))
def test_a_text_without_the_person_is_left_as_it_is(text: str) -> None:
    token = secrets.token_hex(8)
    person = Person(f"id-{token}", "c1", (f"name{token}",), (f"{token}@x.jp",), ("c1",))

    assert mask_of_person(person).text(text, customer_id="c1") == text
