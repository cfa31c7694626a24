"""Refusals about backups and personal data, in Japanese: sentence and hint by code."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

KEEPING: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "backup_exists": ("{path} はすでにあります。", "別の名前にしてください。"),
        "not_a_backup": (
            "{path} は Banso の完全なバックアップではありません。",
            "最後までコピーされていますか。別のバックアップも試してください。",
        ),
        "backup_damaged": (
            "{path} は書き出された後に変わっています。元のままではないもの: {why}",
            "別のバックアップを使ってください。",
        ),
        "backup_too_new": (
            "{path} は新しい版の Banso（{version}）で書かれています。",
            "Banso を更新してから戻してください。",
        ),
        "database_damaged": (
            "アプリのデータベース {path} が壊れています: {cause}",
            "以前のバックアップから戻してください。",
        ),
        "database_not_empty": (
            "アプリのデータベース {name} は空ではありません。",
            "BANSO_DATABASE_URL に空のデータベースを設定してください。",
        ),
        "other_database": (
            "バックアップは {there}、プロジェクトのデータベースは {here} です。",
            "BANSO_DATABASE_URL に、同じ種類の空のデータベースを設定してください。",
        ),
        "no_such_person": (
            "ID またはメールアドレスが {asked} の担当者はいません。",
            "一覧を見るには: `banso export contacts`",
        ),
        "several_persons": (
            "メールアドレス {asked} の担当者が複数います: {ids}",
            "ID で指定してください。",
        ),
        "folder_not_empty": (
            "{folder} は空ではありません。",
            "空のフォルダーか、まだないフォルダーを指定してください。",
        ),
    }
)
