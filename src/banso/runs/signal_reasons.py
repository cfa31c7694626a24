"""Why signals are open, in words: one column of texts for many customers at once."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from banso.analytics.signals.reasons import MISSING, Form, value_in_words
from banso.definitions.signals import PLACEHOLDER, Signal
from banso.kernel.labels import Language

LANGUAGES: tuple[Language, ...] = ("ja", "en")


def reasons_in_words(
    signal: Signal, values: pa.Table, forms: Mapping[str, Form]
) -> Mapping[Language, pa.Array]:
    """Return the reason of a signal for each row, its placeholders filled.

    Parameters
    ----------
    signal
        A signal.
    values
        (k rows) what its placeholders had on the date on which it opened, one column
        for each; null is "–".
    forms
        From `forms_of`.

    Returns
    -------
    Mapping
        k texts (string, not null) in each language.

    """
    said = {name: _said(values[name], forms[name]) for name in signal.told}
    return {
        language: _filled(
            signal.reason.label.in_language(language),
            {name: texts[language] for name, texts in said.items()},
            values.num_rows,
        )
        for language in LANGUAGES
    }


def _said(values: pa.ChunkedArray, form: Form) -> Mapping[Language, pa.Array]:
    """Return values in words; each different one is worded once."""
    coded = values.combine_chunks().dictionary_encode()
    worded = [value_in_words(value, form) for value in coded.dictionary.to_pylist()]
    return {
        language: pc.fill_null(
            pa.array([each.in_language(language) for each in worded], pa.string()).take(
                coded.indices
            ),
            MISSING,
        )
        for language in LANGUAGES
    }


def _filled(template: str, said: Mapping[str, pa.Array], count: int) -> pa.Array:
    """Return a template with a column of words in each of its placeholders."""
    # Every second piece is the name of a placeholder.
    pieces = [
        said[piece] if number % 2 else pa.scalar(piece)
        for number, piece in enumerate(PLACEHOLDER.split(template))
    ]
    if not said:
        return pa.repeat(template, count)
    return pc.binary_join_element_wise(*pieces, "")
