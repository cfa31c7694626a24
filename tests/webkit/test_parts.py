"""The components as templates use them."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from lucide import _load_icon as load_icon

import banso
from banso.webkit.bands import BANDS
from banso.webkit.paging import Page


def render(text: str, *, path: str = "/customers/", language: str = "en", **values):
    request = RequestFactory().get(path)
    with translation.override(language):
        return Template(text).render(Context({"request": request, **values}))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Healthy", "Watch", "At risk", "Not enough data"]),
        ("ja", ["健全", "注意", "危険", "判定不可"]),
    ],
)
def test_band_is_a_colour_an_icon_and_a_word(language, words):
    for band, word in zip(BANDS, words, strict=True):
        badge = render("{% band_badge key %}", key=band.key, language=language)
        assert f"band-{band.key}" in badge
        assert "<svg" in badge
        assert f"<span>{word}</span>" in badge


def test_band_that_is_none_is_unknown():
    assert "Not enough data" in render("{% band_badge None %}")


@pytest.mark.parametrize(
    ("sort", "link", "direction"),
    [
        ("name", "?owner=a&amp;sort=-mrr", ""),
        ("mrr", "?owner=a&amp;sort=-mrr", "ascending"),
        ("-mrr", "?owner=a&amp;sort=mrr", "descending"),
    ],
)
def test_head_sorts_keeps_filters_and_drops_the_page(sort, link, direction):
    head = render(
        '{% sort_head "mrr" "MRR" sort first="-" %}',
        path="/customers/?owner=a&at=xyz",
        sort=sort,
    )

    assert f'href="/customers/{link}"' in head
    assert (f'aria-sort="{direction}"' in head) == bool(direction)


def test_pager_leads_only_where_there_is_a_page():
    both = render("{% pager p %}", p=Page(rows=[1], previous="a", next="b"))
    none = render("{% pager p %}", p=Page(rows=[1]))

    assert ("at=a" in both, "at=b" in both) == (True, True)
    assert none.strip() == ""


def test_filters_keep_the_sort_and_can_be_cleared():
    form = render(
        "{% filters %}<input name=q>{% endfilters %}", path="/customers/?q=x&sort=-mrr"
    )

    assert '<input type="hidden" name="sort" value="-mrr">' in form
    assert 'href="/customers/"' in form


def test_card_escapes_its_title_and_keeps_its_content():
    card = render("{% card title=t %}<b>x</b>{% endcard %}", t="<i>")

    assert "<h2>&lt;i&gt;</h2>" in card
    assert "<b>x</b>" in card


def test_sparkline_says_what_it_shows():
    assert "<title>From 40 to 70.</title>" in render(
        "{% sparkline t %}", t=[40.2, None, 69.8]
    )
    assert "<title>まだ履歴がありません。</title>" in render(
        "{% sparkline t %}", t=[None], language="ja"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{% delta -4 %}', '<span class="delta delta-bad">−4</span>'),
        ('{% delta 0.2 %}', '<span class="delta delta-flat">±0</span>'),
        ('{% delta -4 better="down" %}', '<span class="delta delta-good">−4</span>'),
        (
            '{% delta 0.02 kind="ratio" %}',
            '<span class="delta delta-good">+2.0 pt</span>',
        ),
    ],
)  # fmt: skip
def test_delta_is_coloured_by_its_meaning(text, expected):
    assert render(text) == expected


def test_every_icon_named_in_a_template_exists():
    source = Path(banso.__path__[0])
    named = {band.icon for band in BANDS}
    for path in (*source.glob("web*/**/*.html"), *source.glob("web*/**/apps.py")):
        named.update(
            re.findall(r'(?:{% icon |icon=)"([a-z0-9-]+)"', path.read_text("utf-8"))
        )

    for name in named:
        load_icon(name)  # raises for an unknown one
