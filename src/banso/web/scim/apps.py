"""What the audit says of the directory."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature


class ScimFeature(Feature):
    """People and groups as the company's directory gives them."""

    name = "banso.web.scim"
    label = "scim"
    actions: ClassVar = {
        "scim_token_made": _("Made the directory token “%(subject)s”."),
        "scim_token_revoked": _("Revoked the directory token “%(subject)s”."),
        "directory_group_added": _("The directory added the group “%(subject)s”."),
        "directory_group_changed": _("The directory changed the group “%(subject)s”."),
        "directory_group_removed": _("The directory removed the group “%(subject)s”."),
        "directory_took_over": _("The directory looks after %(subject)s from now on."),
    }
    refusals: ClassVar = {
        "scim_token_taken": _("There is a directory token named “%(name)s” already."),
        "no_such_scim_token": _("There is no directory token named “%(name)s”."),
    }
