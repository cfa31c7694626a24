"""Connecting to the engine that computes, of whichever kind it is."""

from banso.warehouse import spark
from banso.warehouse.cluster import Cluster
from banso.warehouse.other_engine import Desk, OtherEngine


def connected(cluster: Cluster, desk: Desk) -> OtherEngine:
    """Return a connection; it is to be closed.

    Raises
    ------
    SparkMissing, SparkUnreachable
        Spark's package or Java is not there; no master or worker takes the work on.

    """
    return spark.connected(cluster, desk)
