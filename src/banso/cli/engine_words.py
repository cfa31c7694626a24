"""What is said in Japanese when an engine cannot compute."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# The sentence and the hint, by the code of the refusal.
ENGINES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "spark_missing": (
            "Spark を使うには、pyspark パッケージと Java 17 以降が必要です。",
            (
                "`pip install 'banso[spark]'` と Java（Debian では"
                " `apt-get install default-jre-headless`）を入れてください。"
            ),
        ),
        "spark_unreachable": (
            "{master} の Spark で計算できません（{cause}）。",
            (
                "マスターの画面で、起動していること、ここから接続できること、"
                "コアとメモリ（spark.executor.memory）に空きのあるワーカーがあることを"
                "確かめてください。"
            ),
        ),
        "engine_unknown": (
            "計算エンジン「{engine}」はありません。",
            (
                "duckdb か、Spark のマスター（spark://ホスト:7077）、データベース"
                "（postgresql://ユーザー@ホスト/データベース）のアドレスを"
                "指定してください。"
            ),
        ),
        "postgres_missing": (
            "PostgreSQL で計算するには、psycopg パッケージが必要です。",
            "`pip install 'banso[postgres]'` を実行してください。",
        ),
        "postgres_unreachable": (
            "{master} の PostgreSQL に接続できません（{cause}）。",
            (
                "アドレス、サーバーの起動、ユーザーとパスワードを確かめてください。"
                "パスワードは PGPASSWORD か ~/.pgpass に置けます。"
            ),
        ),
        "postgres_unfit": (
            "データベース {master} では計算できません（{cause}）。",
            (
                "Banso 用に作ってください：CREATE DATABASE banso TEMPLATE template0"
                " ENCODING 'UTF8' LOCALE 'C.UTF-8'。ユーザーには一時テーブルを作る権限"
                "（GRANT TEMPORARY）が必要です。"
            ),
        ),
        "postgres_failed": (
            "{master} の PostgreSQL で計算できませんでした（{cause}）。",
            "`banso run --engine duckdb` なら、ここで同じ計算ができます。",
        ),
    }
)
