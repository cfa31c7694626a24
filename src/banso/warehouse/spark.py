"""A Spark cluster that reads the lake's files and computes what a session asks."""

import shutil
import time
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from banso.kernel.errors import BansoError
from banso.tables.spec import Kind, TableSpec
from banso.warehouse.cluster import Cluster
from banso.warehouse.columns import KNOWN_AT, MERGED_INTO, Columns
from banso.warehouse.manifest import Part
from banso.warehouse.other_engine import Desk, Facts, Values
from banso.warehouse.spark_sql import spark_rows, spark_sql_of, spark_type

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame, SparkSession

_STORED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.TEXT: "string",
        Kind.JSON: "string",
        Kind.INTEGER: "bigint",
        Kind.NUMBER: "double",
        Kind.MONEY: "decimal(18,4)",
        Kind.DATE: "date",
        Kind.TIME: "timestamp_ntz",
        Kind.FLAG: "boolean",
    }
)

# Without these, Spark reads the same files and the same SQL otherwise than DuckDB.
_MEANING: Mapping[str, str] = MappingProxyType(
    {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.caseSensitive": "true",
        "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
        "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
        "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
        "spark.sql.jsonGenerator.ignoreNullFields": "false",
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    }
)
_QUIET: Mapping[str, str] = MappingProxyType(
    {
        "spark.app.name": "banso",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "ERROR",
    }
)


PATIENCE = 60  # seconds in which a worker has to take part


class SparkMissing(BansoError):
    """Refuse to run on Spark without its package or Java."""

    code = "spark_missing"


class SparkUnreachable(BansoError):
    """Refuse to run on a Spark whose master does not answer or has no worker free."""

    code = "spark_unreachable"


def connected(cluster: Cluster, desk: Desk) -> "Spark":
    """Return a connection; it is to be closed.

    Raises
    ------
    SparkMissing, SparkUnreachable
        The package or Java is not there; no master or worker takes the work on.

    """
    if find_spec("pyspark") is None or shutil.which("java") is None:
        raise SparkMissing(
            "Spark needs the package 'pyspark' and Java 17 or newer here.",
            hint="Install them: `pip install 'banso[spark]'`, and Java, on Debian "
            "`apt-get install default-jre-headless`.",
        )
    from pyspark.sql import SparkSession  # noqa: PLC0415 - of an extra

    builder = SparkSession.builder.master(cluster.master)
    for key, value in {**_QUIET, **cluster.settings, **_MEANING}.items():
        builder = builder.config(key, value)
    try:
        spark = Spark(builder.getOrCreate(), desk)
    except Exception as error:  # Java's own, of many kinds
        raise _unreachable(cluster, _first_line(error)) from error
    if not cluster.master.startswith("local") and not spark.has_worker():
        spark.close()
        raise _unreachable(cluster, "no worker takes the work on")
    return spark


def _unreachable(cluster: Cluster, cause: str) -> SparkUnreachable:
    return SparkUnreachable(
        f"Spark at {cluster.master} does not compute: {cause}.",
        hint="Look at the page of its master: it must run and be reached from here,"
        " and have a worker with free cores and as much memory as"
        " `spark.executor.memory` says.",
        master=cluster.master,
        cause=cause,
    )


class Spark:
    """A connection to a cluster, with the views of one session."""

    # Not compared yet: Spark makes a decimal of a float in its own way.
    takes_slices = False

    def __init__(self, session: "SparkSession", desk: Desk) -> None:
        self._session = session
        self._desk = desk

    def has_worker(self) -> bool:
        """Return whether a worker takes part, for which it waits a while.

        Spark itself would wait for ever, and say nothing.
        """
        context = self._session.sparkContext._jsc.sc()  # noqa: SLF001 - has no other way
        until = time.monotonic() + PATIENCE
        while context.getExecutorMemoryStatus().size() <= 1:  # one is this process
            if time.monotonic() > until:
                return False
            time.sleep(0.2)
        return True

    def close(self) -> None:
        """Give back the cluster's cores."""
        self._session.stop()

    def show_files(
        self, name: str, paths: Sequence[Path], schema: ibis.Schema | None = None
    ) -> None:
        """See `OtherEngine.show_files`."""
        if schema is None:
            uris = [path.as_uri() for path in paths]
            self._show(name, self._session.read.parquet(*uris))
            return
        ddl = {column: spark_type(dtype) for column, dtype in schema.items()}
        self._show(name, self._read(paths, ddl))

    def show_query(self, name: str, sql: str) -> None:
        """See `OtherEngine.show_query`."""
        self._show(name, self._session.sql(sql))

    def show_rows(
        self, name: str, rows: Sequence[Sequence[object]], types: Mapping[str, str]
    ) -> None:
        """See `OtherEngine.show_rows`."""
        self.show_query(name, spark_rows(rows, types))

    def show_facts(self, name: str, facts: Facts) -> None:
        """See `OtherEngine.show_facts`."""
        kinds = facts.kinds
        if needs_copy(facts.parts, kinds):
            self.show_files(name, [self._desk.copied(facts.select)])
            return
        found = [
            self._live(columns, some, root=facts.root, kinds=kinds)
            for columns, some in _alike(facts.parts).items()
        ]
        if not found:
            found = [self._session.createDataFrame([], _ddl(_shown(kinds)))]
        rows = found[0]
        for more in found[1:]:
            rows = rows.unionByName(more)
        self._show(name, _merged(rows, facts.merged, kinds))

    def can_compute(self, rows: ir.Table) -> bool:  # noqa: ARG002 - others cannot all
        """See `OtherEngine.can_compute`."""
        return True

    def can_hold(self, schema: ibis.Schema) -> bool:  # noqa: ARG002 - likewise
        """See `OtherEngine.can_hold`."""
        return True

    def sql_of(self, rows: ir.Table, values: Values) -> str:
        """See `OtherEngine.sql_of`."""
        return spark_sql_of(rows, values)

    def compute(self, sql: str, folder: Path) -> None:
        """See `OtherEngine.compute`."""
        self._session.sql(sql).write.parquet(folder.as_uri())

    def keep(self, name: str, sql: str, folder: Path) -> None:
        """See `OtherEngine.keep`."""
        self.compute(sql, folder)
        self.show_files(name, [folder])

    def _show(self, name: str, rows: "DataFrame") -> None:
        rows.createOrReplaceTempView(f"`{name}`")

    def _read(self, paths: Sequence[Path], ddl: Mapping[str, str]) -> "DataFrame":
        return self._session.read.schema(_ddl(ddl)).parquet(
            *[path.as_uri() for path in paths]
        )

    def _live(
        self,
        columns: Columns,
        parts: Sequence[Part],
        *,
        root: Path,
        kinds: Mapping[str, Kind],
    ) -> "DataFrame":
        """Return the rows of parts with the same columns that count."""
        stored = {column: _STORED[kind] for column, kind in columns}
        stored[KNOWN_AT] = _STORED[Kind.TIME]
        shown = [*_columns(columns, kinds), _column(KNOWN_AT)]
        whole = [part for part in parts if not part.deletes]
        found = []
        if whole:
            paths = [root / part.path for part in whole]
            found.append(self._read(paths, stored).select(*shown))
        if cut := [part for part in parts if part.deletes]:
            rows = self._read([root / part.path for part in cut], stored)
            found.append(self._without_deletes(rows, cut, root).select(*shown))
        return found[0] if len(found) == 1 else found[0].unionByName(found[1])

    def _without_deletes(
        self, rows: "DataFrame", parts: Sequence[Part], root: Path
    ) -> "DataFrame":
        from pyspark.sql import functions as f  # noqa: PLC0415 - of an extra

        def place(path: str) -> "Column":
            depth = path.count("/") + 1
            return f.substring_index(f.col("_metadata.file_path"), "/", -depth)

        paths = [(part.path, str(part.deletes)) for part in parts]
        pairs = self._session.createDataFrame(
            paths, "__of_part string, __of_deletes string"
        )
        deleted = self._read(
            [root / deletes for deletes in sorted({d for _, d in paths})],
            {"row_no": "bigint"},
        ).select(f.col("row_no").alias("__row"), place(paths[0][1]).alias("__deletes"))
        gone = deleted.join(f.broadcast(pairs), f.expr("__deletes = __of_deletes"))
        numbered = rows.select(
            "*",
            place(paths[0][0]).alias("__part"),
            f.col("_metadata.row_index").alias("__row_no"),
        )
        same = f.expr("__part = __of_part AND __row_no = __row")
        return numbered.join(gone, same, "left_anti")


def _merged(
    rows: "DataFrame", spec: TableSpec | None, kinds: Mapping[str, Kind]
) -> "DataFrame":
    """Return rows under the customers they were merged into; see `views.merged_sql`."""
    from pyspark.sql import Window  # noqa: PLC0415 - of an extra
    from pyspark.sql import functions as f  # noqa: PLC0415 - likewise

    if spec is None or not spec.has_customer or MERGED_INTO not in kinds:
        return rows
    into = f.col(MERGED_INTO)
    if spec.name == "customers":
        return rows.where(into.isNull())
    whose = f.coalesce(into, f.col("customer_id"))
    if "customer_id" in spec.key:
        keys = [whose if key == "customer_id" else _column(key) for key in spec.key]
        first = Window.partitionBy(*keys).orderBy(into.isNotNull(), "customer_id")
        rows = rows.withColumn("__place", f.row_number().over(first))
        rows = rows.where("__place = 1").drop("__place")
    return rows.withColumn("customer_id", whose)


def needs_copy(parts: Sequence[Part], kinds: Mapping[str, Kind]) -> bool:
    """Return whether a kind became text: engines write numbers and times otherwise."""
    text = {Kind.TEXT, Kind.JSON}
    return any(
        kinds.get(name) in text and kind not in text
        for part in parts
        for name, kind in part.columns
    )


def _alike(parts: Sequence[Part]) -> Mapping[Columns, list[Part]]:
    groups: dict[Columns, list[Part]] = {}
    for part in parts:
        if part.live_rows > 0:
            groups.setdefault(part.columns, []).append(part)
    return groups


def _shown(kinds: Mapping[str, Kind]) -> dict[str, str]:
    shown = {name: _STORED[kind] for name, kind in kinds.items()}
    return {**shown, KNOWN_AT: _STORED[Kind.TIME]}


def _columns(columns: Columns, kinds: Mapping[str, Kind]) -> list["Column"]:
    """Return what gives exactly `kinds` from files with `columns`."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - of an extra

    stored = {name.lower(): name for name, _kind in columns}
    return [
        (_column(stored[name.lower()]) if name.lower() in stored else f.lit(None))
        .cast(_STORED[kind])
        .alias(name)
        for name, kind in kinds.items()
    ]


def _column(name: str) -> "Column":
    from pyspark.sql import functions as f  # noqa: PLC0415 - of an extra

    return f.col(_quoted(name))


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _ddl(types: Mapping[str, str]) -> str:
    return ", ".join(f"{_quoted(name)} {dtype}" for name, dtype in types.items())


def _first_line(error: Exception) -> str:
    """Return what Java says, rather than that it says something."""
    lines = [line.strip(" :.") for line in str(error).strip().splitlines()]
    named = [line for line in lines if not line.startswith("An error occurred")]
    return next(iter(named or lines), type(error).__name__)
