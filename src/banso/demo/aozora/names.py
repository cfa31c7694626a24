"""Names of companies and people, as they stand in a Japanese customer list."""

# ruff: noqa: E501, SIM905 - a list of words or sentences reads best when each stays whole

from dataclasses import dataclass

import numpy as np

INDUSTRIES = (
    "製造業", "建設業", "卸売業", "小売業", "運輸・物流業", "情報通信業",
    "不動産業", "会計・法律事務所", "医療・福祉", "人材サービス業", "宿泊・飲食業", "教育",
)  # fmt: skip
INDUSTRY_SHARES = (
    0.19, 0.13, 0.13, 0.09, 0.08, 0.11, 0.06, 0.07, 0.05, 0.04, 0.03, 0.02,
)  # fmt: skip

# The distinctive part of a name, with its Latin spelling for the mail domain.
_HEADS = (
    "北嶺=hokurei 東雲=shinonome 青葉台=aobadai 三峰=mitsumine 白鷺=shirasagi "
    "瑞穂野=mizuhono 若竹=wakatake 朝凪=asanagi 千歳坂=chitosezaka 光陽=koyo "
    "大成瀬=onaruse 春日井東=kasugai-higashi 常盤平=tokiwadaira 富岳=fugaku "
    "清流=seiryu 丸八=maruhachi 山吉=yamakichi 藤代=fujishiro 宮前=miyamae "
    "神楽=kagura 高砂屋=takasagoya 松籟=shorai 鶴見川=tsurumigawa 桐生野=kiryuno "
    "南海道=nankaido 筑紫=chikushi 薩南=satsunan 伊予路=iyoji 備前屋=bizenya "
    "因幡=inaba 越路=koshiji 加賀谷=kagaya 信濃川=shinanogawa 甲斐路=kaiji "
    "上州屋=joshuya 常総=joso 房総路=bosoji 相模野=sagamino 駿河台=surugadai "
    "遠州灘=enshunada 三河路=mikawaji 尾張野=owarino 近江路=omiji 洛北=rakuhoku "
    "難波津=naniwazu 播磨路=harimaji 安芸路=akiji 周防灘=suonada 讃州=sanshu "
    "土佐路=tosaji 豊後=bungo 肥前屋=hizenya 阿蘇野=asono 日向灘=hyuganada "
    "琉陽=ryuyo 津軽路=tsugaruji 南部屋=nambuya 羽後=ugo 最上路=mogamiji "
    "会津路=aizuji 石狩野=ishikarino 十勝野=tokachino 道央=doo 杜の都=morinomiyako "
    "みなとみ=minatomi ひかり野=hikarino さくら坂=sakurazaka あさひ台=asahidai "
    "つばさ=tsubasa こもれび=komorebi ふたば野=futabano みどり町=midoricho "
    "はやぶさ=hayabusa あすなろ=asunaro 永和台=eiwadai 共立野=kyoritsuno 協和台=kyowadai "
    "新栄野=shineino 大洋路=taiyoji 東洋台=toyodai 日新原=nisshimbara 明和台=meiwadai 昭成=shosei "
    "平成堂=heiseido 興亜=koa 三栄野=saneino 五洋台=goyodai 八千代=yachiyo 千代菊=chiyogiku "
    "坂井=sakai 杉浦=sugiura 村瀬=murase 黒田屋=kurodaya 片桐=katagiri 長谷部=hasebe "
    "柴崎=shibasaki 小山内=osanai 有馬野=arimano 西園=nishizono 堀内=horiuchi "
    "早川=hayakawa 深見=fukami 望月=mochizuki 楠本=kusumoto 結城=yuki 榊=sakaki"
)
_LATIN_HEADS = (
    "ネクスリンク=nexlink アルティス=altis クレセント=crescent テラノート=terranote "
    "ルミナス=luminous オルビット=orbit ソラリオ=solario リバティア=libertia "
    "グランツ=glanz メビウス=moebius フォルテ=forte ノルディア=nordia "
    "プラムライン=plumline トライスター=tristar エバーグリン=evergrin ステラ=stella"
)
_TAILS = {
    "製造業": "製作所 精機 精密工業 金属工業 化学工業 樹脂工業 電子工業 鋳造 食品工業 紡績",
    "建設業": "建設 工務店 土木 設備工業 電設 組 住建 塗装工業 造園土木",
    "卸売業": "商事 物産 産業 通商 食品卸 鋼材 医療器 紙業 電材",
    "小売業": "百貨店 ストア ドラッグ 書店 ホームセンター 家電 呉服店 マート",
    "運輸・物流業": "運輸 物流 通運 倉庫 ロジスティクス 海運 急便",
    "情報通信業": "システムズ ソフト 情報サービス テクノロジーズ データ ネットワークス ラボ",
    "不動産業": "不動産 地所 エステート ハウジング 都市開発 ビルマネジメント",
    "会計・法律事務所": "",
    "医療・福祉": "",
    "人材サービス業": "スタッフ キャリア 人材開発 ヒューマンリンク ワークス",
    "宿泊・飲食業": "観光 ホテルズ フードサービス 旅館 ダイニング 珈琲",
    "教育": "",
}
_TAIL_LATIN = {
    "製造業": "mfg", "建設業": "kensetsu", "卸売業": "shoji", "小売業": "store",
    "運輸・物流業": "logi", "情報通信業": "sys", "不動産業": "estate",
    "会計・法律事務所": "office", "医療・福祉": "care", "人材サービス業": "works",
    "宿泊・飲食業": "dining", "教育": "edu",
}  # fmt: skip
_WHOLE = {
    "会計・法律事務所": (
        "税理士法人{h}会計", "{h}会計事務所", "{h}総合法律事務所", "弁護士法人{h}",
        "社会保険労務士法人{h}", "{h}税務会計事務所",
    ),
    "医療・福祉": (
        "医療法人社団{h}会", "社会福祉法人{h}会", "医療法人{h}クリニック", "株式会社{h}ケアサービス",
        "{h}介護サービス株式会社",
    ),
    "教育": ("学校法人{h}学園", "株式会社{h}予備校", "株式会社{h}ラーニング", "学校法人{h}女子学院"),
}  # fmt: skip
PREFECTURES = (
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 "
    "東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 "
    "滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 "
    "香川県 愛媛県 高知県 福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県"
).split()
# About as the companies of Japan are spread.
_PREFECTURE_WEIGHTS = np.array(
    [
        5, 1, 1, 3, 1, 1, 2, 2, 2, 2, 5, 4, 26, 8, 2, 1, 2, 1, 1, 2, 2, 4, 9, 2, 1, 3, 12,
        5, 1, 1, 1, 1, 2, 3, 1, 1, 1, 1, 1, 6, 1, 1, 2, 1, 1, 1, 1,
    ],
    dtype=float,
)  # fmt: skip
_SURNAMES = (
    "佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 伊藤=ito 渡辺=watanabe 山本=yamamoto "
    "中村=nakamura 小林=kobayashi 加藤=kato 吉田=yoshida 山田=yamada 佐々木=sasaki 山口=yamaguchi "
    "松本=matsumoto 井上=inoue 木村=kimura 林=hayashi 斎藤=saito 清水=shimizu 山崎=yamazaki "
    "森=mori 池田=ikeda 橋本=hashimoto 阿部=abe 石川=ishikawa 山下=yamashita 中島=nakajima "
    "石井=ishii 小川=ogawa 前田=maeda 岡田=okada 長谷川=hasegawa 藤田=fujita 後藤=goto "
    "近藤=kondo 村上=murakami 遠藤=endo 青木=aoki 坂本=sakamoto 福田=fukuda 太田=ota "
    "西村=nishimura 藤井=fujii 金子=kaneko 岡本=okamoto 藤原=fujiwara 三浦=miura 中野=nakano "
    "原田=harada 松田=matsuda 竹内=takeuchi 小野=ono 田村=tamura 中川=nakagawa 和田=wada "
    "石田=ishida 森田=morita 上田=ueda 原=hara 内田=uchida 柴田=shibata 酒井=sakai 宮崎=miyazaki "
    "横山=yokoyama 高木=takagi 安藤=ando 宮本=miyamoto 大野=ono 谷口=taniguchi 工藤=kudo "
    "高田=takada 増田=masuda 丸山=maruyama 大塚=otsuka 今井=imai 河野=kono 新井=arai "
    "比嘉=higa 島袋=shimabukuro 千葉=chiba 菅原=sugawara 五十嵐=igarashi 川口=kawaguchi"
)
_GIVEN = (
    "健太=kenta 翔=sho 大輔=daisuke 誠=makoto 浩=hiroshi 直樹=naoki 隆=takashi 剛=tsuyoshi "
    "達也=tatsuya 和也=kazuya 拓也=takuya 哲也=tetsuya 亮=ryo 学=manabu 修=osamu 茂=shigeru "
    "正樹=masaki 裕介=yusuke 祐樹=yuki 慎一=shinichi 健一=kenichi 洋平=yohei 雄太=yuta "
    "智也=tomoya 大樹=daiki 秀樹=hideki 克己=katsumi 康弘=yasuhiro 孝之=takayuki 文雄=fumio "
    "美咲=misaki 陽子=yoko 恵子=keiko 由美=yumi 智子=tomoko 真由美=mayumi 直美=naomi 愛=ai "
    "彩=aya 麻衣=mai 香織=kaori 裕子=yuko 久美子=kumiko 明美=akemi 千尋=chihiro 綾乃=ayano "
    "沙織=saori 奈緒=nao 結衣=yui 葵=aoi 里奈=rina 友美=tomomi 幸子=sachiko 典子=noriko "
    "理恵=rie 美穂=miho 瞳=hitomi 真理=mari 遥=haruka 文子=fumiko 涼子=ryoko 佳奈=kana"
)
_FOREIGN_COMPANIES = (
    ("SG", "Straits Harbour Logistics Pte. Ltd."), ("SG", "Merlion Ledger Pte. Ltd."),
    ("US", "Cascadia Freight Partners, Inc."), ("US", "Juniper Field Foods LLC"),
    ("US", "Blue Mesa Components, Inc."), ("VN", "Sông Xanh Manufacturing Co., Ltd."),
    ("TH", "Chao Phraya Trading Co., Ltd."), ("TH", "Siam Orchid Foods Co., Ltd."),
    ("TW", "玉峰精密股份有限公司"), ("TW", "晨曦物流股份有限公司"), ("DE", "Nordhafen Werkzeugbau GmbH"),
    ("DE", "Lindenau Handels GmbH"), ("SG", "Kallang Precision Pte. Ltd."),
    ("VN", "Mekong Delta Seafood JSC"), ("US", "Harbor & Pine Accounting LLP"),
)  # fmt: skip
_FOREIGN_PEOPLE = (
    "Wei Ling Tan", "Marcus Lim", "Priya Nair", "Emily Carter", "Daniel Ortiz", "Grace Kim",
    "Nguyen Minh Anh", "Tran Thi Huong", "Somchai Prasert", "Kanya Wongsuwan", "陳怡君", "林志豪",
    "Katrin Vogel", "Jonas Becker", "Michael O'Brien", "Sofia Reyes",
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A company's name, where it sits, and its mail domain."""

    name: str
    country: str
    prefecture: str | None
    domain: str


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(a, b) for a, _, b in (item.partition("=") for item in text.split())]


_HEAD_PAIRS = _pairs(_HEADS)
_LATIN_HEAD_PAIRS = _pairs(_LATIN_HEADS)
_SURNAME_PAIRS = _pairs(_SURNAMES)
_GIVEN_PAIRS = _pairs(_GIVEN)
# Common surnames are common: weights fall like those of a census.
_SURNAME_WEIGHTS = 1.0 / (np.arange(len(_SURNAME_PAIRS)) + 12.0)


class CompanyNames:
    """Draw company names, never the same twice."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._taken: set[str] = set()
        self._domains: dict[str, int] = {}

    def domestic(self, industry: str) -> Company:
        """Return a Japanese company of an industry."""
        weights = _PREFECTURE_WEIGHTS / _PREFECTURE_WEIGHTS.sum()
        prefecture = str(PREFECTURES[self._rng.choice(len(PREFECTURES), p=weights)])
        name, domain = self._form(industry)
        if name in self._taken:
            # Two companies of one name differ by their place, as they do in life.
            place = prefecture if prefecture == "北海道" else prefecture[:-1]
            name = _with_place(name, place)
        while name in self._taken:
            name, domain = self._form(industry)
            extra, latin = self._head(industry)
            name = _with_place(name, extra)
            domain = f"{latin}-{domain}"
        self._taken.add(name)
        return Company(name, "JP", prefecture, f"{self._own(domain)}.example.jp")

    def foreign(self) -> Company:
        """Return a company abroad; a second office of one carries its number."""
        country, name = _FOREIGN_COMPANIES[self._rng.integers(len(_FOREIGN_COMPANIES))]
        base, office = name, 1
        while name in self._taken:
            office += 1
            name = f"{base} (Branch {office})"
        self._taken.add(name)
        latin = "".join(c for c in base.lower() if c.isascii() and c.isalpha())[:14]
        return Company(name, country, None, f"{latin or 'taiwan'}{office}.example.com")

    def _own(self, domain: str) -> str:
        """Return the domain with a number when another company has it already."""
        before = self._domains[domain] = self._domains.get(domain, 0) + 1
        return domain if before == 1 else f"{domain}{before}"

    def _head(self, industry: str) -> tuple[str, str]:
        modern = (
            industry in {"情報通信業", "人材サービス業"} and self._rng.random() < 0.5
        )
        pool = _LATIN_HEAD_PAIRS if modern else _HEAD_PAIRS
        return pool[self._rng.integers(len(pool))]

    def _form(self, industry: str) -> tuple[str, str]:
        head, latin = self._head(industry)
        domain = f"{latin}-{_TAIL_LATIN[industry]}"
        if industry in _WHOLE:
            forms = _WHOLE[industry]
            return forms[self._rng.integers(len(forms))].format(h=head), domain
        tails = _TAILS[industry].split()
        core = head + tails[self._rng.integers(len(tails))]
        u = self._rng.random()
        if u < 0.48:
            return f"株式会社{core}", domain
        if u < 0.93:
            return f"{core}株式会社", domain
        return (f"有限会社{core}" if u < 0.98 else f"合同会社{core}"), domain


def _with_place(name: str, place: str) -> str:
    for form in (
        "株式会社",
        "有限会社",
        "合同会社",
        "税理士法人",
        "弁護士法人",
        "学校法人",
    ):
        if name.startswith(form):
            return f"{form}{place}{name.removeprefix(form)}"
    return place + name


def draw_people(
    rng: np.random.Generator, count: int, *, foreign: bool = False
) -> list[tuple[str, str]]:
    """Return names of people with the local part of their mail addresses."""
    if foreign:
        picks = [
            _FOREIGN_PEOPLE[i] for i in rng.integers(len(_FOREIGN_PEOPLE), size=count)
        ]
        return [(name, _local_part(name, i)) for i, name in enumerate(picks)]
    weights = _SURNAME_WEIGHTS / _SURNAME_WEIGHTS.sum()
    surnames = rng.choice(len(_SURNAME_PAIRS), size=count, p=weights)
    given = rng.integers(len(_GIVEN_PAIRS), size=count)
    people = []
    for s, g in zip(surnames, given, strict=True):
        surname, first = _SURNAME_PAIRS[s], _GIVEN_PAIRS[g]
        people.append((f"{surname[0]} {first[0]}", f"{first[1]}.{surname[1]}"))
    return people


def _local_part(name: str, number: int) -> str:
    plain = "".join(c if c.isascii() and c.isalpha() else "." for c in name.lower())
    local = ".".join(part for part in plain.split(".") if part)
    return local or f"contact{number + 1}"
