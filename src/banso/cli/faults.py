"""Saying what was wrong with a row, in the language of the terminal."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from banso.cli.words import language
from banso.connectors.checks import form_to_map, says_only_whether
from banso.tables.registry import TABLES
from banso.tables.spec import Column

_SHOWN: Final = 80  # characters of a value in a sentence

_JAPANESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unparsable_date": "「{value}」は実在する日付ではありません"
        "（例: 2024-01-31）。",
        "unparsable_time": "「{value}」は実在する日時ではありません"
        "（例: 2024-01-31T09:30:00+09:00）。",
        "unparsable_number": "「{value}」は数値ではありません（例: 1200.5）。",
        "unparsable_flag": "「{value}」は true でも false でもありません。",
        "unparsable_json": "JSON として読めません: {value}",
        "missing_value": "空です。{table} のどの行にも必要です。",
        "wrong_choice": "「{value}」は使えません。使えるもの: {choices}",
        "unknown_customer": "顧客「{value}」がまだありません。"
        "その顧客を読み込むまで、この行は待ちます。",
        "negative_period": "終わり（{value}）が始まりより前です。",
        "negative_mrr": "MRR は負にできません（{value}）。"
        "返金は charges の行にしてください。",
        "duplicate_key": "キー「{value}」の行がほかにもあり、内容が違います。"
        "先の行を残しました。",
        "too_many_fields": "項目の数が見出しより多い行です。"
        "区切り文字を含む文字列は引用符で囲んでください。",
        "too_few_fields": "項目の数が見出しより少ない行です。途中で切れていませんか。",
        "too_long": "文字列が長すぎます: {value}",
    }
)


def fault_in_words(fault: Mapping[str, object]) -> str:
    """Return why a row was not taken in; a reason without a wording is said as kept.

    Parameters
    ----------
    fault
        A row of the quarantine: table, column, value, reason, detail.

    """
    sentence = _JAPANESE.get(str(fault["reason"])) if language() == "ja" else None
    if sentence is None:
        return str(fault["detail"])
    value = str(fault["value"] or "")
    column = _column_of(fault)
    filled = sentence.format(
        value=value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…",
        table=fault["table"],
        choices="、".join(column.choices if column else ()),
    )
    if column and says_only_whether(column.kind, value):
        return f"{filled}有無ではなく日付が必要です。まだ起きていなければ空欄にします。"
    form = form_to_map(column.kind, value) if column else ""
    if not form:
        return filled
    written = f"formats: {{{fault['column']}: '{form}'}}"
    return f"{filled}この形式なら、対応づけファイルに {written} と書けば読めます。"


def _column_of(fault: Mapping[str, object]) -> Column | None:
    spec = TABLES.get(str(fault["table"]))
    return spec.by_name.get(str(fault["column"])) if spec else None
