"""Small tables that are written into the query itself."""

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir


def literal_rows(
    rows: Sequence[Mapping[str, object]], types: Mapping[str, str]
) -> ir.Table:
    """Return a table of a few hundred rows at most, without anything held in memory.

    Unlike `ibis.memtable` it needs no registering with an engine, and no pandas.

    Parameters
    ----------
    rows
        At least one row; a missing value is null.
    types
        The type of each column, in the order of the columns.

    """
    structs = [
        ibis.struct(
            {
                name: ibis.literal(row.get(name), type=dtype)
                for name, dtype in types.items()
            }
        )
        for row in rows
    ]
    listed = ibis.array(structs).unnest().name("row").as_table()
    return listed.select(**{name: listed.row[name] for name in types})
