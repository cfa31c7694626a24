"""Saying refusals and remarks of the core in the language of the terminal."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from banso.cli.connecting_words import CONNECTING, CONNECTING_REMARKS
from banso.cli.engine_words import ENGINES
from banso.cli.keeping_words import KEEPING
from banso.cli.options import meant_project, to_type
from banso.cli.words import language, program
from banso.kernel.errors import BansoError
from banso.kernel.remarks import Remark

Facts = Mapping[str, object]
Sentence = str | Callable[[Facts], str]

_COMMAND = re.compile(r"`banso ([^`]+)`")


@dataclass(frozen=True)
class Wording:
    """One refusal in Japanese; ``{name}`` stands for a fact of the error."""

    message: Sentence
    hint: Sentence = ""

    def filled(self, facts: Facts) -> tuple[str, str]:
        """Return sentence and hint with the facts in them."""
        return _filled(self.message, facts), _filled(self.hint, facts)


def explained(error: BansoError) -> tuple[str, str]:
    """Return the sentence and the hint of a refusal, for the reader of the terminal.

    Commands in hints are as they can be typed here. A code without a wording here is
    one of the web's, whose own wording is used when Django is ready; else English.
    """
    message, hint = error.message, error.hint
    if language() == "ja":
        wording = JAPANESE.get(error.code)
        if wording is not None:
            message, hint = wording.filled(error.facts)
        else:
            message = _as_in_the_web(error)
    return message, _COMMAND.sub(_typed, hint)


def said(remark: Remark) -> str:
    """Return a remark in the language of the terminal."""
    sentence = REMARKS.get(remark.code) if language() == "ja" else None
    return _filled(sentence, remark.facts) if sentence else remark.message


def _filled(sentence: Sentence, facts: Facts) -> str:
    return sentence.format(**facts) if isinstance(sentence, str) else sentence(facts)


def _typed(match: re.Match[str]) -> str:
    project = meant_project.get()
    command = match.group(1)
    if project is None or command.startswith("init"):
        return f"{program()} {command}"
    return to_type(project, command)


def _as_in_the_web(error: BansoError) -> str:
    if "django.apps" in sys.modules:
        from django.apps import apps  # noqa: PLC0415  only when it is loaded anyhow

        if apps.ready:
            from banso.webkit.refusals import refusal_text  # noqa: PLC0415  likewise

            return refusal_text(error)
    return error.message


def _listed(names: object) -> str:
    assert isinstance(names, Iterable)
    return "、".join(map(str, names))


def _nearest_or(otherwise: str) -> Callable[[Facts], str]:
    """Return a hint with the name that was probably meant, or another hint."""

    def hint(facts: Facts) -> str:
        near = facts.get("near")
        return f"「{near}」のことですか？" if near else _filled(otherwise, facts)

    return hint


def _nearest_or_known(facts: Facts) -> str:
    return _nearest_or(f"使えるもの: {_listed(facts['known'])}")(facts)


_OTHER_FILES: Final[Mapping[str, str]] = {
    ".xlsx": "シートごとに「CSV UTF-8」で保存し、それを読み込んでください。",
    ".xls": "シートごとに「CSV UTF-8」で保存し、それを読み込んでください。",
    ".json": "1行に1オブジェクトずつ書き、名前を .jsonl にしてください。",
    ".tsv": "名前を .csv にしてください。タブ区切りも読めます。",
    ".zip": "先に展開してください。",
}
_ROWS_END_IN: Final = "読める形式: .csv、.csv.gz、.parquet、.jsonl、.jsonl.gz"


def _other_file(facts: Facts) -> str:
    return _OTHER_FILES.get(str(facts["ending"]), _ROWS_END_IN)


def _wrong_encoding(facts: Facts) -> str:
    path, encoding = facts["path"], facts.get("encoding")
    if facts["cause"] == "no_such_encoding":
        return f"{path} を読めません: 「{encoding}」という文字コードはありません。"
    if facts["cause"] == "marked":
        return f"{path} を読めません: UTF-8 の文字列ではなく {facts['kind']} です。"
    place = f"{facts['position']:,} バイト目（0x{facts['byte']:02x}）"
    if facts["cause"] == "invalid_byte":
        return f"{path} を読めません: {place}は {encoding} として正しくありません。"
    return (
        f"{path} を読めません: UTF-8 でも Shift_JIS でもありません。"
        f"UTF-8 として最初に合わないのは {place}です。"
    )


def _not_exportable_hint(facts: Facts) -> str:
    if not facts["near"] and not facts["was_run"]:
        return "結果は `banso run` のあとにできます。"
    return _nearest_or_known(facts)


def _nobody_there_hint(facts: Facts) -> str:
    if facts["first"]:
        return f"最初の契約または記録は {facts['first']} です。"
    return (
        "いつから顧客かが分かりません。各契約の開始日（と終了日）の入った"
        " `subscriptions` か、`events` を読み込んでください。"
    )


def _issues(facts: Facts) -> str:
    return f"対応づけファイル {facts['path']} に誤りがあります。\n{facts['listed']}"


def _nothing_to_load(facts: Facts) -> str:
    notes = facts["notes"]
    assert isinstance(notes, Iterable)
    return " ".join(["読み込めるテーブルがありません。", *map(said, notes)])


def _unreadable(facts: Facts) -> str:
    refusal = facts["refusal"]
    assert isinstance(refusal, BansoError)
    return explained(refusal)[0]


def _project_faults(facts: Facts) -> str:
    faults = facts["faults"]
    assert isinstance(faults, Iterable)
    return f"{facts['path']} に誤りがあります: {'; '.join(map(str, faults))}"


def _bad_draft(facts: Facts) -> str:
    place = f" の{facts['line']}行目" if facts.get("line") else " "
    sentence = f"{facts['path']}{place}に誤りがあります: {facts['fault']}"
    return f"{sentence}. {facts['advice']}" if facts.get("advice") else sentence


_RUN: Final = "`banso run` で計算してください。"

JAPANESE: Final[Mapping[str, Wording]] = MappingProxyType(
    {
        # projects and settings
        "not_a_project": Wording(
            "{folder} は Banso のプロジェクトではありません"
            "（banso.toml がありません）。",
            "`banso init DIR` で作るか、--project DIR で場所を指定してください。",
        ),
        "project_exists": Wording(
            "{folder} はすでにプロジェクトです。",
            "そのまま使うか、別のフォルダーを選んでください。",
        ),
        "project_file_invalid": Wording(
            _project_faults, "{path} を直して、もう一度実行してください。"
        ),
        "project_folder_unusable": Wording(
            "{folder} に書き込めません: {cause}", "パスと権限を確かめてください。"
        ),
        "no_project_named": Wording(
            "環境変数 BANSO_PROJECT がありません。",
            "プロジェクトのフォルダーを BANSO_PROJECT に設定するか、"
            "`banso serve` を使ってください。",
        ),
        # the demonstration
        "not_made_up": Wording("「{company}」は実データなので、社数は選べません。"),
        "unknown_demo_company": Wording(
            "「{key}」というデモ会社はありません。", _nearest_or_known
        ),
        "unknown_example": Wording(
            "「{name}」という例はありません。", _nearest_or_known
        ),
        "example_missing": Wording(
            "例「{name}」のファイルが見つかりません。", "置き場所: {folder}"
        ),
        # files
        "path_missing": Wording(
            "{path} には何もありません。",
            _nearest_or("データのフォルダーか、ファイルを1つ指定してください。"),
        ),
        "not_a_table_file": Wording(
            "{path} は表のファイルではありません。", _other_file
        ),
        "no_single_file": Wording(
            "{path} はフォルダーです。--table は1つのファイルに使います。",
            "ファイルを指定するか、--table を外してください。",
        ),
        "unknown_table": Wording(
            "「{table}」というテーブルはありません。", _nearest_or_known
        ),
        "file_unreadable": Wording(
            "{path} を読めません: {cause}", "パスと権限を確かめてください。"
        ),
        "file_not_whole": Wording(
            "{path} は {kind} ファイルとして最後まで読めません: {cause}",
            "コピーが途中で切れていませんか。今回は何も取り込んでいません。",
        ),
        "quote_never_closed": Wording(
            "{path} の {line:,} 行目付近: 引用符で始まった文字列が閉じていません。",
            '閉じるか、文字としての引用符なら2つ重ねて（""）ください。',
        ),
        "wrong_encoding": Wording(
            _wrong_encoding,
            "UTF-8（Excel なら「CSV UTF-8」）で保存し直すか、対応づけファイルに"
            " encoding: cp1252 のように書いてください。",
        ),
        "nothing_to_load": Wording(
            _nothing_to_load,
            "ファイル名をテーブル名にしてください（customers.csv など）: {tables}",
        ),
        "mapping_exists": Wording(
            "{path} はすでにあります。",
            "別の場所に移してから、もう一度実行してください。",
        ),
        "mapping_invalid": Wording(
            _issues, "{path} を直して、もう一度実行してください。"
        ),
        "mapping_does_not_fit": Wording(
            "{file}: 対応づけにある列「{column}」がファイルにありません。",
            lambda facts: f"ファイルの列: {_listed(facts['headers'])}",
        ),
        "staged_refused": Wording(
            "テーブル {table} の列 {column} を取り込めません。",
            "対応づけファイルで別の列名にしてください。",
        ),
        "columns_missing": Wording("テーブル {table} には {missing} が必要です。"),
        "cursor_invalid": Wording("カーソルが、この一覧のものではありません。"),
        # the lake
        "disk_full": Wording(
            "{folder} のディスクに空きがありません。何も変更していません。",
            "空きを作ってから、同じ操作をしてください。",
        ),
        "lake_busy": Wording(
            "別のプロセスが {folder} に書き込んでいます。",
            "終わるのを待って、もう一度実行してください。",
        ),
        "lake_damaged": Wording(
            "データ置き場のファイル {path} がないか、壊れています。",
            "バックアップから戻してください。",
        ),
        "unknown_lake_format": Wording(
            "データ置き場の形式 {found} は、この版の Banso では読めません。",
            "Banso を更新してください。",
        ),
        "no_such_version": Wording("指定された版はデータ置き場にありません。", _RUN),
        "no_such_definitions": Wording("その版の定義は公開されていません。"),
        "no_such_table": Wording("「{table}」というテーブルはありません。"),
        "no_such_result": Wording("結果「{result}」はまだありません。", _RUN),
        "bad_file_name": Wording("「{name}」は定義ファイルの名前に使えません。"),
        "release_gone": Wording("指定された結果は、もう残っていません。", _RUN),
        # definitions
        "definitions_faulty": Wording(
            "定義に誤りが {count} 件あります。最初のもの: {first}",
            "`banso check` ですべて確かめられます。",
        ),
        "definitions_unreadable": Wording(
            "公開中の定義を読めません。",
            "定義を直し、`banso apply` で公開してください。",
        ),
        "bad_expression": Wording(
            "{column} 文字目: {found} は使えません。", "使えるもの: {allowed}"
        ),
        "no_such_health_model": Wording("ヘルスモデル「{model}」はありません。"),
        "weights_not_writable": Wording(
            "「{model}」の重みを health.yaml に書き込めません。",
            "YAML の別名（アンカー）などが原因かもしれません。手で書いてください。",
        ),
        "already_in_force": Wording("この定義はすでに公開されています。"),
        "definitions_moved": Wording(
            "その間に、別の定義が公開されました。",
            "内容を見て、改めて判断してください。",
        ),
        "folder_differs": Wording(
            "{folder} の定義が、公開中のものと違います。",
            "`banso apply` で公開するか、元に戻してから、もう一度実行してください。",
        ),
        "folder_not_writable": Wording(
            "{folder} に書き込めません: {cause}",
            "ファイルを手で置き、`banso apply` を実行してください。",
        ),
        # running and reading results
        "nothing_loaded": Wording(
            "顧客がまだありません。",
            "`banso load データのフォルダー` で読み込んでください。",
        ),
        "nothing_published": Wording(
            "公開されている定義がありません。", "`banso apply` で公開してください。"
        ),
        "nobody_there": Wording(
            "{as_of} の時点では、まだ顧客がいません。", _nobody_there_hint
        ),
        "no_release": Wording("まだ計算していません。", _RUN),
        "not_computed": Wording("このレポートの結果が、まだ計算されていません。", _RUN),
        "run_first": Wording("定義に合う計算結果が、まだありません。", _RUN),
        "no_contracts": Wording(
            "契約がないので、誰が解約したか分かりません。",
            "`subscriptions` を読み込み、もう一度 `banso run` を実行してください。",
        ),
        "unknown_question": Wording(
            "「{key}」という問いはありません。", _nearest_or_known
        ),
        "bad_question": Wording("問いに誤りがあります: {fault}"),
        "question_off": Wording(
            "「{where}」は、接続されていないデータを使います。",
            "何がなぜ無効かは、`banso doctor` か「データ」の画面で確かめられます。",
        ),
        "unknown_signal": Wording(
            "「{key}」というシグナルはありません。",
            _nearest_or("シグナルは definitions/signals.yaml に書きます。"),
        ),
        "try_later": Wording("あとでもう一度試してください。"),
        "bad_draft": Wording(_bad_draft),
        "not_recommended": Wording(
            "最新の計算結果に、おすすめがありません。",
            "`subscriptions` を読み込み、もう一度 `banso run` を実行してください。",
        ),
        "nothing_to_report": Wording(
            "契約が接続されていないので、誰が解約したか分かりません。",
            "各契約の終了日を含む `subscriptions` を読み込んでください。",
        ),
        "no_such_months": Wording(
            "{asked_first}から{asked_last}までに、売上のある月はありません。",
            "選べるのは{first}から{last}までです。--from は --to 以前の月にして"
            "ください。",
        ),
        "not_html": Wording(
            "レポートは HTML です。「{ending}」では書き出せません。",
            "{better} のような名前にしてください。ブラウザーから PDF に印刷できます。",
        ),
        "not_a_document": Wording(
            "レポートは HTML か PDF です。「{ending}」では書き出せません。",
            "{better} か {pdf} のような名前にしてください。",
        ),
        "pdf_not_installed": Wording(
            "PDF にはパッケージ typst が必要ですが、入っていません。",
            "{python} -m pip install 'typst>=0.15' で入れてください。report.html に"
            "書き出し、ブラウザーから PDF に印刷することもできます。",
        ),
        "no_font_for": Wording(
            "「{text}」を表示できるフォントが、このマシンにありません。",
            "その文字を含むフォントを入れてください（日本語なら、Debian では"
            " apt install fonts-noto-cjk）。または Noto Sans JP などの .ttf か .otf を"
            " ~/.local/share/fonts に置いてください。",
        ),
        "no_such_folder": Wording(
            "フォルダー {folder} がありません。", "先に作ってください。"
        ),
        "no_as_of": Wording(
            "「{name}」には基準日がありません（最新の状態だけを表します）。"
        ),
        "not_exportable": Wording(
            "「{name}」というテーブルも結果もありません。", _not_exportable_hint
        ),
        "bad_query": Wording("SQL を実行できません: {reason}"),
        "query_too_long": Wording(
            "SQL の実行を {seconds:g} 秒で中止しました。",
            "対象を絞るか、`--seconds` で時間を延ばしてください。",
        ),
        "read_only_refused": Wording(
            "この SQL は使えません: {reason}",
            "読み取りだけができます。テーブルの一覧は SHOW TABLES で見られます。",
        ),
        # backups and personal data
        **{code: Wording(*said) for code, said in KEEPING.items()},
        **{code: Wording(*said) for code, said in ENGINES.items()},
        # sources
        **{code: Wording(*said) for code, said in CONNECTING.items()},
        # people and the server
        "no_such_user": Wording(
            "{email} でサインインする利用者はいません。",
            "一覧を見るには: `banso user list`",
        ),
        "collect_busy": Wording(
            "別のプロセスがすでにイベントを受け付けています: {folder}",
            "先にそれを止めてください。受付はプロジェクトに1つです。",
        ),
        "no_such_source": Wording(
            "ソース「{key}」はありません。", "一覧を見るには: `banso collect list`"
        ),
        "mcp_missing": Wording(
            "パッケージ mcp が入っていません。",
            "入れるには: pip install 'banso[mcp]'",
        ),
        "nobody_named": Wording(
            "だれのアシスタントですか。",
            "--user メールアドレス を付けるか、BANSO_TOKEN を設定してください。",
        ),
        "no_such_token": Wording(
            "トークン {id} はありません。", "一覧を見るには: `banso token list`"
        ),
        "password_missing": Wording("パスワードが空です。"),
        "port_taken": Wording(
            "ポート {port} は使われています。",
            "使っているものを止めるか、別のポートを選んでください: --port {next}",
        ),
        "address_unusable": Wording(
            "{host}:{port} で待ち受けられません: {cause}",
            "--host か --port を変えてください。",
        ),
        "database_unreachable": Wording(
            "アプリのデータベースを使えません: {cause}",
            "起動していますか。BANSO_DATABASE_URL、または banso.toml の"
            " [app] database_url を確かめてください。",
        ),
        "bad_database_url": Wording(
            "データベースの URL（{scheme}）に、データベース名がありません。",
            "sqlite:///パス または postgresql://利用者@ホスト/名前 と書いてください。",
        ),
        "server_stopped": Wording(
            "Web サーバーが終了しました（終了コード {exit_code}）。",
            "理由は、すぐ上の出力にあります。",
        ),
    }
)

REMARKS: Final[Mapping[str, Sentence]] = MappingProxyType(
    {
        "folder_inside": "{name}/ は読んでいません（中のフォルダーは対象外です）。",
        "not_a_table_file": lambda facts: (
            f"{facts['name']} は読み込んでいません: 表のファイルではありません。"
            f"{_other_file(facts)}"
        ),
        "name_of_no_table": lambda facts: (
            f"{facts['name']} は読み込んでいません: テーブル名と合いません。"
            + (f"「{facts['near']}」のことですか？" if facts["near"] else "")
        ),
        "empty_file": "{name} は空です（見出しの行もありません）。",
        "no_rows": "{name} には見出しだけがあり、行がありません。",
        "columns_missing": lambda facts: (
            f"{facts['name']} は読み込んでいません: テーブル {facts['table']} には"
            f" {_listed(facts['missing'])} が必要ですが、ファイルの列は"
            f" {_listed(facts['headers'])} です。"
        ),
        "rows_of_erased": (
            "{table}: {rows:,} 行が消去した人のものです。本人が分かる内容を除きました。"
        ),
        "rows_wait": "{table}: {rows:,} 行が、まだ来ていない顧客を待っています。",
        "names_unknown": "{table}: {rows:,} 行が、まだ読み込まれていない {other} を"
        "指しています（行は取り込みました）。",
        "unreadable": _unreadable,
        **CONNECTING_REMARKS,
    }
)
