"""`banso backup`: write everything of a project into one file."""

import datetime as dt
import shlex
from pathlib import Path

import click

from banso.cli.options import as_json, find_folder
from banso.cli.output import print_json
from banso.cli.words import program, say
from banso.runs.project import Project


@click.command("backup")
@click.argument(
    "file", metavar="[FILE]", required=False, type=click.Path(path_type=Path)
)
@click.option(
    "--check",
    "checked",
    is_flag=True,
    help="Write nothing: read FILE and say whether it is whole.",
)
@click.option(
    "--without-secret-key",
    is_flag=True,
    help="Leave out the key that signs sessions; a restored project makes another one.",
)
@click.option(
    "--project",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="The project's folder. Default: BANSO_PROJECT, else the current folder "
    "or the nearest one above it that holds a banso.toml.",
)
@as_json
def command(
    *,
    folder: Path | None,
    file: Path | None,
    checked: bool,
    without_secret_key: bool,
    as_json: bool,
) -> None:
    """Write a backup of the project to FILE, while everything runs.

    It holds the lake at one version, the app database as of one moment, uploaded
    files, settings and definitions, with a hash of each. FILE may be a folder;
    default: the current one.
    """
    if checked:
        if file is None:
            raise click.UsageError("--check needs FILE.")
        _check(file, as_json=as_json)
        return
    from banso.site.backup.backing_up import back_up  # noqa: PLC0415  Django

    at = dt.datetime.now(dt.UTC)
    project = Project.open(find_folder(folder))
    path = _path(project, file, at)
    done = back_up(project, path, at=at, secret_key=not without_secret_key)
    if as_json:
        print_json({"file": path, "bytes": done.bytes, **in_json(done.contents)})
        return
    say(
        "バックアップしました: {path}（{size:.1f} MB、データの版 {version}）",
        "Wrote {path} ({size:.1f} MB, version {version} of the lake).",
        path=path,
        size=done.bytes / 1e6,
        version=done.contents.lake_version,
    )
    _say_what_to_guard(with_key=done.contents.secret_key)
    say(
        "確かめるには: {command}",
        "To check it: {command}",
        command=f"{program()} backup --check {shlex.quote(str(path))}",
    )


def _check(path: Path, *, as_json: bool) -> None:
    from banso.site.backup.backing_up import check  # noqa: PLC0415  Django

    contents = check(path)
    if as_json:
        print_json({"file": path, "whole": True, **in_json(contents)})
        return
    say(
        "{path} は完全です: {made_at} の {company}、データ {facts:,} 行、"
        "ファイル {files:,} 個、アプリのデータベース {database}。",
        "{path} is whole: {company} of {made_at}, {facts:,} rows of facts,"
        " {files:,} files, app database {database}.",
        path=path,
        made_at=contents.made_at,
        company=contents.company,
        facts=contents.facts,
        files=len(contents.files),
        database=contents.database.vendor,
    )


def _say_what_to_guard(*, with_key: bool) -> None:
    if with_key:
        say(
            "個人データと、セッションに署名する秘密鍵が入っています。"
            "データベースと同じように守ってください。",
            "It holds personal data and the key that signs sessions: guard it as you"
            " guard the database.",
        )
        return
    say(
        "個人データが入っています。データベースと同じように守ってください。",
        "It holds personal data: guard it as you guard the database.",
    )


def in_json(contents: object) -> dict[str, object]:
    """Return what a backup says of itself, without the list of its files."""
    from banso.site.backup.archive import Contents  # noqa: PLC0415  Django

    assert isinstance(contents, Contents)
    return {
        "made_at": contents.made_at,
        "banso": contents.banso,
        "company": contents.company,
        "lake_version": contents.lake_version,
        "release_id": contents.release_id,
        "facts": contents.facts,
        "secret_key": contents.secret_key,
        "database": contents.database.vendor,
        "files": len(contents.files),
    }


def _path(project: Project, given: Path | None, at: dt.datetime) -> Path:
    folder = given or Path()
    if folder.is_dir():
        return folder / f"{project.folder.name}-{at:%Y%m%dT%H%M%SZ}.banso.zip"
    return folder
