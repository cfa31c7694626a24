"""A database to read from: a schema of its own on the PostgreSQL of the tests."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest

URL = os.environ.get("BANSO_TEST_POSTGRES_URL", "")
needs_postgres = pytest.mark.skipif(not URL, reason="needs BANSO_TEST_POSTGRES_URL")


class CompanyDatabase:
    """A schema with tables of a company."""

    def __init__(self, con: psycopg.Connection, schema: str) -> None:
        self.con = con
        self.schema = schema

    def run(self, *statements: str) -> None:
        for each in statements:
            self.con.execute(each.encode())


@contextmanager
def company_database() -> Iterator[CompanyDatabase]:
    """Give a schema, and drop it at the end."""
    schema = f"source_{uuid4().hex[:12]}"
    with psycopg.connect(URL, autocommit=True) as con:
        con.execute(f"CREATE SCHEMA {schema}".encode())
        con.execute(f"SET search_path TO {schema}".encode())
        try:
            yield CompanyDatabase(con, schema)
        finally:
            con.execute(f"DROP SCHEMA {schema} CASCADE".encode())
