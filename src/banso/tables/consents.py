"""What people at customers let us use their data for."""

from banso.kernel.consent import Purpose
from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

# The contact is not looked up: a refusal counts for somebody not loaded yet, too.
CONSENTS = TableSpec(
    name="consents",
    label=Label("同意", "Consents"),
    grain=Label(
        "一人がひとつの利用目的について示した意思一回",
        "a decision of a contact on one purpose; the latest one counts",
    ),
    time="decided_at",
    derived_key=True,
    columns=(
        Column("consent_id", Kind.TEXT, Label("同意ID", "Consent ID"), key=True),
        Column("contact_id", Kind.TEXT, Label("担当者ID", "Contact ID"), required=True),
        Column(
            "purpose",
            Kind.TEXT,
            Label("利用目的", "Purpose"),
            required=True,
            choices=tuple(Purpose),
        ),
        Column(
            "decided_at",
            Kind.TIME,
            Label("意思を示した日時", "Decided at"),
            required=True,
        ),
        Column(
            "granted",
            Kind.FLAG,
            Label("同意する（false は拒否・撤回）", "Allowed (false: refused)"),
            required=True,
        ),
        Column(
            "basis",
            Kind.TEXT,
            Label("根拠", "Basis"),
            choices=("consent", "contract", "legitimate_interest", "legal_obligation"),
        ),
        Column(
            "source",
            Kind.TEXT,
            Label("確認した場所・方法", "Where or how it was said"),
        ),
        Column("reason", Kind.TEXT, Label("理由", "Reason"), free_text=True),
        Column("staff", Kind.TEXT, Label("記録した人（メール）", "Recorded by")),
    ),
)
