"""What a declaration of a table consists of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from banso.kernel.labels import Label


class Kind(StrEnum):
    """The type of a column, as the contract words it.

    How each is stored: TEXT, JSON as UTF-8 text; INTEGER as int64; NUMBER as float64;
    MONEY as decimal(18, 4); DATE as date32; TIME as timestamp in microseconds, UTC;
    FLAG as boolean.
    """

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    TIME = "time"
    FLAG = "flag"
    JSON = "json"


@dataclass(frozen=True)
class Column:
    """One column of a canonical table."""

    name: str
    kind: Kind
    meaning: Label
    key: bool = False  # part of what identifies a row
    required: bool = False  # must be there and not null
    choices: tuple[str, ...] = ()  # the only values allowed, when not empty
    references: str | None = None  # the table whose key this column points to
    may_be_empty: bool = False  # a key part that may be missing; kept as ''
    free_text: bool = False  # somebody's own words, which may say anything


@dataclass(frozen=True)
class TableSpec:
    """One canonical table: its grain, columns, and how its rows lie in time."""

    name: str
    label: Label
    grain: Label  # "one row is …"
    columns: tuple[Column, ...]
    time: str | None = None  # the column that dates a row
    span: tuple[str, str] | None = None  # columns of [start, end) for rows that last
    derived_key: bool = False  # a missing key is derived from the whole row
    by_name: Mapping[str, Column] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {c.name: c for c in self.columns})

    @property
    def key(self) -> tuple[str, ...]:
        """The names of the key columns, in order."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that must not be null: keys and required ones."""
        return tuple(
            column.name
            for column in self.columns
            if (column.key or column.required) and not column.may_be_empty
        )

    @property
    def has_customer(self) -> bool:
        """Whether rows belong to a customer."""
        return "customer_id" in self.by_name

    @property
    def has_contact(self) -> bool:
        """Whether rows can name a contact."""
        return "contact_id" in self.by_name


def is_contact_column(name: str) -> bool:
    """Return whether a column says who somebody at a customer is."""
    return name == "contact_id" or name.endswith("_contact_id")
