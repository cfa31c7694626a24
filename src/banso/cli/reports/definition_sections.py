"""Sections of a report: what its figures mean, and which choices were made."""

from collections.abc import Sequence
from typing import Final

from banso.cli.reports.document import Section, Table
from banso.cli.reports.span import ReportSpan
from banso.definitions.revenue import Reading
from banso.kernel.labels import Label

FIGURES: Final[Sequence[tuple[Label, Label]]] = (
    (
        Label("MRR（月次経常収益）", "MRR, monthly recurring revenue"),
        Label(
            "月末に有効な契約明細の月額の合計。一時金や請求額は含みません。",
            "What the contract lines in force at the end of the month pay a month."
            " One-off fees and what was billed are not in it.",
        ),
    ),
    (
        Label("ARR（年次経常収益）", "ARR, annual recurring revenue"),
        Label("月末のMRRの12倍。", "Twelve times the MRR at the end of the month."),
    ),
    (
        Label("CMRR（確定MRR）", "CMRR, committed MRR"),
        Label(
            "MRRに、契約済みで未開始の契約を加え、解約申請のあった契約と合意済みの"
            "縮小を除いたもの。",
            "MRR with contracts that are signed and have not begun, and without those"
            " of which notice was given and what is agreed to shrink.",
        ),
    ),
    (
        Label("新規・復活", "New, reactivation"),
        Label(
            "月初に支払いがなく月末にある顧客のMRR。以前に支払っていた顧客は復活です。",
            "MRR of customers who paid nothing when the month began and do when it"
            " ends; reactivation when they paid at an earlier time.",
        ),
    ),
    (
        Label("拡大・縮小", "Expansion, contraction"),
        Label(
            "月初にも月末にも支払っている顧客の、MRRの増加と減少。",
            "What customers who pay before and after pay more, or less.",
        ),
    ),
    (
        Label("解約", "Churn"),
        Label(
            "月初に支払い、月末に支払っていない顧客のMRR。",
            "MRR of customers who paid when the month began and no longer do.",
        ),
    ),
    (
        Label("NRR（売上継続率）", "NRR, net revenue retention"),
        Label(
            "12か月前に支払っていた顧客の今のMRRを、その12か月前のMRRで割ったもの。"
            "拡大を含み、新しい顧客は含みません。",
            "What those who paid twelve months ago pay now, over what they paid then."
            " Expansion counts, new customers do not.",
        ),
    ),
    (
        Label("GRR（総売上維持率）", "GRR, gross revenue retention"),
        Label(
            "NRRから拡大を除いたもの。顧客ごとに12か月前のMRRを上限とし、100 %を"
            "超えません。",
            "NRR without expansion: each customer counts with no more than it paid"
            " twelve months ago. Never above 100 %.",
        ),
    ),
    (
        Label("顧客の継続率", "Logo retention"),
        Label(
            "12か月前に支払っていた顧客のうち、今も支払っている割合。",
            "The share of those who paid twelve months ago that still pay.",
        ),
    ),
    (
        Label("契約継続率", "Contract continuation"),
        Label(
            "更新期日を迎えた契約明細のうち、更新された割合。件数と金額で示します。",
            "Of the contract lines whose renewal fell due, the share that renewed, by"
            " count and by amount.",
        ),
    ),
    (
        Label("クイックレシオ", "Quick ratio"),
        Label(
            "MRRの増加（新規・拡大など）を減少（縮小・解約）で割ったもの。",
            "What was gained over what was lost to contraction and churn.",
        ),
    ),
)
CHOICES: Final = {
    "churn_at": Label("解約とする日", "When a contract stops counting"),
    "pause_days": Label("解約とみなさない中断", "Gaps that are none"),
    "free_plan": Label("無料プランへの変更", "Going down to a free plan"),
    "within_period": Label("期間内の動き", "Moves within a period"),
    "discounts": Label("値引き", "Discounts"),
    "currency_rate": Label("換算レート", "Rate of exchange"),
    "reactivation": Label("NRRでの復活の扱い", "Reactivation in NRR"),
    "contraction": Label("NRRでの縮小の扱い", "Contraction in NRR"),
    "quick_ratio": Label("クイックレシオ", "Quick ratio"),
}
assert set(CHOICES) == set(Reading.model_fields), "every choice has a name"


def definitions(span: ReportSpan) -> list[Section]:
    """Return the meaning of the figures, the choices behind them, and the rates."""
    found = [_figures(span), _choices(span)]
    rates = span.reading.reader.catalog.revenue.rates
    return [*found, _rates(span)] if rates else found


def _figures(span: ReportSpan) -> Section:
    return Section(
        span.say("数字の意味", "What the figures mean"),
        table=Table(
            (span.say("指標", "Figure"), span.say("意味", "Meaning")),
            [
                (name.in_language(span.language), meaning.in_language(span.language))
                for name, meaning in FIGURES
            ],
            words=2,
        ),
    )


def _choices(span: ReportSpan) -> Section:
    from banso.web.revenue.variants import meaning  # noqa: PLC0415  settings

    reader = span.reading.reader
    digest = reader.release.definitions_digest[:12]
    chosen = reader.catalog.revenue.standard.model_dump()
    return Section(
        span.say("選んだ数え方", "Choices made"),
        span.say(
            "会社によって分かれる点について、この会社が選んだ数え方です。"
            f"定義の版: {digest}。",
            "Where companies differ, this is how this one counts. Version of the"
            f" definitions: {digest}.",
        ),
        table=Table(
            (
                span.say("決めること", "Choice"),
                span.say("選んだ数え方", "How it is counted"),
            ),
            [
                (CHOICES[name].in_language(span.language), *meaning({name: value}))
                for name, value in chosen.items()
            ],
            words=2,
        ),
    )


def _rates(span: ReportSpan) -> Section:
    own = str(span.reading.note.get("currency"))
    rates = span.reading.reader.catalog.revenue.rates
    return Section(
        span.say("換算レート", "Rates of exchange"),
        span.say(
            f"1単位あたりの{own}。レートのない通貨は換算せず、別に示します。",
            f"{own} for one unit. A currency without a rate stands apart.",
        ),
        table=Table(
            (
                span.say("通貨", "Currency"),
                span.say("適用開始日", "In force since"),
                span.say("レート", "Rate"),
            ),
            [
                (each.currency, span.day(each.since), f"{each.rate.normalize():f}")
                for each in sorted(rates, key=lambda r: (r.currency, r.since))
            ],
            words=2,
        ),
    )
