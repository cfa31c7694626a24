"""What a feature declares about itself, so that the frame can show it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.apps import AppConfig, apps
from django.utils.functional import Promise

from banso.webkit.permissions import Staff

if TYPE_CHECKING:
    from banso.webkit.tasks import Task

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
    home_of: frozenset[str] = frozenset()  # the roles that begin their day there
    # answers with how much there waits for the user; asked by the browser once a page
    # is there, so that no page waits for it
    count_url_name: str = ""


@dataclass(frozen=True)
class FactSource:
    """What a feature recorded, as rows of a table of the contract.

    Before each run all of it goes into the lake: rows that are no longer given leave.
    """

    table: str
    # all rows in the order of their keys, which `tables.recorded` makes; the same
    # records give the same rows, and what has yet to happen is none
    rows: Callable[[], Iterator[Mapping[str, object]]]


@dataclass(frozen=True)
class ReleaseHook:
    """What a feature does when the pages are about to show a release.

    Called within the transaction that publishes it, after the customers are written,
    also when the same release is published again.
    """

    call: Callable[..., None]  # (reader: ReleaseReader, at: datetime)
    order: int  # the lower first; features of one number by their name


@dataclass(frozen=True)
class TodayPanel:
    """What a feature shows beside the cards of today."""

    template: str  # a part of a page; it reads what was found as ``found``
    # (user: Staff, at: datetime) gives what there is; empty: the panel is not shown
    read: Callable[..., object]
    order: int  # the lower first


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
    facts: ClassVar[tuple[FactSource, ...]] = ()
    on_release: ClassVar[tuple[ReleaseHook, ...]] = ()
    beside_today: ClassVar[tuple[TodayPanel, ...]] = ()
    # what moves the feature's records from a customer that goes to the one that stays
    on_merge: ClassVar[tuple[Callable[[str, str], None], ...]] = ()
    # how much of a customer that moves: what it is called and how many, none left out
    moves: ClassVar[tuple[Callable[[str], Iterable[tuple[Text, int]]], ...]] = ()
    # the customers at which a user has something to do, whosever they are: the user
    # sees those as long as that is so
    lends: ClassVar[tuple[Callable[[Staff], Collection[str]], ...]] = ()
    # the customers that people decided are another one, by that which goes
    identities: ClassVar[tuple[Callable[[], Mapping[str, str]], ...]] = ()
    # what is done in the background
    tasks: ClassVar[tuple["Task", ...]] = ()

    def __init_subclass__(cls) -> None:
        """Let Django choose the feature's own class."""
        cls.default = True


def installed_features() -> Iterator[Feature]:
    """Yield the features that the site has installed."""
    for config in apps.get_app_configs():
        if isinstance(config, Feature):
            yield config


def merge_hooks() -> tuple[Callable[[str, str], None], ...]:
    """Return what all features do when a customer is merged into another one."""
    features = sorted(installed_features(), key=lambda feature: feature.label)
    return tuple(hook for feature in features for hook in feature.on_merge)


def what_moves(customer_id: str) -> list[tuple[Text, int]]:
    """Return what a merge would move of a customer, and how much of it."""
    features = sorted(installed_features(), key=lambda feature: feature.label)
    found = [
        pair
        for feature in features
        for count in feature.moves
        for pair in count(customer_id)
    ]
    return [(what, number) for what, number in found if number]


def lent_customers(user: Staff) -> set[str]:
    """Return the customers at which a user has something to do."""
    return {
        key
        for feature in installed_features()
        for lend in feature.lends
        for key in lend(user)
    }


def release_hooks() -> tuple[ReleaseHook, ...]:
    """Return what all features do on a release, in order."""
    features = sorted(installed_features(), key=lambda feature: feature.label)
    hooks = [hook for feature in features for hook in feature.on_release]
    return tuple(sorted(hooks, key=lambda hook: hook.order))


def today_panels() -> tuple[TodayPanel, ...]:
    """Return what all features show beside the cards of today, in order."""
    features = sorted(installed_features(), key=lambda feature: feature.label)
    panels = [panel for feature in features for panel in feature.beside_today]
    return tuple(sorted(panels, key=lambda panel: panel.order))
