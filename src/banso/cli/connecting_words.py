"""Refusals and remarks about sources, in Japanese: sentence and hint by code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_CHECK: Final = "確かめるには: `banso connect check {source}`"

CONNECTING: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "sources_invalid": (
            "sources.yaml に誤りがあります。\n{listed}",
            "sources.yaml を直して、もう一度実行してください。",
        ),
        "source_unknown": (
            "接続先「{name}」は sources.yaml にありません。",
            "一覧を見るには: `banso connect list`",
        ),
        "secret_missing": (
            "秘密情報がありません: {place}",
            (
                "環境変数を設定するか、ファイルを置いてください"
                "（sources.yaml の env または file）。"
            ),
        ),
        "driver_missing": (
            "{kind} に接続するためのドライバーが入っていません。",
            "pip install '{extra}' でインストールしてください。",
        ),
        "source_unreachable": (
            "{source} に接続できません: {cause}",
            "アドレス、ユーザー、秘密情報を確かめてください。",
        ),
        "source_table_missing": (
            "{source} に、読めるテーブル {table} がありません: {cause}",
            "スキーマ名.テーブル名 と書き、ユーザーに読み取り権限を与えてください。",
        ),
        "source_column_missing": (
            "{source}: {table} に列「{column}」がありません。",
            _CHECK,
        ),
        "source_columns_missing": (
            (
                "{source}: テーブル {table} には {missing} が必要ですが、"
                "{theirs} の列は {known} です。"
            ),
            (
                "columns に対応を書いてください。案を見るには:"
                " `banso connect check {source}`"
            ),
        ),
        "cursor_unusable": (
            "{source}: {table} のカーソル「{column}」は使えません（{kind}）。",
            "日時・日付・整数の列を指定し、overlap の単位も合わせてください。",
        ),
        "source_failed": (
            "{source}: {table} の読み取りが途中で止まりました: {cause}",
            "もう一度読むと、取り込んだところから続きます。",
        ),
    }
)

CONNECTING_REMARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "source_column_new": (
            "{table} に新しい列「{column}」があります。これまでに読んだ行にも入れる"
            "には、--full ですべて読み直してください。"
        ),
        "source_column_gone": "{table} から列「{column}」がなくなりました。",
        "source_column_changed": (
            "{table} の列「{column}」の型が {before} から {now} に変わりました。"
        ),
        "source_shrunk": (
            "{table}: {before:,} 行のうち {left:,} 行がなくなっています。何も削除して"
            "いません。正しければ --full を付けて読んでください。"
        ),
    }
)
