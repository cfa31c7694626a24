"""Connecting to the engine that computes, of whichever kind it is."""

from banso.warehouse import postgres, spark
from banso.warehouse.cluster import Cluster, Kind
from banso.warehouse.other_engine import Desk, OtherEngine


def connected(cluster: Cluster, desk: Desk) -> OtherEngine:
    """Return a connection; it is to be closed.

    Raises
    ------
    SparkMissing, SparkUnreachable
        Spark's package or Java is not there; no master or worker takes the work on.
    PostgresMissing, PostgresUnreachable, PostgresUnfit
        The package is not there; nobody answers or lets us in; the numbers would be
        others in that database, or it lets us make no temporary tables.

    """
    if cluster.kind is Kind.POSTGRESQL:
        return postgres.connected(cluster, desk)
    return spark.connected(cluster, desk)
