"""What customers do and what it brings them."""

from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

_CUSTOMER = Column(
    "customer_id",
    Kind.TEXT,
    Label("顧客ID", "Customer ID"),
    required=True,
    references="customers",
)
_CONTACT = Column("contact_id", Kind.TEXT, Label("担当者ID", "Contact ID"))

EVENTS = TableSpec(
    name="events",
    label=Label("利用イベント", "Product events"),
    grain=Label("利用者が製品で行った操作", "something a user did in the product"),
    time="occurred_at",
    derived_key=True,
    columns=(
        Column("event_id", Kind.TEXT, Label("イベントID", "Event ID"), key=True),
        Column(
            "occurred_at", Kind.TIME, Label("発生日時", "Occurred at"), required=True
        ),
        _CUSTOMER,
        Column("name", Kind.TEXT, Label("イベント名", "Name"), required=True),
        _CONTACT,
        Column("value", Kind.NUMBER, Label("値", "Value")),
        Column("properties", Kind.JSON, Label("属性（JSON）", "Properties (JSON)")),
    ),
)

MILESTONES = TableSpec(
    name="milestones",
    label=Label("導入ステップ", "Onboarding milestones"),
    grain=Label("オンボーディングの一段階", "a step of onboarding"),
    time="reached_on",
    columns=(
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            key=True,
            references="customers",
        ),
        Column("milestone", Kind.TEXT, Label("ステップ", "Milestone"), key=True),
        Column("planned_on", Kind.DATE, Label("予定日", "Planned on")),
        Column("reached_on", Kind.DATE, Label("到達日", "Reached on")),
        _CONTACT,
    ),
)

OUTCOMES = TableSpec(
    name="outcomes",
    label=Label("成果", "Outcomes"),
    grain=Label(
        "顧客自身の成功指標の一時点の値",
        "a value of the customer's own measure of success",
    ),
    time="occurred_at",
    columns=(
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            key=True,
            references="customers",
        ),
        Column("measure", Kind.TEXT, Label("成果指標", "Measure"), key=True),
        Column("occurred_at", Kind.TIME, Label("測定日時", "Occurred at"), key=True),
        Column("value", Kind.NUMBER, Label("値", "Value"), required=True),
        Column("target", Kind.NUMBER, Label("目標値", "Target")),
        Column("unit", Kind.TEXT, Label("単位", "Unit")),
    ),
)
