"""What was tried: trials of plays, and who was in them by lot."""

from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

TRIALS = TableSpec(
    name="trials",
    label=Label("効果検証", "Trials"),
    grain=Label(
        "一部の顧客で施策を見送って効果を確かめる検証一件",
        "a trial of a play in which some customers are held out by lot",
    ),
    columns=(
        Column("trial_id", Kind.TEXT, Label("検証ID", "Trial ID"), key=True),
        Column("name", Kind.TEXT, Label("名称", "Name")),
        Column("signal", Kind.TEXT, Label("シグナル", "Signal")),
        Column("play", Kind.TEXT, Label("プレイブック", "Play")),
        Column(
            "outcome",
            Kind.TEXT,
            Label(
                "結果の指標（churn・expansion・contraction）",
                "Outcome (churn, expansion or contraction)",
            ),
            required=True,
        ),
        Column(
            "window_days",
            Kind.INTEGER,
            Label("観察期間（日）", "Window (days)"),
            required=True,
        ),
        Column(
            "share_held_out",
            Kind.NUMBER,
            Label("対照群の割合", "Share held out"),
            required=True,
        ),
        Column(
            "planned_per_arm",
            Kind.INTEGER,
            Label("計画した顧客数（小さい方の群）", "Customers planned, smaller arm"),
        ),
        Column(
            "smallest_effect",
            Kind.NUMBER,
            Label("見つけたい最小の効果", "Smallest effect of interest"),
        ),
        Column("strata", Kind.JSON, Label("層の列", "Columns of the strata")),
        Column("seed", Kind.INTEGER, Label("割付の種", "Seed of the draw")),
        Column("started_on", Kind.DATE, Label("開始日", "Started on"), required=True),
        Column(
            "stopped_on",
            Kind.DATE,
            Label("割付の効力が終わった日", "Day from which nobody is held out"),
        ),
        Column("guard_rails", Kind.JSON, Label("ガードレール指標", "Guard-rails")),
    ),
)

# Without a time of its own: being drawn is no trace of a customer's life.
TRIAL_ASSIGNMENTS = TableSpec(
    name="trial_assignments",
    label=Label("効果検証の割付", "Trial assignments"),
    grain=Label("検証に入った顧客一社", "a customer in a trial"),
    columns=(
        Column("trial_id", Kind.TEXT, Label("検証ID", "Trial ID"), key=True),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            key=True,
            references="customers",
        ),
        Column("assigned_on", Kind.DATE, Label("割付日", "Assigned on"), required=True),
        Column(
            "arm",
            Kind.TEXT,
            Label("群", "Arm"),
            required=True,
            choices=("treated", "held_out"),
        ),
        Column("stratum", Kind.TEXT, Label("層", "Stratum")),
        Column("position", Kind.INTEGER, Label("層内の順番", "Position in stratum")),
    ),
)
