"""What a feature declares about itself, so that the frame can show it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from django.apps import AppConfig, apps
from django.utils.functional import Promise

Text = str | Promise  # a promise is a text that is translated when it is read
Sentence = Text | Callable[[Mapping[str, object]], str]


@dataclass(frozen=True)
class NavEntry:
    """One line of the navigation."""

    title: Text
    url_name: str
    icon: str  # a name of the lucide set
    capability: str
    order: int
    section: str = "work"  # or "administration"


class Feature(AppConfig):
    """A feature of the web: a package under ``banso.web`` with an ``apps.py``.

    The site installs every such package and includes its ``urls``.
    """

    default = False  # Django takes the subclass of an ``apps`` module, not this class
    navigation: ClassVar[tuple[NavEntry, ...]] = ()
    # what an audit entry says, by action: a sentence with %(subject)s and the names
    # of the details, or a function of the details for one that must choose its words
    actions: ClassVar[Mapping[str, Sentence]] = {}
    # what a refusal says, by BansoError.code: a sentence with the names of the facts
    refusals: ClassVar[Mapping[str, Text]] = {}

    def __init_subclass__(cls) -> None:
        """Let Django choose the feature's own class."""
        cls.default = True


def installed_features() -> Iterator[Feature]:
    """Yield the features that the site has installed."""
    for config in apps.get_app_configs():
        if isinstance(config, Feature):
            yield config
