"""The base of every definition, and the values that definitions share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from banso.kernel.labels import Label

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Definition(BaseModel):
    """A frozen, strict value that accepts no key it does not know."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True
    )


class Text(Definition):
    """A text in both languages, as a definition file writes it."""

    ja: str = Field(min_length=1)
    """The text in Japanese."""
    en: str = Field(min_length=1)
    """The text in English."""

    @property
    def label(self) -> Label:
        """The same as a value of the kernel."""
        return Label(ja=self.ja, en=self.en)
