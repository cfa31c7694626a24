"""The translations are complete, and are found where templates hide them."""

import pytest
from django.core.management import call_command

from banso.site import messages


def test_everything_that_is_said_is_said_in_japanese():
    assert messages.faults() == []


def test_migrations_are_up_to_date(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% translate "A b." %}', ("A b.", "", "")),
        ("{% translate 'It\\'s' as x %}", ("It's", "", "")),
        ('{% translate "Up 5%" %}', ("Up 5%%", "", "")),
        ('{% translate "Auto" context "theme" %}', ("Auto", "", "theme")),
        ('{{ x|default:_("None") }}', ("None", "", "")),
        ('{% tag _("In a tag") %}', ("In a tag", "", "")),
        (
            "{% blocktranslate %}Hi {{ name }}, 5%{% endblocktranslate %}",
            ("Hi %(name)s, 5%%", "", ""),
        ),
        (
            "{% blocktranslate count n=1 %}1{% plural %}{{ n }}{% endblocktranslate %}",
            ("1", "%(n)s", ""),
        ),
        (
            "{% blocktranslate trimmed %}\n  a\n  b\n{% endblocktranslate %}",
            ("a b", "", ""),
        ),
    ],
)
def test_message_of_a_template_is_found(tmp_path, monkeypatch, template, found):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    path = tmp_path / "x.html"
    path.write_text(template, encoding="utf-8")

    (each,) = messages.found_in([path])

    assert (each.message, each.plural, each.context) == found


def test_message_of_python_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    path = tmp_path / "x.py"
    path.write_text('_("a"); ngettext("b", "bs", n); pgettext("c", "d"); other("e")')

    found = [(f.message, f.plural, f.context) for f in messages.found_in([path])]

    assert found == [("a", "", ""), ("b", "bs", ""), ("d", "", "c")]
