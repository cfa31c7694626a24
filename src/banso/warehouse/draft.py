"""One writer's changes to the lake, which exist only after `Draft.commit`."""

import datetime as dt
import shutil
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path, PurePosixPath
from uuid import uuid4

from banso.kernel.digests import digest_of_bytes
from banso.kernel.errors import BansoError
from banso.tables.spec import TableSpec
from banso.warehouse.bench import Bench, described
from banso.warehouse.durable import replace_pointer, write_durably
from banso.warehouse.manifest import (
    JSON,
    UNDATED,
    DefinitionsVersion,
    Manifest,
    Part,
    Release,
    TableVersion,
)
from banso.warehouse.manifest_json import to_bytes
from banso.warehouse.pointer import MANIFESTS, POINTER, damaged, name_of, pointer_bytes
from banso.warehouse.upsert import Upserted, upsert
from banso.warehouse.withdrawing import withdraw, withdraw_rows

KEPT_RELEASES = 10


class BadFileName(BansoError):
    """Refuse a definition file whose name leads out of its folder."""

    code = "bad_file_name"


class Draft:
    """The next version of the lake, while it is being written.

    Made by `Lake.writing`; one writer works at a time. Leaving the block without
    `commit` drops everything.
    """

    def __init__(self, bench: Bench, base: Manifest, *, at: dt.datetime) -> None:
        self.base = base
        self.bench = bench
        self._at = at.astimezone(dt.UTC)
        self._next = base

    def upsert(
        self, spec: TableSpec, staged: Path, *, first_stays: bool = False
    ) -> Upserted:
        """Take in the rows of a staged Parquet file by key.

        Parameters
        ----------
        spec
            The table that the rows belong to.
        staged
            Its columns are those of the contract (as far as present), attributes, and
            optionally ``known_at`` (UTC). Keys are unique and not null.
        first_stays
            Whether a row whose key is there already changes nothing.

        Returns
        -------
        Upserted
            Rows that were new, that replaced one with the same key, and that were
            there already with the same content (``known_at`` aside).

        Raises
        ------
        StagedRefused
            A key column is missing, a name is reserved, or a type does not fit.
        DiskFull
            There is no space left.

        """
        table = self._next.facts.get(spec.name, TableVersion(spec.name, {}))
        after, counts = upsert(
            self.bench,
            table,
            spec=spec,
            staged=staged,
            loaded_at=self._loaded_at,
            first_stays=first_stays,
        )
        if after is not table:
            self.set_table(after)
        return counts

    def withdraw(self, spec: TableSpec, *, prefix: str, kept: Path) -> int:
        """Take out the rows whose key begins with `prefix`, but for those in `kept`.

        Parameters
        ----------
        spec
            The table.
        prefix
            Of the first part of the key.
        kept
            A Parquet file with the keys of the rows that stay.

        Returns
        -------
        int
            How many rows went.

        """
        table = self._next.facts.get(spec.name)
        if table is None:
            return 0
        after, rows = withdraw(
            self.bench,
            table,
            spec=spec,
            prefix=prefix,
            kept=kept,
            loaded_at=self._loaded_at,
        )
        if rows:
            self.set_table(after)
        return rows

    def withdraw_rows(self, spec: TableSpec, *, gone: Path) -> int:
        """Take out the rows whose keys a Parquet file lists; return how many went."""
        table = self._next.facts.get(spec.name)
        if table is None:
            return 0
        after, rows = withdraw_rows(
            self.bench, table, spec=spec, gone=gone, loaded_at=self._loaded_at
        )
        if rows:
            self.set_table(after)
        return rows

    def set_identities(self, identities: Mapping[str, str]) -> None:
        """Say which customers stand under another one: that one, by those that go."""
        self._next = replace(self._next, identities=dict(sorted(identities.items())))

    def set_mark(self, name: str, mark: JSON) -> None:
        """Say how far a table of a source was read; it holds once this is committed."""
        marks = {**self._next.marks, name: mark}
        self._next = replace(self._next, marks=dict(sorted(marks.items())))

    @property
    def _loaded_at(self) -> str:
        return f"TIMESTAMP '{self._at:%Y-%m-%d %H:%M:%S.%f}'"

    def set_table(self, table: TableVersion) -> None:
        """Put `table` in place of the version of it that was there."""
        facts = {**self._next.facts, table.name: table}
        self._next = replace(self._next, facts=dict(sorted(facts.items())))

    def replace_quarantine(self, rows: Path | None) -> None:
        """Make the rows of a Parquet file the whole quarantine; None empties it."""
        parts: tuple[Part, ...] = ()
        if rows is not None:
            beside = self.bench.workspace / f"{uuid4().hex}.parquet"
            shutil.copyfile(rows, beside)
            written = described(self.bench.con, beside)
            path = self.bench.take_in(beside, written, under="parts/quarantine")
            parts = (Part(path, UNDATED, written.rows, written.bytes, written.sha256),)
        self._next = replace(self._next, quarantine=parts)

    def put_definitions(
        self, files: Mapping[str, bytes], *, digest: str, by: str, why: str
    ) -> DefinitionsVersion:
        """Publish a set of definition files as the newest version.

        Parameters
        ----------
        files
            Content by name; a name may have folders (``metrics/usage.yaml``).
        digest
            The hash of the meaning (`Catalog.digest`).
        by, why
            Who published it, and the reason in words.

        Raises
        ------
        BadFileName
            A name is absolute or goes up.

        """
        digests = {name: digest_of_bytes(files[name]) for name in sorted(files)}
        version = DefinitionsVersion(digest, digests, self._at, by, why)
        for name, content in files.items():
            path = self.bench.root / definition_path(version, name)
            if not path.exists():
                self.bench.made.append(path)
                write_durably(path, content)
        self._next = replace(self._next, definitions=(*self._next.definitions, version))
        return version

    def put_release(self, release: Release) -> None:
        """Make `release` the newest one; the oldest beyond ten are given up.

        Raises
        ------
        LakeDamaged
            One of its parts is not in the lake.

        """
        for part in chain.from_iterable(release.tables.values()):
            if not (self.bench.root / part.path).exists():
                raise damaged(part.path)
        others = [r for r in self._next.releases if r.release_id != release.release_id]
        kept = (*others, release)[-KEPT_RELEASES:]
        self._next = replace(self._next, releases=kept)

    def rewrite(self, manifest: Manifest) -> None:
        """Put another version in place of this one, but for its number and parent."""
        self._next = manifest

    def commit(self, *, forget_before: bool = False) -> Manifest:
        """Make the changes the current version of the lake, all at once.

        Parts were synced when they were written; now the manifest is, then the
        pointer. Without any change the current version stays. With `forget_before`,
        the versions before cannot be asked for any more.
        """
        if self._next == self.base:
            return self.base
        parent = name_of(self.base) if self.base.version else None
        if forget_before:
            parent = None
        manifest = replace(
            self._next,
            version=self.base.version + 1,
            parent=parent,
            written_at=self._at,
        )
        content = to_bytes(manifest)
        root = self.bench.root
        write_durably(root / MANIFESTS / name_of(manifest), content)
        self.bench.made.clear()  # from here on the pointer may name them
        replace_pointer(root / POINTER, pointer_bytes(manifest))
        self.base = self._next = manifest
        return manifest


def definition_path(version: DefinitionsVersion, name: str) -> str:
    """Return where a definition file lies; two files of one meaning can differ."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise BadFileName(f"'{name}' is no name for a definition file.", name=name)
    return f"definitions/{version.digest}/{version.files[name][:8]}/{path}"
