"""What people write: pieces of Japanese that are put together into texts."""

# ruff: noqa: E501 - a list of words or sentences reads best when each stays whole

import numpy as np

# A text is one piece of each row. {doc}, {dept}, {n}, {month} are filled in.
Pieces = tuple[tuple[str, ...], ...]

_DOCS = ("請求書", "領収書", "納品書", "見積書", "注文書", "支払通知書", "検収書")
_DEPTS = (
    "経理部",
    "総務部",
    "営業部",
    "購買課",
    "大阪支店",
    "本社管理部",
    "工事部",
    "現場事務所",
)

QUESTION: Pieces = (
    (
        "いつもお世話になっております。", "お世話になります。", "お忙しいところ失礼いたします。", "",
        "先日はご対応ありがとうございました。別件でお伺いします。",
    ),
    (
        "{dept}の担当者が異動になり、承認者を差し替えたいのですが、進行中の申請はどうなりますか。",
        "{doc}を二重に登録してしまった場合、片方だけ取り消す方法はありますか。監査の関係で履歴は残したいと考えています。",
        "電子帳簿保存法の検索要件について、取引先名のゆらぎ（㈱と株式会社）は同じものとして検索できますか。",
        "{month}分の締めを一度解除して、{n}件だけ追加することは可能でしょうか。",
        "スマートフォンで撮影した{doc}の解像度が足りないと表示されます。推奨の撮り方があれば教えてください。",
        "適格請求書の登録番号が未記入の{doc}を受け取った場合、どの区分で登録すればよいでしょうか。",
        "利用者を{n}名まとめて追加したいので、CSVの書き方を教えてください。",
        "退職者の利用権限を止めたいのですが、その人が登録した{doc}は他の者から見えるままでしょうか。",
        "会計ソフトへの連携で、部門コードを{dept}だけ別にしたいです。設定箇所を教えてください。",
        "承認の代理設定は期間を指定できますか。部長の休暇の間だけ代理を立てたいです。",
        "FAXで届く{doc}をそのまま取り込む方法はありますか。複合機は導入済みです。",
        "シングルサインオンの切り替えを予定しています。利用者側で必要な作業はありますか。",
    ),
    (
        "よろしくお願いいたします。", "ご教示いただけますと幸いです。", "急ぎではありません。",
        "今週中にご回答いただけると助かります。", "マニュアルの該当箇所だけでも結構です。", "",
    ),
)  # fmt: skip
BUG: Pieces = (
    (
        "{doc}の一覧を開くと読み込み中のまま進みません。", "今朝から{dept}の数名がログインできない状態です。",
        "{doc}の金額が読み取り結果だけ一桁ずれることがあります。", "会計ソフトへの連携が{n}件だけエラーになります。",
        "承認依頼のメールが届かない者がいます。", "PDFで出力すると備考欄の文字が切れてしまいます。",
        "検索で取引先名を指定すると、該当なしになります。", "アプリから送信した{doc}が二重に登録されます。",
    ),
    (
        "発生したのは{month}に入ってからです。", "再ログインとブラウザの変更は試しましたが、変わりませんでした。",
        "同じ手順でも起きる時と起きない時があります。", "{dept}だけで起きており、他の部署では問題ありません。",
        "画面の写しを添付いたします。", "件数が{n}件を超えると起きるように見えます。",
    ),
    (
        "月次の締めに影響するため、早めにご確認をお願いします。", "暫定の回避方法があれば教えてください。",
        "原因が分かりましたらご連絡ください。", "業務は手作業でしのいでいますが、長くは続けられません。",
    ),
)  # fmt: skip
FEATURE: Pieces = (
    (
        "{doc}に社内の管理番号を自動で振れるようにしてほしいです。", "承認の条件を金額だけでなく取引先ごとにも分けたいです。",
        "取引先から届いたメールの添付を、そのまま{doc}として取り込めると助かります。",
        "{dept}の管理者には、自部署の分だけ見える権限がほしいです。", "未登録の{doc}を月初に一覧で知らせる機能を希望します。",
        "工事番号・案件番号ごとに{doc}を束ねて表示できませんか。", "インボイスの登録番号を国税庁の公表情報と自動で突き合わせてほしいです。",
        "英語の画面でも{doc}の項目名を編集できるようにしてください。", "チャットツール上で承認まで済ませられるとうれしいです。",
    ),
    (
        "今は表計算ソフトで台帳を別に作っており、二度手間になっています。", "{dept}からの要望が特に強いです。",
        "現場の者は外出が多く、パソコンを開く時間がありません。", "監査法人からも同じ指摘を受けています。",
        "月に{n}件ほどあり、手作業では追いつかなくなってきました。", "",
    ),
    ("ご検討をお願いいたします。", "対応の予定があれば教えてください。", "")
)  # fmt: skip
IMPROVEMENT: Pieces = (
    (
        "一覧の並び順を毎回選び直すのが手間です。前回の順を覚えてもらえませんか。", "読み取り後の確認画面で、次の{doc}へ進むボタンが遠いです。",
        "通知メールの件名だけでは、どの{doc}の件か分かりません。", "スマートフォンの画面で、差し戻しの理由が途中で切れます。",
        "締め日の設定が深い階層にあり、引き継いだ者が見つけられませんでした。", "検索結果の件数が多いと表示に時間がかかります。",
    ),
    (
        "毎日使う画面なので、直ると{dept}がとても助かります。", "{n}名ほどが同じことを言っています。",
        "小さなことですが、積み重なると時間を取られます。", "",
    ),
)  # fmt: skip
DISCOUNT: Pieces = (
    (
        "来期の予算編成にあたり、利用料の見直しを社内で求められております。", "次回の更新に向けて、料金についてご相談させてください。",
        "席数に対して実際に使っている人数が少なく、費用の説明が難しくなっています。", "他社から相見積もりを取るよう、上の者から指示がありました。",
        "親会社の方針で、全てのクラウド契約の費用を一律に下げることになりました。",
    ),
    (
        "現在の条件から{n}%ほど下げていただくことは可能でしょうか。", "下位のプランへ変更した場合の金額もあわせてお見積もりください。",
        "複数年の契約にした場合の割引があれば教えてください。", "使っていない席を減らした場合、いくらになりますか。",
    ),
    ("{month}の会議に間に合うようご回答をお願いします。", "よろしくお願いいたします。", "")
)  # fmt: skip
CANCELLATION: Pieces = (
    (
        "次回の更新を行わない方向で検討しております。", "解約の手続きについて教えてください。",
        "社内の稟議の結果、契約を終了することとなりました。", "グループ全体で別の仕組みへ統一することになりました。",
    ),
    (
        "保存済みの{doc}を一括で書き出す方法と、契約後の閲覧期間を確認させてください。", "データの返却はどのような形式になりますか。",
        "予告の期限がいつになるか、ご確認をお願いします。", "担当者としては残念ですが、決定事項となります。",
    ),
    ("ご連絡をお待ちしております。", "お世話になり、ありがとうございました。", "よろしくお願いいたします。")
)  # fmt: skip
OTHER: Pieces = (
    (
        "請求書の宛名を新しい社名に変更してください。", "契約の担当者が{dept}の者に変わります。連絡先を改めてお送りします。",
        "弊社のセキュリティチェックシート（{n}項目）へのご回答をお願いできますか。", "来月の本社移転に伴い、登録住所を変更します。",
        "操作説明会の録画があれば、もう一度見せていただきたいです。", "見積書を{month}付で再発行してください。",
    ),
    ("よろしくお願いいたします。", "お手数をおかけします。", "")
)  # fmt: skip
PRAISE: Pieces = (
    (
        "月次の締めが{n}営業日早くなりました。", "{dept}から紙の{doc}がほぼなくなりました。", "監査の資料集めが半日で終わり、驚かれました。",
        "新しく入った者でも初日から使えています。", "検索が速く、電話中に{doc}を出せるようになりました。",
    ),
    (
        "導入時に一緒に手順を作っていただいたおかげです。", "勉強会で聞いた他社のやり方をそのまま取り入れました。",
        "今後もよろしくお願いします。", "他の拠点にも広げる予定です。",
    ),
)  # fmt: skip

# The theme of a wish, by a word in its text; the first that fits.
_THEMES = (
    ("承認", "承認フロー"), ("差し戻し", "承認フロー"), ("読み取り", "読み取り精度"),
    ("連携", "会計連携"), ("会計", "会計連携"), ("検索", "検索"), ("スマートフォン", "モバイル"),
    ("アプリ", "モバイル"), ("外出", "モバイル"), ("権限", "権限"), ("ログイン", "権限"),
    ("メール", "通知"), ("知らせる", "通知"), ("インボイス", "法対応"), ("PDF", "帳票"),
    ("approv", "承認フロー"), ("invoice", "検索"),
)  # fmt: skip


def theme(text: str) -> str:
    """Return the theme that a wish belongs to."""
    return next((name for word, name in _THEMES if word in text), "使い勝手")


ENGLISH: dict[str, tuple[str, ...]] = {
    "question": (
        "How do we change the approver for requests that are already in progress?",
        "Is there a way to import last month's invoices in one go?",
        "Which file format does the accounting export use for tax codes?",
        "Can two people share one approval step, so that either of them may sign?",
        "A colleague has left. What happens to the documents she uploaded?",
        "How long are scanned receipts kept after a contract ends?",
        "Where do we set English as the default for everyone in our office?",
        "Is it possible to search by purchase order number across all suppliers?",
    ),
    "bug": (
        "The invoice list keeps loading since this morning. Two colleagues see the same.",
        "The exported PDF cuts off the remarks field.",
        "Amounts in dollars are read without the decimal point about once a day.",
        "Approval mails reach some of us only hours later.",
        "Uploading from the phone stops at 90 percent on some receipts.",
    ),
    "feature": (
        "We would like approval rules per supplier, not only per amount.",
        "Please let us edit the English field names on receipts.",
    ),
    "improvement": (
        "The list forgets its sort order each time. It costs us minutes every day.",
    ),
    "discount": (
        "Head office asked us to review the price before the renewal. What can you offer?",
    ),
    "cancellation": (
        "We are moving to the group's own system. How do we export our documents?",
    ),
    "other": ("Please update our billing address; the form is attached.",),
    "praise": ("Closing the month now takes two days less. Thank you!",),
}
BY_KIND: dict[str, Pieces] = {
    "question": QUESTION,
    "bug": BUG,
    "feature": FEATURE,
    "improvement": IMPROVEMENT,
    "discount": DISCOUNT,
    "cancellation": CANCELLATION,
    "other": OTHER,
    "praise": PRAISE,
}


def compose(rng: np.random.Generator, pieces: Pieces, *, month: int) -> str:
    """Put one text together; the same document stays the same throughout."""
    chosen = [row[rng.integers(len(row))] for row in pieces]
    return "".join(chosen).format(
        doc=_DOCS[rng.integers(len(_DOCS))],
        dept=_DEPTS[rng.integers(len(_DEPTS))],
        n=int(rng.integers(3, 28)),
        month=f"{month}月",
    )


def message(rng: np.random.Generator, kind: str, *, month: int, english: bool) -> str:
    """Return what a customer writes about a matter of one kind."""
    if english:
        return str(rng.choice(ENGLISH[kind]))
    return compose(rng, BY_KIND[kind], month=month)
