"""`banso check`: find every fault in the definitions."""

import click

from banso.cli.failures import FINDINGS
from banso.cli.options import as_json, in_project
from banso.cli.output import print_json
from banso.cli.words import language, say, write_line
from banso.definitions.reading import read_catalog
from banso.kernel.issues import Issue, has_errors
from banso.runs.missing_rates import missing_rates
from banso.runs.project import Project


@click.command("check")
@in_project
@as_json
def command(project: Project, *, as_json: bool) -> int:
    """Check the project's definitions and name each fault with its file and line.

    Currencies of contracts without a rate of exchange are named as well. Nothing is
    changed. The exit status is 1 when there is an error, and 0 when there
    are only warnings.
    """
    catalog, found = read_catalog(project.definitions_folder)
    issues = list(found)
    if catalog is not None:
        issues += missing_rates(
            project, catalog.revenue, language="en" if as_json else language()
        )
    if as_json:
        print_json(
            {
                "digest": catalog.digest if catalog else None,
                "issues": [in_json(issue) for issue in issues],
            }
        )
    else:
        for issue in issues:
            write_line(str(issue))
        if catalog is not None and not issues:
            say(
                "問題ありません: 指標 {metrics} 個、ヘルスモデル {models} 個。",
                "All is well: {metrics} metrics, {models} health model(s).",
                metrics=len(catalog.metrics),
                models=len(catalog.health),
            )
    return FINDINGS if has_errors(issues) else 0


def in_json(issue: Issue) -> dict[str, object]:
    """Return a finding as a program reads it."""
    return {
        "path": issue.path,
        "line": issue.line,
        "level": issue.level.value,
        "code": issue.code,
        "message": issue.message,
        "hint": issue.hint,
    }
