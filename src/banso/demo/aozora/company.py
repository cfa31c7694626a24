"""Make the whole company: every table, and the truth beside them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from banso.demo.aozora import charges, community, contracts, costs, lives, names, people
from banso.demo.aozora import sales, touches, truth, usage, voice
from banso.demo.aozora.paths import draw_paths
from banso.demo.aozora.planted import Setting
from banso.demo.aozora.population import BLOCK, draw_block
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
    tally = truth.Tally()
    namer = names.CompanyNames(setting.random("names"))
    gatherings = community.draw_gatherings(setting)
    organizers: dict[int, str] = {}
    calibration: lives.Calibration | None = None
    with Tables(folder) as tables:
        people.write_company_people(setting, tables)
        costs.write_company_costs(setting, tables)
        for number in range(-(-customers // BLOCK)):
            calibration, organized = _write_block(
                setting, tables, number=number, namer=namer, gatherings=gatherings,
                tally=tally, calibration=calibration,
            )  # fmt: skip
            organizers = organized | organizers
            if progress is not None:
                progress(min(customers, (number + 1) * BLOCK), customers)
        community.write_gatherings(
            setting, tables, gatherings=gatherings, organizers=organizers
        )
    assert calibration is not None
    return truth.write_truth(
        setting, folder, tally=tally, calibration=calibration, rows=tables.rows
    )


def _write_block(
    setting: Setting, tables: Tables, *, number: int, namer: names.CompanyNames,
    gatherings: community.Gatherings, tally: truth.Tally, calibration: lives.Calibration | None,
) -> tuple[lives.Calibration, dict[int, str]]:  # fmt: skip
    block = draw_block(
        setting, number=number, namer=namer, partners=len(people.PARTNERS)
    )
    paths = draw_paths(setting, block)
    incidents = lives.draw_incidents(setting, block, paths)
    hazard = lives.relative_hazard(setting, block, paths=paths, incidents=incidents)
    if calibration is None:  # of the first block: later ones live under the same hazard
        calibration = lives.calibrate(setting, paths=paths, hazard=hazard)
    life = lives.draw_lives(
        setting,
        block,
        paths=paths,
        incidents=incidents,
        calibration=calibration,
        hazard=hazard,
    )
    owner = people.write_customers(setting, tables, block=block)
    crowd = people.write_contacts(setting, tables, block=block, lives=life, owner=owner)
    growth = contracts.draw_growth(setting, block, lives=life)
    spans = contracts.make_spans(setting, block, lives=life, growth=growth)
    for i, day, kind, module in zip(
        growth.customer, growth.day, growth.kind, growth.amount, strict=True
    ):
        if kind == "module":
            block.modules[i, module] = day
    contracts.write_subscriptions(setting, tables, block=block, spans=spans)
    used = usage.write_usage(
        setting, tables, block=block, lives=life, paths=paths, people=crowd
    )
    usage.write_milestones(
        setting, tables, block=block, lives=life, paths=paths, people=crowd
    )
    charges.write_charges(
        setting, tables, block=block, spans=spans,
        documents=used.documents, month_days=used.month_days,
    )  # fmt: skip
    costs.write_serving_costs(setting, tables, block=block, lives=life, usage=used)
    voice.write_tickets(setting, tables, block=block, lives=life, people=crowd)
    voice.write_surveys(
        setting, tables, block=block, lives=life, paths=paths, people=crowd
    )
    voice.write_requests(setting, tables, block=block, lives=life, people=crowd)
    touches.write_interactions(setting, tables, block=block, lives=life, people=crowd)
    organized = community.write_participations(
        setting, tables, block=block, lives=life, people=crowd, gatherings=gatherings
    )
    referrals = sales.write_deals(
        setting, tables, block=block, lives=life, people=crowd, sold=(spans, growth)
    )
    tally.counts["referrals fan"] += referrals[0]
    tally.counts["referrals other"] += referrals[1]
    truth.add_block(
        setting, tally, block=block, paths=paths, lives=life, made=(used, growth)
    )
    return calibration, organized
