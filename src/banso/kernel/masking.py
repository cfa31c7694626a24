"""Finding persons who were erased by digests of what they were called."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

REMOVED: Final = "[erased]"  # what a text says in place of what named a person
EMAIL: Final = r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
SHORTEST_NAME: Final = 2  # signs; a shorter one is in too many texts
SHORTEST_ID: Final = 6  # within a text; a shorter one could be any number
_LONGEST_VALUE: Final = 64  # characters; a longer one may say anything
EMAIL_ALONE: Final = re.compile(EMAIL)
_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:@+-]*")
_EDGES: Final = "'._%+-"
_MANY_DIGITS: Final = re.compile(r"\d(?:[ ()+-]?\d){6,}")
_SOUND_MARKS: Final = "ﾞﾟ"  # of half-width kana: one sign with the one before
# Names of values that say who somebody is, whatever they hold.
_TELLING_NAMES: Final = """
    name first_name last_name full_name given_name family_name nickname username login
    email mail e_mail phone tel telephone mobile fax ip ip_address address street zip
    postal_code user_agent device_id advertising_id idfa latitude longitude lat lng lon
    birthday birthdate birth_date date_of_birth gender user_id userid anonymous_id
    session_id token avatar photo picture url path referrer search query
    氏名 名前 姓 名 電話 電話番号 携帯 メール メールアドレス 住所 生年月日 性別
"""
_TELLING: Final = frozenset(_TELLING_NAMES.split())
_BIG: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Called:
    """Digests of what one erased person was called, under one key."""

    key: bytes
    contacts: frozenset[str]  # IDs
    emails: frozenset[str]
    customers: frozenset[str]  # whose rows may name the person
    names: frozenset[tuple[int, str]]  # length of the plain name, and its digest
    devices: frozenset[str]  # IDs under which a client sent before it knew whom


_Of = Callable[[Called], frozenset[str]]


class Mask:
    """Tells what is about an erased person, and takes it out of texts.

    Parameters
    ----------
    called
        Everybody who was erased. Digests say nothing to who does not know the key, and
        to who does only what they are asked about.

    """

    def __init__(self, called: Sequence[Called]) -> None:
        self._called = tuple(called)
        self._keys = tuple(sorted({each.key for each in called}))

    def is_contact(self, contact_id: object) -> bool:
        """Return whether somebody with this ID was erased."""
        return self._is("contact", contact_id, lambda each: each.contacts)

    def is_email(self, email: object) -> bool:
        """Return whether somebody with this e-mail was erased."""
        return self._is("email", email, lambda each: each.emails)

    def is_customer(self, customer_id: object) -> bool:
        """Return whether somebody of this customer was erased."""
        return self._is("customer", customer_id, lambda each: each.customers)

    def is_device(self, anonymous_id: object) -> bool:
        """Return whether a client of somebody erased sent under this ID."""
        return self._is("device", anonymous_id, lambda each: each.devices)

    def text(self, text: str, *, customer_id: str | None) -> str:
        """Return a text without what names anybody erased.

        E-mails go wherever they are; names, and IDs of six signs or more, only in what
        is about the person's customer: elsewhere they may be somebody else's.
        """
        kept = EMAIL_ALONE.sub(self._without_email, text) if "@" in text else text
        here = [c for c in self._called if _in(c, "customer", customer_id, c.customers)]
        if not here:
            return kept
        kept = _TOKEN.sub(
            lambda found: REMOVED if _is_id(here, found[0]) else found[0], kept
        )
        return _without_names(kept, here)

    def json(self, text: str, *, customer_id: str | None) -> str:
        """Return a JSON text without what names anybody erased."""
        try:
            value = json.loads(text)
        except ValueError:
            return self.text(text, customer_id=customer_id)
        kept = self.value(value, customer_id=customer_id)
        return text if kept == value else json.dumps(kept, ensure_ascii=False)

    def value(self, value: object, *, customer_id: str | None) -> object:
        """Return a JSON-like value without what names anybody erased."""
        if isinstance(value, dict):
            return {
                self.text(key, customer_id=customer_id): self.value(
                    inside, customer_id=customer_id
                )
                for key, inside in value.items()
            }
        if isinstance(value, list):
            return [self.value(each, customer_id=customer_id) for each in value]
        if isinstance(value, str):
            return self.text(value, customer_id=customer_id)
        return value

    def own_json(self, text: str, *, customer_id: str | None) -> str | None:
        """Return of the person's own JSON what says nothing of who it is."""
        try:
            value = json.loads(text)
        except ValueError:
            return None
        kept = self.own_value("", value, customer_id=customer_id)
        return None if kept is None else json.dumps(kept, ensure_ascii=False)

    def own_value(self, name: str, value: object, *, customer_id: str | None) -> object:
        """Return a value of the person's own, or None when it may say who it is.

        Numbers and short words stay, such as a plan or the kind of a button. What goes
        are values with a telling name, e-mails, telephone numbers and longer texts.
        """
        if _BIG.sub("_", name).lower().replace("-", "_").replace(" ", "_") in _TELLING:
            return None
        if isinstance(value, dict):
            said = {
                key: self.own_value(key, inside, customer_id=customer_id)
                for key, inside in value.items()
                if self.text(key, customer_id=customer_id) == key
            }
            return {key: inside for key, inside in said.items() if inside is not None}
        if isinstance(value, list):
            within = [self.own_value("", v, customer_id=customer_id) for v in value]
            return [each for each in within if each is not None]
        if isinstance(value, str):
            return value if self._is_harmless(value, customer_id) else None
        return value

    def _is_harmless(self, value: str, customer_id: str | None) -> bool:
        if len(value) > _LONGEST_VALUE or "@" in value or _MANY_DIGITS.search(value):
            return False
        if self.is_contact(value) or self.is_device(value):
            return False
        return self.text(value, customer_id=customer_id) == value

    def _is(self, kind: str, value: object, of: _Of) -> bool:
        if not isinstance(value, str) or not value:
            return False
        digests = {key: digest_of(key, kind, value) for key in self._keys}
        return any(digests[each.key] in of(each) for each in self._called)

    def _without_email(self, found: re.Match[str]) -> str:
        whole = found[0]
        bare = whole.strip(_EDGES)
        for said in (whole, bare):
            if self.is_email(said):
                return whole.replace(said, REMOVED)
        return whole


def digest_of(key: bytes, kind: str, said: str) -> str:
    """Return what stands for an ID, e-mail or name in a list of those erased."""
    if kind == "email":
        said = said.lower()
    content = f"{kind}\x1f{said}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(content, key=key, digest_size=16).hexdigest()


def plain_name(name: str) -> str:
    """Return a name as it is compared: without spaces, case and width of its signs."""
    return "".join(plain for plain, _start, _end in _signs(name))


def name_pattern(name: str) -> str:
    """Return a pattern (RE2) that finds at least the texts which have a name."""
    return r"[\s\x{3000}\x{A0}]*".join(map(_sign_pattern, plain_name(name)))


def _in(of: Called, kind: str, said: str | None, digests: frozenset[str]) -> bool:
    return bool(said) and digest_of(of.key, kind, str(said)) in digests


def _is_id(here: Sequence[Called], token: str) -> bool:
    bare = token.rstrip(".:-+")
    return len(bare) >= SHORTEST_ID and any(
        _in(of, "contact", said, of.contacts) for of in here for said in {token, bare}
    )


def _without_names(text: str, here: Sequence[Called]) -> str:
    signs = list(_signs(text))
    plain = "".join(sign for sign, _start, _end in signs)
    spans = sorted(
        (signs[first][1], signs[last][2])
        for of in here
        for length in {length for length, _digest in of.names}
        for first, last in _places(plain, length, of)
        if _is_apart(text, signs[first][1], signs[last][2])
    )
    kept, at = [], 0
    for start, end in spans:
        if start >= at:
            kept += [text[at:start], REMOVED]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def _places(plain: str, length: int, of: Called) -> Iterator[tuple[int, int]]:
    for first in range(len(plain) - length + 1):
        said = plain[first : first + length]
        if (length, digest_of(of.key, "name", said)) in of.names:
            yield first, first + length - 1


def _is_apart(text: str, start: int, end: int) -> bool:
    """Return whether no letter of a longer word stands beside a part of a text."""
    before = text[start - 1 : start] + text[start : start + 1]
    after = text[end - 1 : end] + text[end : end + 1]
    return not any(
        len(pair) > 1 and pair.isascii() and pair.isalnum() for pair in (before, after)
    )


def _signs(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the plain signs of a text, each with the place of what it stands for."""
    at = 0
    while at < len(text):
        end = at + 1
        if end < len(text) and text[end] in _SOUND_MARKS:
            end += 1
        for sign in _plain(text[at:end]):
            yield sign, at, end
        at = end


@lru_cache(maxsize=4096)
def _plain(cluster: str) -> str:
    plain = unicodedata.normalize("NFKC", cluster).casefold()
    return "".join(sign for sign in plain if not sign.isspace())


def _sign_pattern(sign: str) -> str:
    ways = {sign, sign.upper(), sign.title(), *_wide_and_half().get(sign, ())}
    return f"(?:{'|'.join(sorted(map(re.escape, ways)))})"


@lru_cache(maxsize=1)
def _wide_and_half() -> dict[str, set[str]]:
    """Return the signs of other widths by the plain sign that they stand for."""
    found: dict[str, set[str]] = {}
    for sign in map(chr, range(0xFF00, 0xFFEF)):
        for cluster in (sign, *(sign + mark for mark in _SOUND_MARKS)):
            if len(plain := _plain(cluster)) == 1:
                found.setdefault(plain, set()).add(cluster)
    return found
