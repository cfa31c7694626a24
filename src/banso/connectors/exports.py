"""What the columns of common exports are called: data for proposing a mapping."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Names = tuple[str, ...]


@dataclass(frozen=True)
class Export:
    """The export of one product, and the table that it fills.

    Names are compared without case, blanks and punctuation, as `normal_name` has them.
    """

    product: str
    table: str
    signs: tuple[Names, ...]  # of each, one column has to be there
    columns: Mapping[str, Names]  # ours: theirs, the first that is there
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    monthly: Mapping[str, str] = field(default_factory=dict)  # ours: their interval
    attributes: bool = True
    remark: str = ""


# How many months a billing interval has; a week is 7 of 30.4375 days.
MONTHS: Mapping[str, float] = MappingProxyType(
    {
        "month": 1,
        "monthly": 1,
        "quarter": 3,
        "year": 12,
        "yearly": 12,
        "annual": 12,
        "week": 0.23,
    }
)

_STRIPE_SUBSCRIPTION_SIGNS = (("current_period_end_utc", "current_period_end"), ("id",))

EXPORTS: tuple[Export, ...] = (
    Export(
        "Stripe subscriptions",
        "customers",
        (*_STRIPE_SUBSCRIPTION_SIGNS, ("customer_email", "customer_description")),
        {
            "customer_id": ("customer_id",),
            "name": ("customer_name", "customer_email", "customer_description"),
        },
        attributes=False,
    ),
    Export(
        "Stripe subscriptions",
        "subscriptions",
        _STRIPE_SUBSCRIPTION_SIGNS,
        {
            "subscription_id": ("id",),
            "customer_id": ("customer_id",),
            "started_on": (
                "start_date_utc",
                "start_utc",
                "start_date",
                "created_utc",
                "created",
            ),
            "ended_on": ("ended_at_utc", "ended_at"),
            "cancelled_on": ("canceled_at_utc", "canceled_at"),
            "renews_on": ("current_period_end_utc", "current_period_end"),
            "mrr": ("amount", "plan_amount"),
            "currency": ("currency", "plan_currency"),
            "product": ("product",),
            "plan": ("plan",),
            "seats": ("quantity",),
        },
        monthly={"mrr": "interval"},
        remark="Amount is per Interval; discounts are not taken off.",
    ),
    Export(
        "Stripe charges",
        "charges",
        (("seller_message", "amount_refunded"), ("id",), ("amount",)),
        {
            "charge_id": ("id",),
            "customer_id": ("customer_id",),
            "charged_on": ("created_date_utc", "created_utc", "created"),
            "amount": ("amount",),
            "currency": ("currency",),
        },
        remark="Failed and refunded charges are in this export too: leave them out.",
    ),
    Export(
        "Salesforce opportunities",
        "deals",
        (("stage", "stage_name"), ("close_date",)),
        {
            "deal_id": ("opportunity_id", "id"),
            "customer_id": ("account_id",),
            "prospect": ("account_name", "opportunity_name", "name"),
            "opened_on": ("created_date",),
            "closed_on": ("close_date",),
            "won": ("won", "is_won"),
        },
    ),
    Export(
        "Salesforce accounts",
        "customers",
        (("account_id", "id"), ("account_name", "name"), ("account_owner", "owner_id")),
        {
            "customer_id": ("account_id", "id"),
            "name": ("account_name", "name"),
            "parent_id": ("parent_account_id", "parent_id"),
            "industry": ("industry",),
            "country": ("billing_country",),
            "size": ("employees", "number_of_employees"),
            "owner": ("account_owner_email", "account_owner", "owner_id"),
            "created_on": ("created_date",),
        },
    ),
    Export(
        "HubSpot companies",
        "customers",
        (("record_id", "company_id"), ("company_name",)),
        {
            "customer_id": ("record_id", "company_id"),
            "name": ("company_name",),
            "industry": ("industry",),
            "country": ("country_region", "country"),
            "size": ("number_of_employees",),
            "owner": ("company_owner",),
            "created_on": ("create_date",),
        },
    ),
    Export(
        "Zendesk tickets",
        "tickets",
        (
            ("id", "ticket_id"),
            ("requester", "requester_id"),
            ("created_at", "ticket_created", "requested"),
        ),
        {
            "ticket_id": ("id", "ticket_id"),
            "customer_id": (
                "organization_id",
                "organization",
                "ticket_organization_id",
            ),
            "opened_at": ("created_at", "ticket_created", "requested"),
            "closed_at": ("solved_at", "ticket_solved"),
            "contact_id": ("requester_id", "requester"),
            "kind": ("type", "ticket_type"),
            "priority": ("priority", "ticket_priority"),
            "text": ("subject", "ticket_subject"),
        },
        values={
            "kind": {
                "question": "question",
                "incident": "bug",
                "problem": "bug",
                "task": "other",
                "-": "",
            }
        },
    ),
    Export(
        "Intercom users",
        "contacts",
        (("user_id",), ("company_id",), ("signed_up", "last_seen")),
        {
            "contact_id": ("user_id",),
            "customer_id": ("company_id",),
            "name": ("name",),
            "email": ("email",),
            "created_on": ("signed_up",),
        },
    ),
    Export(
        "PostHog events",
        "events",
        (("uuid",), ("distinct_id",), ("event",)),
        {
            "event_id": ("uuid",),
            "occurred_at": ("timestamp",),
            "customer_id": ("group_0", "distinct_id"),
            "name": ("event",),
            "contact_id": ("distinct_id",),
            "properties": ("properties",),
        },
        remark="Without groups, each person is taken for a customer.",
    ),
    Export(
        "Segment tracks",
        "events",
        (("anonymous_id",), ("event",), ("received_at", "timestamp")),
        {
            "event_id": ("id", "message_id"),
            "occurred_at": ("timestamp", "received_at"),
            "customer_id": ("context_group_id", "group_id", "user_id"),
            "name": ("event",),
            "contact_id": ("user_id",),
            "properties": ("properties",),
        },
        remark="Without groups, each person is taken for a customer.",
    ),
)

# Other names of our columns, whatever the table. Labels in Japanese and English, and
# the names themselves, are added by `banso.connectors.proposals`.
SYNONYMS: Mapping[str, Names] = MappingProxyType(
    {
        "customer_id": (
            "顧客番号",
            "顧客コード",
            "取引先id",
            "取引先コード",
            "得意先コード",
            "会社id",
            "企業id",
            "法人id",
            "company_id",
            "account_id",
            "client_id",
            "organization_id",
            "org_id",
            "tenant_id",
            "workspace_id",
        ),
        "started_on": (
            "契約開始日",
            "利用開始日",
            "start_date",
            "started_at",
            "contract_start",
        ),
        "ended_on": (
            "契約終了日",
            "解約日",
            "終了日",
            "end_date",
            "ended_at",
            "contract_end",
        ),
        "cancelled_on": (
            "解約申込日",
            "canceled_at",
            "cancelled_at",
            "cancellation_date",
        ),
        "renews_on": (
            "更新日",
            "契約更新日",
            "次回更新日",
            "renewal_date",
            "renews_at",
        ),
        "signed_on": ("契約日", "締結日", "signed_date"),
        "mrr": ("月額", "月額料金", "月額利用料", "monthly_fee", "monthly_price"),
        "currency": ("通貨コード", "currency_code"),
        "product": ("商品", "商品名", "製品名", "サービス", "product_name"),
        "plan": ("プラン名", "料金プラン", "plan_name"),
        "seats": (
            "席数",
            "id数",
            "ライセンス数",
            "アカウント数",
            "licenses",
            "quantity",
        ),
        "term_months": ("契約期間", "契約月数", "term"),
        "subscription_id": ("契約番号", "契約コード", "contract_id", "contract_number"),
        "charge_id": ("請求番号", "請求書番号", "invoice_id", "payment_id"),
        "charged_on": ("請求月", "請求年月日", "invoice_date", "billing_date"),
        "amount": ("請求金額", "請求額", "total"),
        "owner": ("担当", "担当者", "担当csm", "csm", "account_owner", "owner_email"),
        "industry": ("業界",),
        "country": ("国名", "国コード", "country_code"),
        "size": ("従業員数", "企業規模", "employees", "company_size"),
        "purpose": ("利用目的", "目的"),
        "touch": ("タッチ", "touch_model"),
        "created_on": (
            "作成日",
            "作成日時",
            "登録日時",
            "created_at",
            "created_date",
            "created",
        ),
        "contact_id": ("利用者id", "ユーザーid", "担当者番号", "user_id", "person_id"),
        "email": ("メールアドレス", "email_address"),
        "role": ("役職", "job_title", "title"),
        "opened_at": (
            "問い合わせ日時",
            "問い合わせ日",
            "起票日時",
            "created_at",
            "opened",
        ),
        "closed_at": (
            "完了日",
            "クローズ日時",
            "解決日時",
            "解決日",
            "resolved_at",
            "solved_at",
        ),
        "ticket_id": (
            "チケットid",
            "チケット番号",
            "問い合わせ番号",
            "case_number",
            "case_id",
        ),
        "text": ("件名", "問い合わせ内容", "本文", "subject", "description", "body"),
        "priority": ("優先順位",),
        "occurred_at": (
            "日付",
            "発生日",
            "対応日時",
            "対応日",
            "回答日時",
            "回答日",
            "timestamp",
            "event_time",
            "created_at",
            "time",
        ),
        "note": ("議事録", "備考", "内容", "notes"),
        "channel": ("接触方法", "対応方法"),
        "staff": ("対応者", "自社担当"),
        "score": ("スコア", "評価", "rating"),
        "survey": ("アンケート", "アンケート名", "survey_name"),
        "comment": ("自由記述", "自由回答", "feedback"),
        "prospect": ("見込み客", "会社名"),
        "opened_on": ("商談開始日", "created_date", "created_at"),
        "closed_on": ("受注日", "close_date", "closed_at"),
        "deal_id": ("案件id", "商談番号", "opportunity_id"),
        "partner_id": ("代理店id", "代理店コード", "販売店コード"),
    }
)
# What the bare words mean, by table.
BY_TABLE: Mapping[str, Mapping[str, Names]] = MappingProxyType(
    {
        "customers": {
            "customer_id": ("id", "コード"),
            "name": (
                "会社名",
                "企業名",
                "社名",
                "取引先名",
                "得意先名",
                "法人名",
                "company",
                "company_name",
                "account_name",
                "customer_name",
                "organization",
            ),
        },
        "contacts": {
            "contact_id": ("id",),
            "name": ("担当者名", "利用者名", "ユーザー名", "full_name"),
        },
        "events": {
            "name": ("event", "event_name", "action", "イベント", "操作"),
            "event_id": ("id",),
        },
        "partners": {"name": ("代理店名", "パートナー名"), "partner_id": ("id",)},
        "staff": {"name": ("名前",)},
    }
)
