"""Which kind an attribute has: a column that the contract does not know."""

from collections.abc import Mapping
from types import MappingProxyType

import duckdb

from banso.connectors.layout import Field
from banso.connectors.quoting import joined, name_sql
from banso.connectors.values import is_of_kind
from banso.tables.spec import Kind

# Tried in this order; the first that fits every value is the kind.
_ORDER = (Kind.INTEGER, Kind.NUMBER, Kind.FLAG, Kind.DATE, Kind.TIME, Kind.JSON)
_FROM_TEXT = frozenset({Kind.INTEGER, Kind.NUMBER, Kind.FLAG, Kind.DATE})
_FROM_DECLARED: Mapping[Kind, frozenset[Kind]] = MappingProxyType(
    {
        Kind.INTEGER: frozenset({Kind.INTEGER, Kind.NUMBER}),
        Kind.NUMBER: frozenset({Kind.NUMBER}),
    }
)


class AttributeKinds:
    """The kinds of a table's attributes, narrowed by every chunk that is seen."""

    def __init__(self) -> None:
        self._possible: dict[str, frozenset[Kind]] = {}
        self._with_values: set[str] = set()

    def narrow(
        self,
        con: duckdb.DuckDBPyConnection,
        chunk: str,
        fields: tuple[Field, ...],
        *,
        typed: bool,
    ) -> None:
        """Take in what the chunk (a view with the attributes as text) tells.

        Parameters
        ----------
        con
            A connection that knows `chunk`.
        chunk
            The name of the view.
        fields
            The attributes in it.
        typed
            Whether the file declares types; then a text in it is meant as text.

        """
        tests: list[tuple[str, Kind]] = []
        for field in fields:
            declared = field.given.kind
            possible = self._possible.get(field.name)
            if declared is not None:
                allowed = _FROM_DECLARED.get(declared, frozenset({declared}))
            else:
                allowed = frozenset() if typed else _FROM_TEXT
            if declared is None and not typed:
                candidates = _FROM_TEXT if possible is None else possible
                tests += [(field.name, kind) for kind in _ORDER if kind in candidates]
            else:
                candidates = allowed if possible is None else possible & allowed
            self._possible[field.name] = candidates
        self._test(con, chunk, tests, names=[field.name for field in fields])

    def settled(self, known: Mapping[str, Kind]) -> dict[str, Kind]:
        """Return the kind of each attribute that has a value.

        One that the lake keeps as text stays text: ``1.10`` may be a version.
        """
        return {
            name: Kind.TEXT if known.get(name) is Kind.TEXT else self._best(name)
            for name in sorted(self._with_values)
        }

    def _best(self, name: str) -> Kind:
        possible = self._possible[name]
        return next((kind for kind in _ORDER if kind in possible), Kind.TEXT)

    def _test(
        self,
        con: duckdb.DuckDBPyConnection,
        chunk: str,
        tests: list[tuple[str, Kind]],
        *,
        names: list[str],
    ) -> None:
        if not names:
            return
        parts = [f"count({name_sql(name)}) > 0" for name in names]
        parts += [
            f"coalesce(bool_and({is_of_kind(name_sql(name), kind)})"
            f" FILTER (WHERE {name_sql(name)} IS NOT NULL), true)"
            for name, kind in tests
        ]
        row = con.execute(f"SELECT {joined(parts)} FROM {chunk}").fetchall()[0]  # noqa: S608 - quoted
        self._with_values |= {
            name for name, has in zip(names, row[: len(names)], strict=True) if has
        }
        for (name, kind), fits in zip(tests, row[len(names) :], strict=True):
            if not fits:
                self._possible[name] -= {kind}
