"""Drivers as plain values, for programs."""

from collections.abc import Mapping
from dataclasses import asdict

from django.http import Http404

from banso.definitions.drivers import Question
from banso.kernel.labels import Label
from banso.runs.reading import Row
from banso.web.customers import queries as customers
from banso.web.drivers import words
from banso.web.drivers.findings import Findings
from banso.web.drivers.questions import find_question
from banso.webkit.permissions import Staff

Record = Mapping[str, object]


def list_drivers(stratum: str) -> list[Row]:
    """Return the elements of a stratum in the order of the page."""
    reader = customers.published_reader()
    if reader is None:
        return []
    rows = reader.findings("drivers", stratum=stratum)
    return sorted(rows, key=lambda row: (int(str(row["place"])), str(row["element"])))


def list_questions() -> list[Record]:
    """Return every question of the definitions, in their order."""
    reader = customers.published_reader()
    if reader is None:
        return []
    findings = Findings(reader)
    asked = reader.catalog.drivers.questions
    return [_question(question, findings) for question in asked]


def question(key: str, *, visible_to: Staff) -> Record:
    """Return one question in full; 404 when the definitions have none of that key."""
    found = customers.read_consistently(
        lambda release: _in_full(key, release, user=visible_to)
    )
    if found is None:
        raise Http404
    return found[1]


def _in_full(key: str, release: customers.PublishedRelease, *, user: Staff) -> Record:
    reader = customers.published_reader()
    findings = Findings(reader) if reader else None
    asked = find_question(findings, key) if findings else None
    if findings is None or asked is None:
        raise Http404
    exposed = findings.exposed_now(key)
    count = None
    if exposed is not None:
        count, _rows = customers.list_among(user, release, exposed, limit=0)
    return {
        **_question(asked, findings),
        "as_of": findings.reader.release.as_of,
        "where": asked.where,
        "when": asked.when or None,
        "after_days": asked.after_days,
        "within_days": asked.within_days,
        "exposed_now": count,
        "tests": [asdict(row) for row in findings.tests if row.question == key],
        "curves": [asdict(row) for row in findings.curves(key)],
    }


def _question(asked: Question, findings: Findings) -> Record:
    groups = (("exposed", asked.exposed), ("others", asked.others))
    return {
        "question": asked.key,
        "label": words.said(asked.label.label),
        "groups": {name: words.said(named.label) for name, named in groups},
        "conclusions": [
            {
                "outcome": row.outcome,
                "verdict": row.verdict,
                "text": words.said(Label(ja=row.ja, en=row.en)),
            }
            for row in findings.texts
            if row.question == asked.key
        ],
        "figures": [
            asdict(row) for row in findings.figures if row.question == asked.key
        ],
    }
