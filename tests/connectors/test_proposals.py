"""A proposed mapping is complete: saved and passed back, the export loads."""

from pathlib import Path

import pytest
from tests.bad_input.conftest import Desk, new_desk, of_table

from banso.connectors.mapping import parse_mapping
from banso.connectors.proposals import mapping_text, propose_mapping

CUSTOMERS = "customer_id,name\ncus_1,青空商事\nORG1,海風工業\n0015g,山川物産\n"

STRIPE_SUBSCRIPTIONS = """\
id,Customer ID,Customer Description,Customer Email,Plan,Quantity,Currency,Interval,\
Amount,Status,Created (UTC),Start Date (UTC),Current Period Start (UTC),\
Current Period End (UTC),Canceled At (UTC),Ended At (UTC)
sub_1,cus_1,,a@example.jp,pro,3,jpy,month,12000,active,2024-01-31 10:22,\
2024-01-31 10:22,2024-10-31 10:22,2024-11-30 10:22,,
sub_2,cus_2,,b@example.jp,pro,3,usd,year,120.00,canceled,2024-01-31 10:22,\
2024-01-31 10:22,2024-10-31 10:22,2025-01-31 10:22,2024-06-01 00:00,2024-07-01 00:00
"""
STRIPE_CHARGES = """\
id,Description,Seller Message,Created date (UTC),Amount,Amount Refunded,Currency,\
Status,Customer ID,Customer Email
ch_1,Invoice,Payment complete.,2024-01-31 10:22:33,100.50,0.00,usd,Paid,cus_1,a@b.jp
"""
SALESFORCE_ACCOUNTS = """\
Account ID,Account Name,Account Owner,Industry,Billing Country,Employees,Created Date
0015g00000A,Acme,Aoi,Retail,JP,120,2024-01-31
"""
SALESFORCE_OPPORTUNITIES = """\
Id,AccountId,Name,StageName,CloseDate,CreatedDate,Amount,IsWon,Type
0065g,0015g,Acme Renewal,Closed Won,2024-03-31,2024-01-31T01:02:03.000+0000,9,true,New
"""
HUBSPOT_COMPANIES = """\
Record ID,Company name,Company owner,Create Date,Industry,Country/Region,\
Number of Employees
123,Acme,Aoi,2024-01-31 10:22,Retail,Japan,50
"""
ZENDESK_TICKETS = """\
Id,Requester,Organization,Subject,Created at,Solved at,Priority,Type,Status
7,Taro,ORG1,困っています,2024-01-31 10:22:33 +0900,,High,Incident,Open
"""
INTERCOM_USERS = """\
User ID,Name,Email,Company ID,Signed up,Last seen
u1,Taro,t@example.jp,ORG1,2024-01-31 10:22:33,2024-02-01 00:00:00
"""
POSTHOG_EVENTS = """\
uuid,event,distinct_id,timestamp,properties,$group_0
0190-a,file opened,u1,2024-01-31T10:22:33.123Z,"{""plan"": ""pro""}",ORG1
"""
SEGMENT_TRACKS = """\
id,anonymous_id,user_id,event,event_text,received_at,timestamp,context_group_id
m1,anon,u1,file_opened,File Opened,2024-01-31T10:22:34Z,2024-01-31T10:22:33Z,ORG1
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path)


@pytest.mark.parametrize(
    ("content", "tables"),
    [
        (STRIPE_SUBSCRIPTIONS, {"customers": 2, "subscriptions": 2}),
        (STRIPE_CHARGES, {"charges": 1}),
        (SALESFORCE_ACCOUNTS, {"customers": 1}),
        (SALESFORCE_OPPORTUNITIES, {"deals": 1}),
        (HUBSPOT_COMPANIES, {"customers": 1}),
        (ZENDESK_TICKETS, {"tickets": 1}),
        (INTERCOM_USERS, {"contacts": 1}),
        (POSTHOG_EVENTS, {"events": 1}),
        (SEGMENT_TRACKS, {"events": 1}),
        ("顧客ID,顧客名,業種,担当\n1,青空商事,小売,aoi@example.jp\n", {"customers": 1}),
        (
            "契約ID,顧客ID,契約開始日,契約終了日,月額,プラン\nk1,ORG1,2024/4/1,,9800,基本\n",
            {"subscriptions": 1},
        ),
        (
            "問い合わせID,顧客ID,問い合わせ日時,件名\nt1,ORG1,2024/1/31 9:00,質問\n",
            {"tickets": 1},
        ),
    ],
)
def test_an_export_loads_with_the_mapping_proposed_for_it(desk, content, tables):
    desk.put(customers__csv=CUSTOMERS)
    desk.load()
    (desk.folder / "customers.csv").unlink()
    (desk.folder / "export.csv").write_text(content, encoding="utf-8")
    proposed = desk.load().proposed_mapping

    desk.put(mapping__yaml=proposed)
    summary = desk.load()

    assert summary.notes == ()
    assert {t.table: t.rows_read for t in summary.tables} == tables
    assert desk.faults() == []
    assert summary.proposed_mapping == ""


def test_yearly_prices_of_stripe_become_monthly(desk):
    (desk.folder / "subscriptions.csv").write_text(STRIPE_SUBSCRIPTIONS)
    proposed = desk.load().proposed_mapping
    assert "# This looks like an export of Stripe subscriptions." in proposed
    desk.put(mapping__yaml=proposed)

    summary = desk.load()

    assert of_table(summary, "customers").new == 2
    assert [
        (row["mrr"], row["currency"], str(row["ended_on"]), row["status"])
        for row in desk.rows("subscriptions")
    ] == [(12000, "JPY", "None", "active"), (10, "USD", "2024-07-01", "canceled")]


def test_a_column_nobody_could_guess_is_left_to_fill_in():
    (proposal,) = propose_mapping(["契約番号", "取引先ID", "x"], "subscriptions")

    assert proposal.missing == ("started_on", "mrr")
    text = mapping_text([proposal])
    assert "# mrr: write here which column it is; every row needs it" in text
    mapping, issues = parse_mapping(text, path="mapping.yaml")
    assert mapping is not None
    assert issues == []


def test_columns_that_say_nothing_get_no_proposal():
    assert propose_mapping(["foo", "bar"]) == ()
    assert mapping_text([]) == ""
