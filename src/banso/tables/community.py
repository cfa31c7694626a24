"""What the community does."""

from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

GATHERINGS = TableSpec(
    name="gatherings",
    label=Label("コミュニティイベント", "Community gatherings"),
    grain=Label("コミュニティの催し一回", "a community event"),
    time="held_on",
    columns=(
        Column(
            "gathering_id", Kind.TEXT, Label("イベントID", "Gathering ID"), key=True
        ),
        Column("held_on", Kind.DATE, Label("開催日", "Held on"), required=True),
        Column("title", Kind.TEXT, Label("名称", "Title")),
        Column("kind", Kind.TEXT, Label("種別", "Kind")),
        Column(
            "run_by",
            Kind.TEXT,
            Label("主催", "Run by"),
            choices=("us", "community", "partner"),
        ),
        Column(
            "organizer_contact_id",
            Kind.TEXT,
            Label("主催者の担当者ID", "Contact who organized it"),
        ),
    ),
)

PARTICIPATIONS = TableSpec(
    name="participations",
    label=Label("コミュニティ活動", "Participations"),
    grain=Label("コミュニティでの行動一件", "a community act"),
    time="occurred_at",
    columns=(
        Column(
            "participation_id", Kind.TEXT, Label("活動ID", "Participation ID"), key=True
        ),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            required=True,
            references="customers",
        ),
        Column("occurred_at", Kind.TIME, Label("日時", "Occurred at"), required=True),
        Column(
            "kind",
            Kind.TEXT,
            Label("種別", "Kind"),
            required=True,
            choices=(
                "attended",
                "spoke",
                "organized",
                "posted",
                "answered",
                "referred",
            ),
        ),
        Column("contact_id", Kind.TEXT, Label("担当者ID", "Contact ID")),
        Column(
            "gathering_id",
            Kind.TEXT,
            Label("イベントID", "Gathering ID"),
            references="gatherings",
        ),
    ),
)
