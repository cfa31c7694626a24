"""Questions about churn in plain words: who is compared, and when."""

from collections.abc import Mapping

from banso.definitions.catalog import Catalog
from banso.definitions.describing import describe_expression, filled
from banso.definitions.drivers import Question
from banso.definitions.expressions import parse_expression
from banso.definitions.question_columns import question_columns
from banso.kernel.labels import Label

# By whether there are days to wait for, and a condition.
_ON: Mapping[tuple[bool, bool], Label] = {
    (False, False): Label("最初の基準日に", "On the first as-of date"),
    (True, False): Label(
        "継続日数が{days}日以上になった最初の基準日に",
        "On the first as-of date after {days} days as a customer",
    ),
    (False, True): Label(
        "{when}最初の基準日に", "On the first as-of date on which {when}"
    ),
    (True, True): Label(
        "継続日数が{days}日以上で、{when}最初の基準日に",
        "On the first as-of date after {days} days as a customer on which {when}",
    ),
}
_COMPARED = Label(
    "{on}、{where}顧客を「{exposed}」、そうでない顧客を「{others}」とし、"
    "その後{within}日間を比べます。",
    "{on}, customers for whom {where} are “{exposed}” and the rest are “{others}”; "
    "both are followed for {within} days.",
)


def describe_question(question: Question, catalog: Catalog) -> Label:
    """Return in one sentence who is compared with whom, from when, for how long.

    Parameters
    ----------
    question
        A question whose conditions can be parsed.
    catalog
        The definitions that it is one of.

    """
    template = _ON[question.after_days > 0, question.when is not None]
    when = question.when
    on = filled(
        template,
        days=_number(question.after_days),
        when=Label("", "") if when is None else _condition(when, catalog),
    )
    return filled(
        _COMPARED,
        on=on,
        where=_condition(question.where, catalog),
        exposed=question.exposed.label,
        others=question.others.label,
        within=_number(question.within_days),
    )


def _condition(where: str, catalog: Catalog) -> Label:
    columns = question_columns(catalog.metrics, catalog.forecast.profile)
    return describe_expression(parse_expression(where), columns)


def _number(value: int) -> Label:
    return Label(str(value), str(value))
