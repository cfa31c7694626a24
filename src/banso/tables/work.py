"""What we did about what signals told, and what we decided of customers."""

from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

ACTIONS = TableSpec(
    name="actions",
    label=Label("対応", "Actions"),
    grain=Label("対応一件", "something that somebody of ours did or decided"),
    time="occurred_at",
    columns=(
        Column("action_id", Kind.TEXT, Label("対応ID", "Action ID"), key=True),
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
                "play_started",
                "step_done",
                "play_finished",
                "play_stopped",
                "delegated",
                "snoozed",
                "dismissed",
                "reopened",
                "task_done",
                "handed_over",
            ),
        ),
        Column("play", Kind.TEXT, Label("プレイブック", "Play")),
        Column("signal", Kind.TEXT, Label("シグナル", "Signal")),
        Column(
            "opened_on",
            Kind.DATE,
            Label("シグナルの発生日", "Day on which the signal opened"),
        ),
        Column("step", Kind.TEXT, Label("ステップ", "Step of the play")),
        Column("staff", Kind.TEXT, Label("自社担当者", "Member of staff")),
        Column("minutes", Kind.NUMBER, Label("時間（分）", "Minutes")),
        Column(
            "result",
            Kind.TEXT,
            Label(
                "結果（プレイブックの結果、委任先、再開日、見送りの理由など）",
                "Result (of the play; to whom, until when, or why)",
            ),
        ),
        Column("note", Kind.TEXT, Label("メモ", "Note")),
    ),
)

ASSIGNMENTS = TableSpec(
    name="assignments",
    label=Label("担当・タッチモデルの割り当て", "Assignments"),
    grain=Label(
        "顧客のタッチモデルまたは担当CSMを決めた一回",
        "a decision on a customer's touch model or CSM",
    ),
    time="assigned_on",
    columns=(
        Column(
            "assignment_id", Kind.TEXT, Label("割り当てID", "Assignment ID"), key=True
        ),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            required=True,
            references="customers",
        ),
        Column(
            "assigned_on",
            Kind.DATE,
            Label("有効になる日", "Holds from"),
            required=True,
        ),
        Column(
            "until",
            Kind.DATE,
            Label("最終日（空欄は期限なし）", "Last day (empty = for good)"),
        ),
        Column(
            "touch",
            Kind.TEXT,
            Label(
                "タッチモデル（空欄は変更なし）",
                "Touch model (empty = left as it is)",
            ),
            choices=("high", "low", "tech"),
        ),
        Column(
            "owner",
            Kind.TEXT,
            Label(
                "担当CSM（メール、空欄は変更なし）",
                "CSM in charge (e-mail, empty = left as it is)",
            ),
        ),
        Column(
            "kind",
            Kind.TEXT,
            Label("種別", "Kind"),
            choices=("accepted", "override"),
        ),
        Column("why", Kind.TEXT, Label("理由", "Reason")),
        Column("staff", Kind.TEXT, Label("決めた人（メール）", "Decided by (e-mail)")),
    ),
)
