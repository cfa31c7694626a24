"""Make the whole company: every table, and the truth beside them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from banso.demo.aozora import (
    charges,
    community,
    consents,
    contracts,
    costs,
    lives,
    names,
    people,
    sales,
    touches,
    trials,
    truth,
    usage,
    voice,
)
from banso.demo.aozora.paths import Grid, Paths, draw_paths
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import BLOCK, Block, draw_block
from banso.demo.aozora.writing import Tables

Progress = Callable[[int, int], None]


def write_company(  # noqa: PLR0913 - the knobs of a simulation
    folder: Path,
    *,
    customers: int = 400,
    years: int = 3,
    last_day: dt.date,
    seed: int,
    volume: float = 1.0,
    progress: Progress | None = None,
) -> truth.Truth:
    """Write all tables of Aozora Cloud as Parquet files, with the planted truth.

    Parameters
    ----------
    folder
        Made when it is not there; files of the same names are replaced.
    customers
        All that the company ever had, those who left included.
    years
        The length of the history, which ends on `last_day`.
    last_day
        The last day of which the company knows anything.
    seed
        The same arguments give the same bytes.
    volume
        Multiplies the number of events; 400 customers and 3 years have about 500,000.
    progress
        Called with the customers done and the customers in all.

    Returns
    -------
    Truth
        What was planted and what came of it, as ``truth.yaml`` says too.

    """
    first_day = last_day.replace(year=last_day.year - years, day=min(last_day.day, 28))
    setting = Setting(
        customers, first_day + dt.timedelta(days=1), last_day, seed, volume
    )
    with Tables(folder) as tables:
        made = _Made(setting, tables)
        people.write_company_people(setting, tables)
        costs.write_company_costs(setting, tables)
        for number in range(-(-customers // BLOCK)):
            _write_block(made, number=number)
            if progress is not None:
                progress(min(customers, (number + 1) * BLOCK), customers)
        community.write_gatherings(setting, tables, gatherings=made.gatherings)
        trials.write_trials(setting, tables)
    return truth.write_truth(
        setting,
        folder,
        tally=made.tally,
        calibration=made.hazard_calibration,
        rows=tables.rows,
    )


class _Made:
    """What the blocks of one company share while it is made."""

    def __init__(self, setting: Setting, tables: Tables) -> None:
        self.setting, self.tables = setting, tables
        self.tally = truth.Tally()
        self.namer = names.CompanyNames(setting.random("names"))
        self.gatherings = community.draw_gatherings(setting)
        self._calibration: lives.Calibration | None = None

    @property
    def hazard_calibration(self) -> lives.Calibration:
        """The level of the hazard, once the first block is drawn."""
        assert self._calibration is not None
        return self._calibration

    def calibrate(self, paths: Paths, hazard: Grid) -> lives.Calibration:
        """Find the level of the hazard by the first block; later ones live under it."""
        if self._calibration is None:
            self._calibration = lives.calibrate(
                self.setting, paths=paths, hazard=hazard
            )
        return self._calibration


def _write_block(made: _Made, *, number: int) -> None:
    setting = made.setting
    block = draw_block(
        setting, number=number, namer=made.namer, partners=len(people.PARTNERS)
    )
    paths = draw_paths(setting, block)
    incidents = lives.draw_incidents(setting, block, paths)
    hazard = lives.relative_hazard(setting, block, paths=paths, incidents=incidents)
    life = lives.draw_lives(
        setting,
        block,
        paths=paths,
        incidents=incidents,
        calibration=made.calibrate(paths, hazard),
        hazard=hazard,
    )
    owner = people.write_customers(setting, made.tables, block=block)
    crowd = people.write_contacts(
        setting, made.tables, block=block, lives=life, owner=owner
    )
    consents.write_consents(setting, made.tables, block=block, people=crowd)
    _write_use(made, block, paths=paths, life=life, crowd=crowd)
    _write_talk(made, block, paths=paths, life=life, crowd=crowd)


def _write_use(
    made: _Made, block: Block, *, paths: Paths, life: lives.Lives, crowd: people.People
) -> None:
    """Write what was agreed, used, reached, billed and sold."""
    setting, tables = made.setting, made.tables
    growth = contracts.draw_growth(setting, block, lives=life)
    spans = contracts.make_spans(setting, block, lives=life, growth=growth)
    contracts.install_modules(block, growth)
    contracts.write_subscriptions(setting, tables, block=block, spans=spans)
    used = usage.write_usage(
        setting, tables, block=block, lives=life, paths=paths, people=crowd
    )
    usage.write_milestones(
        setting, tables, block=block, lives=life, paths=paths, people=crowd
    )
    charges.write_charges(
        setting,
        tables,
        block=block,
        spans=spans,
        documents=used.documents,
        month_days=used.month_days,
    )
    costs.write_serving_costs(setting, tables, block=block, lives=life, usage=used)
    by_fans, by_others = sales.write_deals(
        setting, tables, block=block, lives=life, people=crowd, sold=(spans, growth)
    )
    made.tally.counts["referrals fan"] += by_fans
    made.tally.counts["referrals other"] += by_others
    truth.add_block(
        setting, made.tally, block=block, paths=paths, lives=life, made=(used, growth)
    )


def _write_talk(
    made: _Made, block: Block, *, paths: Paths, life: lives.Lives, crowd: people.People
) -> None:
    """Write what was said, and when we and they met."""
    setting, tables = made.setting, made.tables
    voice.write_tickets(setting, tables, block=block, lives=life, people=crowd)
    voice.write_surveys(
        setting, tables, block=block, lives=life, paths=paths, people=crowd
    )
    voice.write_requests(setting, tables, block=block, lives=life, people=crowd)
    touches.write_interactions(
        setting,
        tables,
        block=block,
        lives=life,
        people=crowd,
        failed=paths.failed,
    )
    trials.write_assignments(setting, tables, block=block, lives=life)
    community.write_participations(
        setting,
        tables,
        block=block,
        lives=life,
        people=crowd,
        gatherings=made.gatherings,
    )
