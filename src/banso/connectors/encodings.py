"""Which encoding a text file is in: UTF-8 or Shift_JIS, strictly."""

import codecs
from pathlib import Path

from banso.connectors.files import opened
from banso.kernel.errors import BansoError

_BLOCK = 1 << 20
_SAMPLE = 1 << 20
_MARKS = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a packed file (an Excel workbook?)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"PAR1": "Parquet",
    b"\x1f\x8b": "gzip",
}
_HINT = (
    "Save it as UTF-8 (in Excel: 'CSV UTF-8'), or name its encoding in a mapping"
    " file, e.g. 'encoding: cp1252'."
)


class WrongEncoding(BansoError):
    """Refuse a text file that is in neither of the two encodings."""

    code = "wrong_encoding"


def encoding_of(path: Path) -> str:
    """Return the codec of a text file: ``utf-8-sig``, ``utf-8`` or ``cp932``.

    The whole file is read: one byte near its end may decide, and a load must not fail
    half-way. Shift_JIS is taken only when the text also reads like Japanese, because
    most Western texts happen to be valid in it.

    Raises
    ------
    WrongEncoding
        Neither fits; the message names the first byte that is not UTF-8.

    """
    with opened(path) as (content, _):
        start = content.read(4)
    for mark, what in _MARKS.items():
        if start.startswith(mark):
            raise _refusal(
                path, f"it is {what}, not a text in UTF-8", cause="marked", kind=what
            )
    if start.startswith(codecs.BOM_UTF8):
        _check(path, "utf-8")
        return "utf-8-sig"
    fault = _first_fault(path, "utf-8")
    if fault is None:
        return "utf-8"
    if not _is_shift_jis(path):
        raise _not_utf8(path, *fault)
    return "cp932"


def check_encoding(path: Path, encoding: str) -> None:
    """Raise `WrongEncoding` when the file is not in the encoding that was named."""
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise _refusal(
            path,
            f"there is no encoding called {encoding!r}",
            cause="no_such_encoding",
            encoding=encoding,
        ) from error
    _check(path, encoding)


def _check(path: Path, encoding: str) -> None:
    fault = _first_fault(path, encoding)
    if fault is not None:
        position, byte = fault
        raise _refusal(
            path,
            f"byte {position:,} (0x{byte:02x}) is not valid in {encoding}",
            cause="invalid_byte",
            position=position,
            byte=byte,
            encoding=encoding,
        )


def _not_utf8(path: Path, position: int, byte: int) -> WrongEncoding:
    return _refusal(
        path,
        "it is neither UTF-8 nor Shift_JIS; the first byte that does not fit UTF-8 is"
        f" byte {position:,} (0x{byte:02x})",
        cause="neither_encoding",
        position=position,
        byte=byte,
    )


def _refusal(path: Path, what: str, **facts: object) -> WrongEncoding:
    return WrongEncoding(
        f"{path} cannot be read: {what}.", hint=_HINT, path=str(path), **facts
    )


def _first_fault(path: Path, encoding: str) -> tuple[int, int] | None:
    """Return position (from 0) and value of the first byte that does not fit."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    before = 0  # bytes before the block
    with opened(path) as (content, _):
        while True:
            block = content.read(_BLOCK)
            pending = len(decoder.getstate()[0])
            nul = block.find(b"\0") if "16" not in encoding else -1
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                at = before - pending + error.start
                return at, error.object[error.start]
            if nul >= 0:
                return before + nul, 0
            if not block:
                return None
            before += len(block)


def _is_shift_jis(path: Path) -> bool:
    if _first_fault(path, "cp932") is not None:
        return False
    with opened(path) as (content, _):
        foreign = 0
        japanese = 0
        kana = 0
        while foreign < _SAMPLE and (lines := content.readlines(_BLOCK)):
            text = b"".join(lines)
            if text.isascii():
                continue
            found = _counts(text.decode("cp932"))
            foreign += found[0]
            japanese += found[1]
            kana += found[2]
            if kana * 2 > found[0] and _decodes(text, "euc_jp"):
                return False  # each EUC-JP character reads as two half-width kana
    return japanese * 2 >= foreign


def _counts(text: str) -> tuple[int, int, int]:
    """Count characters beyond ASCII, those usual in Japanese, and half-width kana.

    Accented Western letters read as rare kanji (JIS level 2) or as single half-width
    kana, so neither counts as usual; runs of half-width kana do.
    """
    foreign = japanese = kana = 0
    was_kana = False
    for character in text:
        is_kana = "｡" <= character <= "ﾟ"
        if character > "\x7f":
            foreign += 1
            if is_kana:
                kana += 1
                japanese += 1 if was_kana else 0
            elif character.encode("cp932")[0] <= 0x98:
                japanese += 1
        was_kana = is_kana
    return foreign, japanese, kana


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
