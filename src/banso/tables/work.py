"""What we did about what signals told."""

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
