"""Verdicts on stated prices: the cost box of a real design, variants of it, and JSON claims."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.check import check_claims, check_text
from core.costs.claim_file import json_claims
from core.costs.service.sheets import bundled_sheet
from core.errors import InvalidInput

D = Decimal
TODAY = date(2026, 11, 20)

BOX = """\
AWS_REGION=us-east-2
- **Viewer Protocol**: Redirect HTTP to HTTPS

```
┌───────────────────────────────────────────────────────┐
│                    Cost Structure                     │
├───────────────────────────────────────────────────────┤
│ 💵 S3 Storage: $0.023 per GB/month                    │
│ 💵 S3 Requests: $0.0004 per 1,000 PUT requests        │
│ 💵 CloudFront: $0.085 per GB transferred              │
│ 💵 CloudFront Requests: $0.0075 per 10,000 requests   │
│ 💵 Estimated Monthly Cost: < $5 for typical usage     │
└───────────────────────────────────────────────────────┘
```
"""


def check(text, today=TODAY):
    return check_text(text, bundled_sheet(), today)


def only(text, today=TODAY):
    (verdict,) = check(text, today)
    return verdict


def test_the_cost_box_of_the_avatar_design_is_judged_line_by_line():
    found = check(BOX)
    assert [(one.number, one.verdict) for one in found] == [
        (8, "ok"), (9, "wrong"), (10, "ok_conditional"), (11, "wrong"), (12, "ambiguous"),
    ]  # fmt: skip
    storage, put, sent, asked, total = found
    assert "the storage class Standard is meant" in storage.conditions
    assert (put.expected_usd, put.per, put.ratio) == (D("0.005"), 1000, D("0.08"))
    assert "equals the GET price" in put.likely_cause
    assert "Requests-Tier2" in put.likely_cause
    assert "12.5 times too low" in put.likely_cause
    assert put.impact_usd_at_reference_usage == D("4.6")
    assert (put.reference.claimed_usd, put.reference.list_usd) == (D("0.4"), 5)
    assert any("holds in US, EU" in condition for condition in sent.conditions)
    assert any("always-free 1024" in condition for condition in sent.conditions)
    assert "equals the HTTP price of cf.http in US" in asked.likely_cause
    assert any("no usage" in condition for condition in total.conditions)


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("S3 storage costs $0.023/GB-month in us-east-1", "ok"),
        ("S3 Standard (us-east-1): 2.3 cents per GB per month", "ok"),
        ("us-east-1 S3 storage: $23.552 per TB-month", "ok"),
        ("Storage in S3, Frankfurt: 0.0245 USD per GB-month", "ok"),
        ("S3 storage in Frankfurt: $0.023 per GB-month", "wrong"),
        ("S3 storage: $0.023 per GB-month", "ok_conditional"),  # no region is named
        ("S3 storage in eu-north-1: $0.023 per GB-month", "unpriced"),
        ("S3 Glacier Instant Retrieval in eu-west-1: $0.004 per GB-month", "unpriced"),
        ("S3 storage in us-east-1, over 500 TB: $0.021 per GB-month", "ok"),
        ("S3 storage: $0.023", "ok_conditional"),  # no unit is given
        ("PUT requests in S3 (us-east-1): $5 per million", "ok"),
        ("S3 us-east-1 PUT: $0.005 per 1k", "ok"),
        ("S3 us-east-1 LIST requests cost $0.0004 per 1,000", "wrong"),
        ("S3 us-east-1 requests: $0.0004 per 1,000 requests", "ok_conditional"),  # GET, not PUT
        ("S3 us-east-1 GET: $0.004 per 10,000 requests", "ok"),  # the same as 0.0004 per 1,000
        ("S3 us-east-1 DELETE requests: $0.005 per 1,000", "wrong"),
        ("Standard-IA in us-east-1: $0.0125 per GB-month", "ok"),
        ("Infrequent Access retrieval us-east-1: $0.01 per GB", "ok"),
        ("Deep Archive storage us-east-1: $0.00099 per GB-month", "ok"),
        ("Glacier Flexible bulk retrieval us-east-1: $0.00 per GB", "ok"),
        ("Intelligent-Tiering monitoring us-east-1: $0.0025 per 1,000 objects", "ok"),
        ("S3 lifecycle transition to Glacier us-east-1: $0.03 per 1,000 requests", "ok"),
        ("S3 data transfer out to the internet us-east-1: $0.09 per GB", "ok"),
        ("Data transfer from S3 to CloudFront us-east-1: $0.02 per GB", "wrong"),
        ("Data transfer from S3 to CloudFront us-east-1: $0.00 per GB", "ok"),
        ("S3 inter-region transfer us-east-1: $0.02 per GB", "ok_conditional"),
        ("CloudFront in Japan: $0.114 per GB", "ok"),
        ("CloudFront in India: $0.085 per GB", "ok_conditional"),  # from 10 TB on
        ("CloudFront: $0.09 per GB", "wrong"),  # what S3 charges
        ("CloudFront HTTPS requests, US: $0.0100 per 10,000", "ok"),
        ("CloudFront HTTPS requests, US: $0.0100 per 1,000", "wrong"),
        ("CloudFront requests: $0.0075 per 10,000", "ok_conditional"),  # HTTP, United States
        ("CloudFront invalidations: $0.005 per path", "ok"),
        ("CloudFront Functions: $0.10 per million invocations", "ok"),
        ("CloudFront Pro plan: $15/month", "ok"),
        ("CloudFront Business plan: $250/month", "wrong"),
        ("CloudFront origin shield in Singapore: $0.009 per 10,000 requests", "unpriced"),
        ("KMS: $1/month per key in us-east-1", "ok"),
        ("KMS us-east-1: $0.03 per 10,000 requests", "ok"),
        ("Lambda us-east-1: $0.20 per 1M requests", "ok"),
        ("Lambda us-east-1 x86: $0.0000166667 per GB-second", "ok"),
        ("Lambda us-east-1: $0.0000133334 per GB-s", "ok_conditional"),  # Arm, or late tiers of x86
        ("DynamoDB us-east-1: $1.25 per million write requests", "wrong"),  # before November 2024
        ("DynamoDB storage us-east-1: $0.25 per GB-month", "ok"),
        ("CloudWatch Logs ingestion in Tokyo: $0.76 per GB", "ok"),
        ("CloudWatch us-east-1 alarms: $0.10 per alarm", "ok"),
        ("Cost Explorer: $0.01 per API request", "ok"),
        ("Intelligent-Tiering infrequent access us-east-1: $0.0125 per GB-month", "ok"),
        ("Intelligent-Tiering storage us-east-1: $0.023 per GB-month", "ok"),
        ("S3 Express One Zone PUT us-east-1: $0.00113 per 1,000 requests", "ok"),
        ("S3 Express One Zone us-east-1: $0.00003 per 1,000 requests", "ok_conditional"),  # GET
        ("S3 Glacier restore requests us-east-1, expedited: $10 per 1,000", "ok"),
        ("S3 transition to Standard-IA us-east-1: $0.01 per 1,000 objects", "ok"),
        ("S3 us-east-1 PUT: $0.005", "ok_conditional"),
        ("S3 us-east-1 inventory: $0.0025 per million objects", "ok"),
        ("S3 us-east-1: $3 per hour", "unpriced"),
        ("Lambda us-east-1 arm: $0.0000133334 per GB-second", "ok"),
        ("Lambda us-east-1: $3 per hour", "unpriced"),
        ("DynamoDB us-east-1: $0.125 per million RRUs", "ok"),
        ("DynamoDB us-east-1: $0.625 per million requests", "ok_conditional"),  # writes
        ("DynamoDB us-east-1: $3 per hour", "unpriced"),
        ("KMS us-east-1 asymmetric: $0.15 per 10,000 requests", "ok"),
        ("KMS us-east-1: $3 per hour", "unpriced"),
        ("CloudWatch us-east-1: $0.30 per metric", "ok"),
        ("CloudWatch high-resolution us-east-1: $0.30 per alarm", "ok"),
        ("CloudWatch Logs storage us-east-1: $0.03 per GB-month", "ok"),
        ("Cost Explorer: $3 per hour", "unpriced"),
        ("We pay $0.023 per GB-month", "ok_conditional"),  # S3's, though nobody says so
        ("HTTPS: $0.01 per 10,000 requests", "ok_conditional"),
        ("CloudFront uploads to origin in the US: $0.02 per GB", "ok"),
        ("CloudFront storage: $0.02 per GB", "unpriced"),
        ("Our CDN certificate with a dedicated IP: $600 per certificate", "ok"),
        ("EC2 t3.micro: $0.0104 per hour", "unpriced"),
        ("Cloudflare R2: $0.015 per GB-month", "unpriced"),
        ("S3 storage in us-east-1: €0.023 per GB-month", "ambiguous"),
        ("Bandwidth: $0.30 per GB", "ambiguous"),  # nobody says whose
    ],
)  # fmt: skip
def test_a_sentence_is_judged_by_its_unit_place_and_words(text, verdict):
    found = only(text)
    assert found.verdict == verdict, (found.conditions, found.likely_cause, found.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "Save $200 today", "$5 per 0 GB", "$, a price", "It is $3 / or so", "our budget is $500", "cost $(date)", "echo $1 $2", "line 1: $x = 5",
        "S3 keeps 11 nines of durability", "| a | b |\n|---|---|\n| 1 | 2 |", "",
    ],
)  # fmt: skip
def test_what_states_no_price_gets_no_verdict(text):
    assert check(text) == ()


def test_two_prices_on_a_line_are_two_claims_with_their_own_words():
    found = check("S3 in us-east-1: PUT $0.005 per 1,000 and GET $0.0005 per 1,000")
    assert [one.verdict for one in found] == ["ok", "wrong"]


def test_a_table_takes_its_unit_from_a_cell_or_the_heading():
    table = """\
## Costs in us-east-1
| Service | Unit | Price |
|---|---|---|
| S3 storage | per GB-month | $0.023 |
| S3 PUT | per 1,000 requests | $0.0005 |

| S3 class | Price per GB-month |
|---|---|
| Standard-IA | $0.0125 |
| Glacier Instant Retrieval | $0.0036 |
"""
    found = check(table)
    assert [(one.number, one.verdict) for one in found] == [
        (4, "ok"), (5, "wrong"), (9, "ok"), (10, "wrong"),
    ]  # fmt: skip
    assert "equals the price of s3.storage.GLACIER in us-east-1" in found[3].likely_cause


def test_a_heading_names_the_service_of_the_lines_below_it():
    found = check(
        "## DynamoDB (us-east-1)\n- Storage: $0.25 per GB-month\n- Writes: $0.625 per million\n"
    )
    assert [one.verdict for one in found] == ["ok", "ok"]
    assert found[0].evidence[0].line == "ddb.storage"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("S3 us-east-1 storage: $0.0247 per GB-month", "decimal against binary GB"),
        ("S3 us-east-1 storage: $23 per GB-month", "a slip by a thousand"),
        ("S3 us-east-1 storage: $23.552 per GB-month", "1,024"),
        ("S3 us-east-1 storage: $23 per TB-month", "1,000 against 1,024"),
        ("S3 us-east-1 storage: $0.02344 per GB-month", "730 against 744"),
        ("S3 us-east-1 GET: $0.004 per 1,000", "per 1,000 against per 10,000"),
        ("S3 us-east-1 storage: $0.0000315 per GB-month", "730 hours"),
        ("S3 us-east-1 storage: $0 per GB-month", "stated as free"),
        ("CloudFront in the US: $0.09 per GB", "s3.transfer.internet_out in us-east-1"),
        ("S3 storage in Ireland: $0.024 per GB-month", "equals the price of eu-west-2"),
    ],
)
def test_a_wrong_price_gets_the_likely_reason(text, cause):
    found = only(text)
    assert found.verdict == "wrong"
    assert cause in found.likely_cause


def test_an_old_sheet_makes_right_prices_stale_and_wrong_ones_stay_wrong():
    later = date(2027, 1, 15)
    assert only("S3 us-east-1 storage: $0.023 per GB-month", later).verdict == "stale"
    assert "56 days ago" in only("S3 us-east-1 storage: $0.023 per GB-month", later).conditions[0]
    assert only("S3 us-east-1 storage: $0.23 per GB-month", later).verdict == "wrong"


USAGE = "Per month: 100 GB stored, 500 GB data transfer through CloudFront, 2 million page views and 1 million PUT requests."


@pytest.mark.parametrize(
    ("total", "verdict"),
    [
        ("Total: < $5 per month", "wrong"),  # PUTs and storage alone are 7.30
        ("Total: under $100 per month", "ok"),
        ("Total: about $50 per month", "ok_conditional"),  # by edge and free tier
        ("Monthly bill: $900", "wrong"),
    ],
)
def test_a_total_is_recomputed_from_the_usage_of_the_document(total, verdict):
    found = only(f"{USAGE}\n{total}")
    assert found.verdict == verdict
    assert any("$7.30" in condition for condition in found.conditions)
    assert found.expected_usd == D("51.8")


def test_a_total_at_a_known_edge_without_a_free_tier_question_is_certain():
    found = only("Storage: 1000 GB in us-east-1 S3.\nTotal about $23 per month")
    assert (found.verdict, found.expected_usd) == ("ok", 23)


def test_a_total_of_usage_without_a_price_is_not_compared():
    found = only("We keep 100 TB stored in S3, ap-south-1.\nEstimated total: $2,500 per month")
    assert found.verdict == "unpriced"


def test_a_product_is_multiplied_again():
    right, wrong = (
        check(f"S3 us-east-1 storage: 100 GB x $0.023 = ${t}") for t in ("2.30", "3.20")
    )
    assert [one.verdict for one in right] == ["ok", "ok"]
    assert [one.verdict for one in wrong] == ["ok", "wrong"]
    assert "2.3" in wrong[1].likely_cause


def test_views_hits_and_requests_are_requests_at_the_edge():
    found = only(
        "CloudFront: 1 million hits and 1 million requests in the US.\nTotal about $2 a month"
    )
    assert "1000000 of cf.https" in found.conditions
    assert found.expected_usd == 2


def test_a_quantity_of_nothing_that_is_priced_is_no_usage():
    assert only("We have 5 GB of patience.\n5 invalidations.\nTotal: $0").verdict != "wrong"


@pytest.mark.parametrize(
    ("total", "verdict"),
    [("$20-30/month", "ok_conditional"), ("$1-5 per month", "wrong"), ("$7 to $70 a month", "ok"), ("$80\u2013100/month", "wrong")],
)  # fmt: skip
def test_a_range_is_right_where_the_bill_can_lie_in_it(total, verdict):
    found = only(f"{USAGE}\nEstimated: {total}")
    assert found.verdict == verdict
    assert found.claim.upper is not None


def test_a_range_of_prices_is_ambiguous():
    assert only("CloudFront: $0.085-0.12 per GB").verdict == "ambiguous"


def test_usage_of_another_section_is_not_the_usage_of_this_total():
    text = f"# Load test\n{USAGE}\n# Production\nEstimated total: < $5 per month\n# Later\n9 TB stored in S3\n"
    assert only(text).verdict == "ambiguous"


def test_two_quantities_for_one_line_are_scenarios_and_no_usage():
    found = only("Small: 100 GB stored in S3. Large: 900 GB stored in S3.\nTotal: $50 per month")
    assert found.verdict == "ambiguous"
    assert "s3.storage.STANDARD" in found.conditions[0]


def test_a_price_per_view_or_user_is_no_line_of_the_sheet():
    assert only("CloudFront costs about $0.0090 per 1,000 views").verdict == "unpriced"


@pytest.mark.parametrize(
    "text",
    [
        "Views (CloudFront): $0.01 per 1,000",
        "CloudFront, monthly active users: $0.01 per 1,000",
        "CloudFront visits | $0.009 per 10,000 |",
    ],
)
def test_a_price_per_thousand_of_what_people_do_is_no_price_of_a_request(text):
    assert only(text).verdict == "unpriced"


def test_a_label_that_names_requests_stays_a_price_of_requests():
    assert only("Requests of viewers (CloudFront HTTPS, US): $0.01 per 10,000").verdict == "ok"


@pytest.mark.parametrize(
    "text",
    [
        "Per month: 100 GB stored, 100 GB delivered. Total: $13 a month",
        "Monthly: 10 GB in S3 Standard, 1M requests. Total $9.73 a month",
    ],
)
def test_a_total_is_not_called_wrong_for_a_quantity_that_nobody_could_place(text):
    found = only(text)
    assert found.verdict == "ambiguous"
    assert any("left out" in condition for condition in found.conditions)


def test_a_total_below_what_the_clear_part_costs_is_wrong_whatever_the_rest_is():
    found = only("Per month: 900 GB stored in S3, 100 GB delivered. Total: $5 a month")
    assert found.verdict == "wrong"
    assert "at least $20.70" in found.likely_cause


def test_a_usage_that_is_said_twice_is_counted_once():
    found = only("100 GB stored in S3.\nAs said, 100 GB stored in S3.\nTotal about $2.30 a month")
    assert (found.verdict, found.expected_usd) == ("ok", D("2.3"))


def test_more_prices_than_people_write_are_refused():
    with pytest.raises(InvalidInput, match="5,001 prices"):
        check("S3: $1 per GB\n" * 5001)


@pytest.mark.parametrize(
    "text", ["$1 " * 3000, "1 a b GB " * 5000 + "\nTotal: $5", "$1/" + "/" * 50_000]
)
@pytest.mark.timeout(10)
def test_long_lines_take_no_long_time(text):
    assert all(one.verdict == "ambiguous" for one in check(text))


def test_allowances_in_a_text_are_no_usage():
    assert (
        only("The first 10 TB are cheap, 100 GB free each month.\nTotal: about $3").verdict
        == "ambiguous"
    )


def of_json(text, today=TODAY):
    return check_claims(json_claims(text, bundled_sheet()), bundled_sheet(), today)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ('{"line": "cf.https", "region": "US", "value": 0.0075, "per": 10000}', "wrong"),
        ('{"line": "cf.https", "region": "US", "value": "0.0100", "per": 10000}', "ok"),
        ('{"line": "cf.https", "value": 0.01}', "ok_conditional"),
        ('{"line": "s3.storage.STANDARD", "region": "eu-west-1", "value": 0.025, "per": 1}', "wrong"),
        ('{"line": "s3.storage.STANDARD", "region": "us-west-2", "value": 0.022, "per": 1}', "ok_conditional"),
        ('{"line": "s3.req.GLACIER.tier2", "region": "eu-west-1", "value": 1, "per": 1}', "unpriced"),
        ('{"line": "nope", "value": 1, "per": 1}', "unpriced"),
        ('{"text": "S3 Requests: $0.0004 per 1,000 PUT requests", "value": 0.0004, "per": 1000}', "wrong"),
        ('{"text": "S3 Requests: $0.0004 per 1,000 PUT requests"}', "wrong"),
        ('{"text": "CloudFront requests", "value": 0.0075, "per": 10000, "protocol": "https"}', "wrong"),
        ('{"text": "CloudFront requests", "value": 0.0075, "per": 10000, "protocol": "http"}', "ok_conditional"),
        ('{"text": "CloudFront requests", "value": 0.0075, "per": 10000, "protocol": "http", "region": "US"}', "ok"),
        ('{"text": "CloudFront data", "value": 0.12, "per": 1, "unit": "GB", "region": "AP"}', "ok"),
        ('{"text": "PUT requests to S3", "value": 0.0054, "per": 1000, "region": "eu-central-1"}', "ok"),
        ('{"text": "S3 storage", "value": 0.023, "per": 1, "unit": "GB-month", "region": "us-east-1", "currency": "EUR"}', "ambiguous"),
        ('{"text": "Estimated monthly total: < $5"}', "ambiguous"),
    ],
)  # fmt: skip
def test_a_claim_in_json_is_judged_like_a_sentence(claim, verdict):
    (found,) = of_json(claim)
    assert found.verdict == verdict, (found.conditions, found.likely_cause)


CLAIM = '{"line": "cf.https", "region": "US", "value": 0.01, "per": 10000}'


@pytest.mark.parametrize(
    "text",
    [CLAIM, f"[{CLAIM}]", f'{{"claims": [{CLAIM}]}}', f'{{"lines": [{CLAIM}]}}', f"{CLAIM}\n"],
)
def test_claims_come_as_one_object_as_a_list_or_line_by_line(text):
    assert [one.verdict for one in of_json(text)] == ["ok"]
    assert [one.number for one in of_json(f"{CLAIM}\n\n{CLAIM}")] == [1, 2]


@pytest.mark.parametrize("text", ["# Costs", "{not json", "[link](x) $0.1", "{} {", ""])
def test_what_is_no_json_is_a_document(text):
    assert json_claims(text, bundled_sheet()) is None


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        '{"value": -1}',
        '{"text": "nothing", "per": 3}',
        '{"value": 1, "per": 0}',
        '{"claims": ["x"]}',
    ],
)
def test_json_that_states_no_price_is_refused_with_the_place(text):
    with pytest.raises(InvalidInput, match="claim 1"):
        json_claims(text, bundled_sheet())


@given(
    st.text(alphabet="0123456789.,$€/ pergbtGBTMkm|=x\u00d7*<~:PUTGES3CloudFront \n-#", max_size=80)
)
def test_any_text_is_read_without_breaking(text):
    check(text)
    assert all(one.claim.text for one in check(text))
