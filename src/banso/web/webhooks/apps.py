"""What the frame shows of webhooks."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry
from banso.webkit.tasks import Task


class WebhooksFeature(Feature):
    """Programs that are told what happened."""

    name = "banso.web.webhooks"
    label = "webhooks"
    navigation: ClassVar = (
        NavEntry(
            title=_("Webhooks"),
            url_name="webhooks:all",
            icon="share-2",
            capability="administer_users",
            order=93,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "webhook_added": _("Added the webhook %(subject)s."),
        "webhook_deleted": _("Deleted the webhook %(subject)s."),
        "webhook_switched_on": _("Switched the webhook %(subject)s on."),
        "webhook_switched_off": _("Switched the webhook %(subject)s off."),
        "webhook_secret_rotated": _("Renewed the secret of the webhook %(subject)s."),
        "webhook_tested": _("Sent a test to the webhook %(subject)s."),
        "webhook_replayed": _("Sent %(count)s events to %(subject)s again."),
        "webhook_gave_up": _(
            "The webhook %(subject)s did not take events for a day and is off."
        ),
    }
    refusals: ClassVar = {
        "webhook_address_refused": _(
            "Name a public address that begins with https:// and holds no password."
        ),
        "webhook_event_unknown": _("Choose at least one event."),
    }
    tasks: ClassVar = (
        Task(
            name="webhooks.send",
            title=_("Send webhooks"),
            call="banso.web.webhooks.operations.send_due",
            every="5 s",
            wanted="banso.web.webhooks.queries.is_due",
        ),
        Task(
            name="webhooks.forget_old",
            title=_("Clear away old webhook deliveries"),
            call="banso.web.webhooks.operations.forget_old",
            every="25 3 * * *",
        ),
    )
