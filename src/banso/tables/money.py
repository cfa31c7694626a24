"""What was agreed, billed, sold and spent."""

from banso.kernel.labels import Label
from banso.tables.spec import Column, Kind, TableSpec

SUBSCRIPTIONS = TableSpec(
    name="subscriptions",
    label=Label("契約", "Subscriptions"),
    grain=Label(
        "契約明細一行が一つの価格で続いた期間",
        "one span of one contract line at one price",
    ),
    time="started_on",
    span=("started_on", "ended_on"),
    columns=(
        Column(
            "subscription_id", Kind.TEXT, Label("契約ID", "Subscription ID"), key=True
        ),
        Column("started_on", Kind.DATE, Label("開始日", "Started on"), key=True),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            required=True,
            references="customers",
        ),
        Column(
            "ended_on",
            Kind.DATE,
            Label("終了日（空欄は継続中）", "Ended on (empty = running)"),
        ),
        Column(
            "mrr",
            Kind.MONEY,
            Label(
                "月次経常収益（値引き後）",
                "Recurring revenue per month, discounts taken off",
            ),
            required=True,
        ),
        Column("currency", Kind.TEXT, Label("通貨", "Currency")),
        Column("product", Kind.TEXT, Label("製品", "Product")),
        Column("plan", Kind.TEXT, Label("プラン", "Plan")),
        Column(
            "revenue_model",
            Kind.TEXT,
            Label("課金方式", "Revenue model"),
            choices=("flat", "seat", "tiered", "usage", "hybrid", "outcome", "one_off"),
        ),
        Column("seats", Kind.INTEGER, Label("契約席数", "Seats bought")),
        Column("term_months", Kind.INTEGER, Label("契約期間（月）", "Term in months")),
        Column("renews_on", Kind.DATE, Label("契約更新日", "Renews on")),
        Column("signed_on", Kind.DATE, Label("契約締結日", "Signed on")),
        Column("cancelled_on", Kind.DATE, Label("解約申請日", "Notice given on")),
        Column("ended_reason", Kind.TEXT, Label("終了理由", "Reason for the end")),
    ),
)

CHARGES = TableSpec(
    name="charges",
    label=Label("請求", "Charges"),
    grain=Label("請求一件", "an amount billed"),
    time="charged_on",
    columns=(
        Column("charge_id", Kind.TEXT, Label("請求ID", "Charge ID"), key=True),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            required=True,
            references="customers",
        ),
        Column("charged_on", Kind.DATE, Label("請求日", "Charged on"), required=True),
        Column("amount", Kind.MONEY, Label("金額", "Amount"), required=True),
        Column("currency", Kind.TEXT, Label("通貨", "Currency")),
        Column(
            "kind",
            Kind.TEXT,
            Label("種別", "Kind"),
            choices=("recurring", "usage", "one_off", "outcome", "discount", "refund"),
        ),
        Column("product", Kind.TEXT, Label("製品", "Product")),
        Column("quantity", Kind.NUMBER, Label("数量", "Quantity")),
        Column("subscription_id", Kind.TEXT, Label("契約ID", "Subscription ID")),
    ),
)

DEALS = TableSpec(
    name="deals",
    label=Label("商談", "Deals"),
    grain=Label("商談一件", "a sales opportunity"),
    time="opened_on",
    span=("opened_on", "closed_on"),
    columns=(
        Column("deal_id", Kind.TEXT, Label("商談ID", "Deal ID"), key=True),
        Column("opened_on", Kind.DATE, Label("開始日", "Opened on"), required=True),
        Column(
            "customer_id",
            Kind.TEXT,
            Label("顧客ID", "Customer ID"),
            references="customers",
        ),
        Column("prospect", Kind.TEXT, Label("見込み客名", "Name of the prospect")),
        Column("closed_on", Kind.DATE, Label("完了日", "Closed on")),
        Column("won", Kind.FLAG, Label("受注", "Won")),
        Column(
            "motion",
            Kind.TEXT,
            Label("商談の種類", "Motion"),
            choices=("new", "upsell", "cross_sell", "renewal"),
        ),
        Column("mrr", Kind.MONEY, Label("月次経常収益", "MRR")),
        Column("currency", Kind.TEXT, Label("通貨", "Currency")),
        Column(
            "partner_id",
            Kind.TEXT,
            Label("販売パートナー", "Partner"),
            references="partners",
        ),
        Column(
            "referred_by_contact_id",
            Kind.TEXT,
            Label("紹介者の担当者ID", "Contact who referred the deal"),
        ),
    ),
)

COSTS = TableSpec(
    name="costs",
    label=Label("費用", "Costs"),
    grain=Label("ある月に使った費用", "money spent in a month"),
    time="month",
    columns=(
        Column(
            "month", Kind.DATE, Label("月（初日）", "Month (its first day)"), key=True
        ),
        Column(
            "kind",
            Kind.TEXT,
            Label("種別", "Kind"),
            key=True,
            choices=("staff", "serving", "acquisition", "programme"),
        ),
        Column("amount", Kind.MONEY, Label("金額", "Amount"), required=True),
        Column("currency", Kind.TEXT, Label("通貨", "Currency")),
        Column(
            "customer_id",
            Kind.TEXT,
            Label(
                "顧客ID（全社の費用は空欄）", "Customer ID (empty = the whole company)"
            ),
            key=True,
            references="customers",
            may_be_empty=True,
        ),
        Column(
            "touch",
            Kind.TEXT,
            Label("タッチモデル（空欄可）", "Touch model (may be empty)"),
            key=True,
            choices=("high", "low", "tech"),
            may_be_empty=True,
        ),
    ),
)
