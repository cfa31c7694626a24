"""What the frame shows of the customers."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class CustomersFeature(Feature):
    """The list of customers."""

    name = "banso.web.customers"
    label = "customers"
    navigation: ClassVar = (
        NavEntry(
            title=_("Customers"),
            url_name="customers:list",
            icon="building-2",
            capability="see_customers",
            order=20,
        ),
    )
    actions: ClassVar = {
        "customers_exported": _("Exported customers as CSV (%(subject)s)."),
        "person_exported": _("Wrote what is held of the contact %(subject)s."),
        "person_erased": _(
            "Erased a person (%(subject)s): %(rows)s rows, %(files)s files. %(reason)s"
        ),
        "person_readmitted": _("Let a person who was erased (%(subject)s) come back."),
        "view_saved": _("Saved the view %(subject)s."),
        "view_changed": _("Changed the view %(subject)s."),
        "view_deleted": _("Deleted the view %(subject)s."),
        "default_view_chosen": _("Chose to open with the view %(subject)s."),
        "customer_merged": _("Merged the customer %(subject)s into %(into)s."),
        "default_view_dropped": _("Chose to open with all customers."),
    }
    refusals: ClassVar = {
        "merge_with_itself": _("Choose another customer than this one."),
        "already_merged": _("The customer %(key)s was merged already, into %(into)s."),
        "no_such_customer": _("You see no customer with the ID %(key)s."),
        "view_taken": _("You have a view named %(name)s already."),
        "view_not_yours": _("The view %(name)s was made by somebody else."),
        "sharing_refused": _("Only leads and CS operations share views."),
        "view_without_team": _("You are in no team with which to share a view."),
    }
