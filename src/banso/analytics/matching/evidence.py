"""What tells that two customers are one: numbers, domains, ids, names."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from stdnum.jp import cn

# Mail for everybody: says nothing about who somebody works for.
FREE_MAIL: Final = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "yahoo.co.jp",
        "yahoo.com",
        "yahoo.ne.jp",
        "ymail.ne.jp",
        "outlook.com",
        "outlook.jp",
        "hotmail.com",
        "hotmail.co.jp",
        "live.jp",
        "live.com",
        "msn.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "proton.me",
        "protonmail.com",
        "gmx.com",
        "gmx.net",
        "gmx.de",
        "web.de",
        "mail.com",
        "zoho.com",
        "yandex.com",
        "mail.ru",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "daum.net",
        "docomo.ne.jp",
        "ezweb.ne.jp",
        "au.com",
        "softbank.ne.jp",
        "i.softbank.jp",
        "vodafone.ne.jp",
        "disney.ne.jp",
        "ymobile.ne.jp",
        "rakuten.jp",
        "uqmobile.jp",
        "nifty.com",
        "biglobe.ne.jp",
        "so-net.ne.jp",
        "ocn.ne.jp",
        "plala.or.jp",
        "dion.ne.jp",
        "excite.co.jp",
        "infoseek.jp",
        "goo.jp",
        "jcom.home.ne.jp",
        "jcom.zaq.ne.jp",
        "eonet.ne.jp",
        "asahi-net.or.jp",
        "hi-ho.ne.jp",
        "example.com",
        "example.jp",
        "example.org",
        "localhost",
    ]
)
# Pages that many companies have below one domain.
_SHARED: Final = frozenset(
    [
        "wixsite.com",
        "jimdofree.com",
        "jimdo.com",
        "weebly.com",
        "wordpress.com",
        "blogspot.com",
        "ameblo.jp",
        "facebook.com",
        "twitter.com",
        "x.com",
        "instagram.com",
        "linkedin.com",
        "note.com",
        "line.me",
        "shopify.com",
        "myshopify.com",
        "base.shop",
        "thebase.in",
        "stores.jp",
        "github.io",
        "sites.google.com",
        "google.com",
        "salesforce.com",
        "force.com",
        "hubspot.com",
        "herokuapp.com",
        "amazonaws.com",
        "azurewebsites.net",
        "kintone.com",
        "cybozu.com",
    ]
)
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class Identity:
    """What is known of who a customer is."""

    customer_id: str
    name: str
    number: str = ""  # 法人番号, 13 digits, its check digit right
    domains: frozenset[str] = frozenset()  # own ones, of mail and web
    ids: frozenset[str] = frozenset()  # in other systems, as "column=value"
    parent_id: str = ""


def corporate_number(text: str) -> str:
    """Return the 法人番号 in a text, or an empty text when it is none.

    13 digits of which the first checks the others; a leading T, as on invoices of
    Japan (インボイス登録番号), is taken off.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper().removeprefix("T")
    plain = re.sub(r"[\s-]", "", plain)
    return plain if len(plain) == 13 and cn.is_valid(plain) else ""


def own_domain(text: str) -> str:
    """Return the domain in an e-mail or web address, or an empty text.

    Those of mail for everybody and of shared pages are left out.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if "@" in plain:
        host = plain.rpartition("@")[2]
    else:
        try:
            host = urlsplit(plain if "//" in plain else f"//{plain}").hostname or ""
        except ValueError:
            return ""
    host = host.removeprefix("www.").strip(".")
    if not _HOST.fullmatch(host):
        return ""
    above = {host, ".".join(host.split(".")[-2:]), ".".join(host.split(".")[-3:])}
    return "" if above & (FREE_MAIL | _SHARED) else host
