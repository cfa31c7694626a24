"""How each customer stands, as the newest run left it; views that people keep."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CustomerNow(models.Model):
    """One customer on the as-of date of the published release.

    Written only by `operations.publish_release`. Texts that are not known are empty;
    every other unknown is null. The columns ``sort_*`` are never null: where nothing
    is known they put the row last. Those that end in ``_down`` hold the negative, so
    that both directions are read upwards and the unknown come last in both.
    """

    customer_id = models.TextField(primary_key=True)
    number = models.BigIntegerField(unique=True)  # the row of the search index
    name = models.TextField()
    search = models.TextField()  # the name and the id as `search.normalized` says
    status = models.TextField()  # active | upcoming | churned
    owner = models.TextField()  # an e-mail in lower case, or what the facts say
    touch = models.TextField()
    industry = models.TextField()
    country = models.TextField()
    size = models.TextField()
    purpose = models.TextField()
    parent_id = models.TextField()
    partner_id = models.TextField()
    products = models.TextField()
    plan = models.TextField()
    seats = models.BigIntegerField(null=True)
    # null and no currency while active: in several currencies
    mrr = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    currency = models.TextField()
    started_on = models.DateField(null=True)
    renews_on = models.DateField(null=True)
    notice_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_reason = models.TextField()
    tenure_days = models.IntegerField(null=True)
    model = models.TextField()
    score = models.FloatField(null=True)  # 0 to 100
    band = models.TextField()  # healthy | watch | at_risk | unknown
    coverage = models.FloatField(null=True)  # a ratio
    no_score = models.TextField()  # why an active customer has none: `NoScore`
    score_before = models.FloatField(null=True)  # at least 28 days earlier
    change = models.FloatField(null=True)  # in points since then
    worst_element = models.TextField()  # dimension.element that lost most points
    worst_points = models.FloatField(null=True)
    best_element = models.TextField()  # dimension.element that won most points
    best_points = models.FloatField(null=True)
    trend = models.JSONField(default=list)  # scores of the last 26 as-of dates
    last_active_on = models.DateField(null=True)
    p_churn = models.FloatField(null=True)  # chance to leave within 90 days, 0..1
    p_churn_low = models.FloatField(null=True)
    p_churn_high = models.FloatField(null=True)
    p_churn_basis = models.TextField(
        default=""
    )  # model | rate | notice; empty: no forecast
    mrr_at_risk = models.FloatField(null=True)  # MRR times that chance
    success = models.TextField(default="")  # `Success`; empty: no funnel
    attributes = models.JSONField(default=dict)  # columns that the contract lacks
    sort_score_up = models.FloatField()
    sort_score_down = models.FloatField()
    sort_change_up = models.FloatField()
    sort_change_down = models.FloatField()
    sort_mrr_up = models.FloatField()
    sort_mrr_down = models.FloatField()
    sort_renews_up = models.IntegerField()  # days since 1970
    sort_renews_down = models.IntegerField()
    sort_active_up = models.IntegerField()  # days since 1970
    sort_active_down = models.IntegerField()
    sort_chance_up = models.FloatField(default=2.0)
    sort_chance_down = models.FloatField(default=2.0)
    sort_loss_up = models.FloatField(default=1e15)
    sort_loss_down = models.FloatField(default=1e15)
    digest = models.TextField()  # of the row in the release

    class Meta:  # noqa: D106
        # the column sorted by, the key, then what most pages filter by
        indexes: ClassVar = [
            *(
                models.Index(
                    fields=[column, "customer_id", "status", "band"],
                    name=f"customer_{column.removeprefix('sort_')}",
                )
                for column in (
                    "search", "owner", "sort_score_up", "sort_score_down",
                    "sort_change_up", "sort_change_down", "sort_renews_up",
                    "sort_renews_down", "sort_active_up", "sort_active_down",
                    "sort_chance_up", "sort_chance_down", "sort_loss_up",
                    "sort_loss_down",
                )
            ),
            # and what goes with the price: the cheapest of the dearest plan are far in
            *(
                models.Index(
                    fields=[
                        column, "customer_id", "status", "band", "plan", "size",
                        "touch", "industry",
                    ],
                    name=f"customer_{column.removeprefix('sort_')}",
                )
                for column in ("sort_mrr_up", "sort_mrr_down")
            ),
            # holds everything that a filter asks for: counting reads nothing else
            models.Index(
                fields=[
                    "status", "band", "touch", "plan", "industry", "size", "owner",
                    "sort_renews_up", "no_score", "sort_chance_down", "customer_id",
                ],
                name="customer_filters",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class CustomerAlias(models.Model):
    """A customer that was merged into another one: its address leads there."""

    gone = models.TextField(primary_key=True)  # the key that it had
    kept = models.TextField(db_index=True)  # the key of the one that stays
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.gone} → {self.kept}"


class NoScore(models.TextChoices):
    """Why an active customer has no health score."""

    NO_MODEL = "no_model", _("No health model is meant for it")
    NOT_CONNECTED = "not_connected", _("The tables that health needs are not connected")
    STALE = "stale", _("Its data is too old")
    NO_DATA = "no_data", _("It has too little data")


class Success(models.TextChoices):
    """How far a customer has come on the way to success."""

    UNKNOWN = "unknown", _("Success: not told by the data")
    EARLY = "early", _("Success: onboarding in time still")
    NOT_ONBOARDED = "not_onboarded", _("Success: not onboarded in time")
    LEFT = "left", _("Success: onboarded, then left")
    NOT_ADOPTING = "not_adopting", _("Success: onboarded, not adopting")
    SUCCESSFUL = "successful", _("Successful customers")


class PublishedRelease(models.Model):
    """The release that `CustomerNow` shows; one row, or none before the first run."""

    release_id = models.TextField()
    as_of = models.DateField()
    before = models.DateField(null=True)  # the as-of date that changes start from
    made_at = models.DateTimeField()
    published_at = models.DateTimeField()
    facts_digest = models.TextField()
    definitions_digest = models.TextField()
    notes = models.JSONField(default=dict)  # Release.notes
    dates = models.JSONField(default=list)  # all as-of dates, of `OwnerFigures.history`
    labels = models.JSONField(default=dict)  # model/dimension.element: {ja, en}
    choices = models.JSONField(default=dict)  # column: its values, most frequent first
    presentation = models.IntegerField()  # of the version of Banso that wrote the rows
    has_forecast = models.BooleanField(default=False)  # any customer has a chance

    class Meta:  # noqa: D106
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_release")
        ]

    def __str__(self) -> str:
        return f"{self.release_id} ({self.as_of:%F})"


class OwnerFigures(models.Model):
    """The sums over the customers of one owner; over all of them for ``*``."""

    owner = models.TextField(primary_key=True)  # empty: customers without an owner
    name = models.TextField()  # as the table of staff has it
    customers = models.IntegerField()  # active ones
    figures = models.JSONField()  # see `figures.Figures`

    def __str__(self) -> str:
        return self.name or self.owner


class SavedView(models.Model):
    """A choice of filters and sort that somebody keeps under a name."""

    class Sharing(models.TextChoices):  # noqa: D106
        PRIVATE = "private", _("Only me")
        TEAM = "team", _("My team")
        ALL = "all", _("Everybody")

    name = models.CharField(_("Name"), max_length=80)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="saved_views"
    )
    sharing = models.CharField(
        _("Who sees it"), max_length=10, choices=Sharing, default=Sharing.PRIVATE
    )
    query = models.TextField(blank=True)  # of the URL, in a fixed order
    changed_at = models.DateTimeField()

    class Meta:  # noqa: D106
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["by", "name"], name="view_name_per_user")
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(models.Model):
    """The view that a user's page of customers opens with."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    view = models.ForeignKey(SavedView, models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.view_id}"
