"""What customers say and ask, and when we talk."""

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
_OCCURRED_AT = Column(
    "occurred_at", Kind.TIME, Label("日時", "Occurred at"), required=True
)

TICKETS = TableSpec(
    name="tickets",
    label=Label("問い合わせ", "Tickets"),
    grain=Label("サポート案件一件", "a support case"),
    time="opened_at",
    span=("opened_at", "closed_at"),
    columns=(
        Column("ticket_id", Kind.TEXT, Label("問い合わせID", "Ticket ID"), key=True),
        _CUSTOMER,
        Column("opened_at", Kind.TIME, Label("受付日時", "Opened at"), required=True),
        Column("closed_at", Kind.TIME, Label("完了日時", "Closed at")),
        _CONTACT,
        Column(
            "kind",
            Kind.TEXT,
            Label("種別", "Kind"),
            choices=(
                "question",
                "bug",
                "feature",
                "improvement",
                "discount",
                "cancellation",
                "other",
            ),
        ),
        Column("priority", Kind.TEXT, Label("優先度", "Priority")),
        Column("text", Kind.TEXT, Label("内容", "Text"), free_text=True),
    ),
)

INTERACTIONS = TableSpec(
    name="interactions",
    label=Label("接点", "Interactions"),
    grain=Label("自社と顧客の接触一回", "a contact between staff and customer"),
    time="occurred_at",
    columns=(
        Column(
            "interaction_id", Kind.TEXT, Label("接点ID", "Interaction ID"), key=True
        ),
        _CUSTOMER,
        _OCCURRED_AT,
        _CONTACT,
        Column(
            "channel",
            Kind.TEXT,
            Label("手段", "Channel"),
            choices=("visit", "call", "meeting", "mail", "webinar", "chat", "in_app"),
        ),
        Column(
            "initiative",
            Kind.TEXT,
            Label("きっかけ", "Initiative"),
            choices=("ours", "theirs"),
        ),
        Column("staff", Kind.TEXT, Label("自社担当者", "Member of staff")),
        Column("minutes", Kind.NUMBER, Label("時間（分）", "Minutes")),
        Column("note", Kind.TEXT, Label("メモ", "Note"), free_text=True),
    ),
)

RESPONSES = TableSpec(
    name="responses",
    label=Label("アンケート回答", "Survey responses"),
    grain=Label("アンケートへの回答一件", "an answer to a survey"),
    time="occurred_at",
    columns=(
        Column("response_id", Kind.TEXT, Label("回答ID", "Response ID"), key=True),
        _CUSTOMER,
        _OCCURRED_AT,
        Column(
            "survey",
            Kind.TEXT,
            Label(
                "調査（nps・csat・ces・独自）", "Survey (nps, csat, ces or your own)"
            ),
            required=True,
        ),
        Column("score", Kind.NUMBER, Label("点数", "Score"), required=True),
        _CONTACT,
        Column("comment", Kind.TEXT, Label("コメント", "Comment"), free_text=True),
        Column("about", Kind.TEXT, Label("対象", "About")),
    ),
)

REQUESTS = TableSpec(
    name="requests",
    label=Label("要望", "Requests"),
    grain=Label("要望・不満・称賛一件", "a wish, complaint or praise"),
    time="occurred_at",
    columns=(
        Column("request_id", Kind.TEXT, Label("要望ID", "Request ID"), key=True),
        _CUSTOMER,
        _OCCURRED_AT,
        Column(
            "text",
            Kind.TEXT,
            Label("内容", "Text"),
            required=True,
            free_text=True,
        ),
        _CONTACT,
        Column(
            "kind",
            Kind.TEXT,
            Label("種別", "Kind"),
            choices=("feature", "improvement", "discount", "bug", "praise"),
        ),
        Column("theme", Kind.TEXT, Label("テーマ", "Theme")),
        Column("status", Kind.TEXT, Label("状態", "Status")),
    ),
)
