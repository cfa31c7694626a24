"""Who pays, who uses, who sells and who works here."""

from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

CUSTOMERS = TableSpec(
    name="customers",
    label=Label("顧客", "Customers"),
    grain=Label("契約主体となる企業または個人", "a company (or person) that pays"),
    time="created_on",
    columns=(
        Column("customer_id", Kind.TEXT, Label("顧客ID", "Customer ID"), key=True),
        Column("name", Kind.TEXT, Label("顧客名", "Name"), required=True),
        Column(
            "parent_id",
            Kind.TEXT,
            Label("親会社の顧客ID", "Customer ID of the parent company"),
        ),
        Column(
            "partner_id",
            Kind.TEXT,
            Label("販売パートナー", "Partner"),
            references="partners",
        ),
        Column("industry", Kind.TEXT, Label("業種", "Industry")),
        Column("country", Kind.TEXT, Label("国", "Country")),
        Column("size", Kind.TEXT, Label("規模", "Size")),
        Column("purpose", Kind.TEXT, Label("導入目的", "Purpose of adoption")),
        Column(
            "owner", Kind.TEXT, Label("担当CSM（メール）", "CSM in charge (e-mail)")
        ),
        Column(
            "touch",
            Kind.TEXT,
            Label("タッチモデル", "Touch model"),
            choices=("high", "low", "tech"),
        ),
        Column("created_on", Kind.DATE, Label("登録日", "Created on")),
    ),
)

CONTACTS = TableSpec(
    name="contacts",
    label=Label("担当者・利用者", "Contacts"),
    grain=Label("顧客側の一人", "a person at a customer"),
    time="created_on",
    span=("created_on", "left_on"),
    columns=(
        Column("contact_id", Kind.TEXT, Label("担当者ID", "Contact ID"), key=True),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            required=True,
            references="customers",
        ),
        Column("name", Kind.TEXT, Label("氏名", "Name")),
        Column("email", Kind.TEXT, Label("メール", "E-mail")),
        Column(
            "layer",
            Kind.TEXT,
            Label("階層", "Layer"),
            choices=("decision_maker", "administrator", "user", "beneficiary"),
        ),
        Column("role", Kind.TEXT, Label("役職・役割", "Role")),
        Column("locale", Kind.TEXT, Label("言語", "Locale")),
        Column("created_on", Kind.DATE, Label("登録日", "Created on")),
        Column("left_on", Kind.DATE, Label("離任日", "Left on")),
    ),
)

PARTNERS = TableSpec(
    name="partners",
    label=Label("販売パートナー", "Partners"),
    grain=Label("販売・支援を担う代理店", "an agency that sells or serves"),
    columns=(
        Column("partner_id", Kind.TEXT, Label("パートナーID", "Partner ID"), key=True),
        Column("name", Kind.TEXT, Label("名称", "Name"), required=True),
        Column("tier", Kind.TEXT, Label("ランク", "Tier")),
    ),
)

STAFF = TableSpec(
    name="staff",
    label=Label("自社メンバー", "Staff"),
    grain=Label("自社の一人", "a person of ours"),
    columns=(
        Column("email", Kind.TEXT, Label("メール", "E-mail"), key=True),
        Column("name", Kind.TEXT, Label("氏名", "Name")),
        Column(
            "role",
            Kind.TEXT,
            Label("役割", "Role"),
            choices=(
                "csm",
                "lead",
                "ops",
                "support",
                "sales",
                "product",
                "community",
                "executive",
            ),
        ),
        Column("left_on", Kind.DATE, Label("退職・異動日", "Left on")),
    ),
)
