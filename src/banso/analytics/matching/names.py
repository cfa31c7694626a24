"""Names of companies as they compare: without form, width, script and old kanji."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

import jaconv
from kyujipy import BasicConverter

_FORMS: Final = (
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "相互会社",
    "特例有限会社",
    "一般社団法人",
    "公益社団法人",
    "一般財団法人",
    "公益財団法人",
    "特定非営利活動法人",
    "npo法人",
    "医療法人社団",
    "医療法人財団",
    "医療法人",
    "学校法人",
    "社会福祉法人",
    "宗教法人",
    "国立大学法人",
    "独立行政法人",
    "地方独立行政法人",
    "社会医療法人",
    "税理士法人",
    "弁護士法人",
    "監査法人",
    "協同組合",
)
_SHORT: Final = "株有同資名社財医学福宗独相特税弁"
# (株) as in ㈱, and カ) or (カ as bank statements write it
_BRACKETED: Final = re.compile(rf"\([{_SHORT}]\)|^(?:カ|ユ|ド)\)|\((?:カ|ユ|ド)\)?$")
_JAPANESE: Final = re.compile("|".join(sorted(_FORMS, key=len, reverse=True)))
_ROMAN: Final = re.compile(
    r"\b(?:k\.? ?k|g\.? ?k|kabushiki (?:kaisha|gaisha)|yugen (?:kaisha|gaisha)"
    r"|godo (?:kaisha|gaisha)|incorporated|inc|limited|ltd|corporation|corp|company|co"
    r"|llc|llp|lp|plc|gmbh|ag|kg|s\.?a\.?s|s\.?a\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|pty|pte"
    r"|oy|ab|aps)\b\.?"
)
_VARIANTS: Final = str.maketrans("髙﨑𠮷濵邉邊齋齊", "高崎吉浜辺辺斎斎")
_LONG: Final = "ーｰ‐‑‒–—―−－-~〜～"
_NOTHING: Final = re.compile(rf"[\W_{re.escape(_LONG)}]+")
_OLD: Final = BasicConverter()


@lru_cache(maxsize=300_000)
def comparable(name: str) -> str:
    """Return what a company's name is, however it is written.

    Width (NFKC), case, legal form wherever it stands, blanks, punctuation, hyphens and
    long vowels, hiragana or katakana, and old forms of kanji do not count. A name that
    is nothing but a form stays as it is.
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    text = text.translate(_VARIANTS)
    if not text.isascii():
        text = _OLD.kyujitai_to_shinjitai(text)
    bare = _JAPANESE.sub(" ", _BRACKETED.sub(" ", text))
    bare = _ROMAN.sub(" ", bare)
    plain = _NOTHING.sub("", jaconv.hira2kata(bare))
    return plain or _NOTHING.sub("", jaconv.hira2kata(text))
