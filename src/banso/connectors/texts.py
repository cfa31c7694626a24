"""Texts of Python as a column of Arrow."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa


def text_array(values: Sequence[str | None]) -> pa.Array:
    """Return `values` as an array of texts.

    The same as ``pa.array(values, pa.string())`` in a tenth of the time: all texts are
    joined and encoded at once, and the places of their ends computed by numpy.
    """
    missing = None in values
    texts = [value or "" for value in values]
    joined = "".join(texts)
    content = _encoded(joined)
    lengths = map(len, texts)
    if len(content) != len(joined):
        lengths = map(len, map(_encoded, texts))
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum(np.fromiter(lengths, np.int64, len(texts)), out=offsets[1:])
    return pa.Array.from_buffers(
        pa.large_string(),
        len(texts),
        [
            _validity(values) if missing else None,
            pa.py_buffer(offsets),
            pa.py_buffer(content),
        ],
    )


def _encoded(text: str) -> bytes:
    # JSON can have half of a surrogate pair, which is no text.
    return text.encode(errors="replace")


def _validity(values: Sequence[str | None]) -> pa.Buffer:
    present = np.fromiter((value is not None for value in values), bool, len(values))
    return pa.py_buffer(np.packbits(present, bitorder="little"))
