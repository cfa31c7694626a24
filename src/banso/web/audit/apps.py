"""What the frame shows of the audit."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from banso.webkit.features import Feature, NavEntry


class AuditFeature(Feature):
    """The audit."""

    name = "banso.web.audit"
    label = "audit"
    navigation: ClassVar = (
        NavEntry(
            title=_("Audit log"),
            url_name="audit:entries",
            icon="scroll-text",
            capability="see_audit",
            order=91,
            section="administration",
        ),
    )
    actions: ClassVar = {
        "figures_exported": _("Exported %(subject)s as CSV."),
        "reads_exported": _("Exported who read personal data."),
        "retention_applied": _(
            "Took out what is no longer kept: %(rows)s rows, %(files)s files."
        ),
    }
