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
        "decided_later": ("未来の日時の意思は記録できません。", ""),
        "several_persons": (
            "メールアドレス {asked} の担当者が複数います: {ids}",
            "ID で指定してください。",
        ),
        "erasures_unreadable": (
            "{path} は消去の一覧として読めないか、新しい版の Banso が書いたものです。",
            "バックアップから戻すか、Banso を更新してください。",
        ),
        "already_erased": (
            "その ID またはメールアドレスの人は {on} に消去しました。",
            "再び取り込めるようにするには: `banso person readmit`",
        ),
        "nobody_erased": (
            "ID またはメールアドレスが {asked} の人は消去していません。",
            "",
        ),
        "erased_meanwhile": (
            "途中で担当者の消去がありました。何も公開していません。",
            "もう一度実行してください。",
        ),
        "collect_in_use": (
            "ライブイベントの記録が読み取り中です。",
            "もう一度実行してください。済んだところは保たれています。",
        ),
        "app_database_in_use": (
            "アプリのデータベースが絶えず読み取られています。",
            "もう一度実行してください。だめならサーバーを止めてから実行してください。",
        ),
        "not_confirmed": (
            "消去は元に戻せません。確認する相手がいないため、何もしていません。",
            "--preview で内容を確かめ、--yes を付けて実行してください。",
        ),
        "words_are_counted": (
            "指標 {metric} が使う {column} を、規則 retention.{rule} は空にします。",
            "指標からその列を外すか、{rule} を 'for ever' にしてください。",
        ),
        "retention_not_confirmed": (
            "取り除いたものは元に戻せません。まだ何もしていません。",
            "`banso retention preview` で確かめ、--yes を付けて実行してください。",
        ),
        "restore_under_way": (
            "{folder} への復元が、すでに進行中です。",
            "終わるまで待ってください。",
        ),
        "folder_not_empty": (
            "{folder} は空ではありません。",
            "空のフォルダーか、まだないフォルダーを指定してください。",
        ),
    }
)
