"""The options of a choice among many."""

from banso.webkit.options import options_html


def test_only_the_chosen_one_is_selected_and_names_are_escaped():
    found = options_html([("a", "田中"), ("b", "R&D <b>"), ('"', "quote")], "b")

    assert found == (
        '<option value="a">田中</option>'
        '<option value="b" selected>R&amp;D &lt;b&gt;</option>'
        '<option value="&quot;">quote</option>'
    )


def test_nothing_is_selected_when_nothing_is_chosen():
    assert "selected" not in options_html([("", "All"), ("a", "A")], None)
