"""What people read for the figures of a reconciliation, on pages and in reports."""

from collections.abc import Mapping
from typing import Final

from banso.kernel.labels import Label

LABELS: Final[Mapping[str, Label]] = {
    "billed_total": Label("請求合計", "Billed in all"),
    "recurring": Label("定期課金の請求", "Recurring charges"),
    "usage": Label("従量課金", "Usage"),
    "one_off": Label("一時費用", "One-off"),
    "outcome": Label("成果報酬", "Outcome"),
    "discount": Label("値引き", "Discounts"),
    "refund": Label("返金", "Refunds"),
    "no_kind": Label("種別の記載なし", "No kind given"),
    "mrr": Label("月末のMRR", "MRR at month end"),
    "mid_month": Label("月途中の開始・終了", "Began or ended within the month"),
    "price_change": Label("月途中の価格変更", "Price changed within the month"),
    "several_months": Label("複数月分の請求", "Bills for several months"),
    "no_contract": Label("契約のない請求", "No contract on the day"),
    "not_billed": Label("未請求", "Not billed"),
    "other_amount": Label("契約と異なる金額", "Another amount than agreed"),
    "exchange": Label("為替差", "Rate of exchange"),
    "mrr_discount": Label("MRRから引いた値引き", "Discounts taken off MRR"),
    "unexplained": Label("説明できない差", "Unexplained"),
}
# What each component is, in one sentence.
MEANINGS: Final[Mapping[str, Label]] = {
    "mid_month": Label(
        "月の途中で始まった、または終わった契約明細。日割りの請求や、月末にはもうない契約の請求です。",
        "Lines that began or ended within the month: billed for some days, or for a"
        " contract that is over.",
    ),
    "price_change": Label(
        "月の途中で価格が変わり、請求額と月末の月額が異なる明細。",
        "Lines whose price changed within the month, so that charges are not the price"
        " at its end.",
    ),
    "several_months": Label(
        "年額など複数月分をまとめた請求。請求した月に残りの月の分が加わり、その後の月から1か月分ずつ引かれます。",
        "A year or quarter billed at once: the other months are added in the month of"
        " the bill, and taken off one by one.",
    ),
    "no_contract": Label(
        "請求日に有効な契約明細がない定期課金、または契約IDのない定期課金。",
        "Recurring charges on a day without a running line, or without a contract ID.",
    ),
    "not_billed": Label(
        "月末に有効で、その月に定期課金の請求がない明細。",
        "Lines that run at the end of the month without a recurring charge in it.",
    ),
    "other_amount": Label(
        "価格は変わっていないのに、請求額が契約と異なる明細（二重請求を含む）。",
        "Lines billed otherwise than agreed, though nothing changed; twice, for one.",
    ),
    "exchange": Label(
        "請求日のレートとMRRのレートの差。",
        "The rate of the day of the charge against the rate of MRR.",
    ),
    "mrr_discount": Label(
        "標準の読み方でMRRから差し引いた、請求時の値引き。",
        "Discounts as billed, which the standard reading takes off MRR.",
    ),
    "unexplained": Label(
        "どの理由にも当てはまらない差。通常は0です。",
        "What no reason accounts for; 0 unless something is wrong.",
    ),
}
