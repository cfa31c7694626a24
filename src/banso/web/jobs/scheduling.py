"""When something comes next that comes again and again."""

import datetime as dt

from cronsim import CronSim
from django.utils.timezone import get_default_timezone

from banso.kernel.spans import seconds_of


def next_time(every: str, at: dt.datetime) -> dt.datetime:
    """Return the first time after the present.

    Parameters
    ----------
    every
        ``30 s``, ``5 min``, ``1 h``, or a cron line in the company's time.
    at
        The present, aware.

    """
    seconds = seconds_of(every)
    if seconds is not None:
        return at + dt.timedelta(seconds=seconds)
    local = at.astimezone(get_default_timezone())
    return next(CronSim(every, local)).astimezone(dt.UTC)
