"""Looking in the lake for customers that may be one company."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

import ibis
import ibis.expr.types as ir

from banso.analytics.matching.candidates import Candidate, candidates
from banso.analytics.matching.evidence import Identity, corporate_number, own_domain
from banso.runs.project import Project
from banso.runs.results import lake_of, open_session
from banso.tables.registry import TABLES
from banso.tables.spec import Kind
from banso.warehouse.columns import MERGED_INTO
from banso.warehouse.manifest import TableVersion
from banso.warehouse.session import Session

# what the column of a corporate number, or of an address, is called
NUMBERS = (
    "corporate_number",
    "houjin_bangou",
    "hojin_bango",
    "法人番号",
    "登録番号",
    "インボイス登録番号",
)
ADDRESSES = (
    "domain",
    "website",
    "web",
    "url",
    "homepage",
    "email",
    "ドメイン",
    "ホームページ",
    "メール",
    "メールアドレス",
)
_READ = ("customers", "contacts")


def find_candidates(project: Project) -> tuple[Candidate, ...]:
    """Return the pairs of customers that may be one, the likeliest first."""
    with open_session(project, memory="1GB") as session:
        if not session.has("customers"):
            return ()
        return candidates(_identities(session))


def evidence_digest(project: Project) -> str:
    """Return what changes when another answer is possible; cheap to ask."""
    facts = lake_of(project).current().facts
    return "-".join(facts[name].digest for name in _READ if name in facts)


def _identities(session: Session) -> Iterator[Identity]:
    version = session.manifest.facts["customers"]
    own = _own_columns(version)
    numbers = [name for name in own if name in NUMBERS]
    addresses = [name for name in own if name in ADDRESSES]
    ids = [name for name in own if name.endswith("_id")]
    columns = ["customer_id", "name", "parent_id", *numbers, *addresses, *ids]
    rows = session.facts("customers").select(*columns).order_by("customer_id")
    mail = _mail_domains(session)
    for batch in session.batches(rows):
        for row in batch.to_pylist():
            yield _identity(row, numbers, addresses, ids, mail)


def _identity(
    row: Mapping[str, object],
    numbers: list[str],
    addresses: list[str],
    ids: list[str],
    mail: Mapping[str, set[str]],
) -> Identity:
    key = str(row["customer_id"])
    web = {own_domain(str(row[name])) for name in addresses if row[name]}
    known = [corporate_number(str(row[name])) for name in numbers if row[name]]
    return Identity(
        customer_id=key,
        name=str(row["name"] or ""),
        number=next(filter(None, known), ""),
        domains=frozenset(filter(None, web | mail.get(key, set()))),
        ids=frozenset(f"{name} {row[name]}" for name in ids if row[name]),
        parent_id=str(row["parent_id"] or ""),
    )


def _own_columns(version: TableVersion) -> list[str]:
    spec = TABLES["customers"]
    wanted = {Kind.TEXT, Kind.INTEGER}
    return [
        name
        for name, kind in version.columns.items()
        if name not in spec.by_name and kind in wanted and name != MERGED_INTO
    ]


def _mail_domains(session: Session) -> Mapping[str, set[str]]:
    """Return the own domains of each customer's contacts."""
    found: dict[str, set[str]] = defaultdict(set)
    if not session.has("contacts"):
        return found
    contacts = session.facts("contacts")
    if "email" not in session.manifest.facts["contacts"].columns:
        return found
    domain = contacts.email.lower().re_extract("@([^@]+)$", 1)
    pairs = contacts.select("customer_id", domain=domain).distinct()
    for batch in session.batches(pairs.filter(_has_text(pairs.domain))):
        for row in batch.to_pylist():
            found[row["customer_id"]].add(own_domain(f"@{row['domain']}"))
    return found


def _has_text(column: ir.StringColumn) -> ir.BooleanValue:
    return column != ibis.literal("")
