"""What the codes of a company's own data are called in both languages."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from banso.definitions.model import Definition, Text
from banso.kernel.labels import Label

Code = Annotated[str, Field(min_length=1)]
Texts = Mapping[Code, Text]


class NameRules(Definition):
    """The names of columns and codes; one without a name is shown as it is.

    Nothing is computed from a name, so naming something changes no number.
    """

    columns: Texts = Field(default_factory=dict)
    """Columns that the company added to a table, by their name."""
    events: Texts = Field(default_factory=dict)
    """Events of the product, by ``name`` in the table `events`."""
    values: Mapping[Code, Texts] = Field(default_factory=dict)
    """Values of other columns, by column: ``purpose``, ``milestone``, ``measure`` …"""

    @property
    def labels(self) -> Mapping[str, Label]:
        """The name of each column that has one."""
        return {key: text.label for key, text in self.columns.items()}

    def column(self, key: str) -> Label | None:
        """Return the name of a column; None when nobody gave it one."""
        return _label(self.columns, key)

    def event(self, name: str) -> Label | None:
        """Return what an event is called; None when nobody named it."""
        return _label(self.events, name)

    def value(self, column: str, value: str) -> Label | None:
        """Return what a value of a column is called; None when nobody named it."""
        return _label(self.values.get(column, {}), value)


class NamesFile(Definition):
    """The file of names: ``definitions/names.yaml``."""

    schema_version: Literal[1]
    """The version of this format."""
    names: NameRules
    """What columns and codes are called."""


def _label(texts: Texts, key: str) -> Label | None:
    text = texts.get(key)
    return None if text is None else text.label
