"""Prices as documents state them, in sentences and tables; expected verdicts from the price sheet."""

from datetime import date

import pytest

from core.costs.check import check_text
from core.costs.service.sheets import bundled_sheet

SENTENCES = """
S3 Glacier Instant Retrieval $0.004/GB in N. Virginia | ok
S3 GET requests: $0.40 per million in us-east-1 | ok
LIST requests: $0.0004 per 1,000 in us-east-1 | wrong
CloudFront HTTP requests: $0.0075 per 10,000 in the US | ok
S3 lifecycle transition to Standard-IA: $0.01 per 1,000 us-east-1 | ok
Origin Shield requests: $0.0075 per 10,000 us-east-1 | ok
Origin Shield requests: $0.0090 per 10,000 in Singapore | unpriced
S3 PUT: $5 per million users in us-east-1 | unpriced
Dedicated IP SSL: $600 per month | ok
CloudFront next 40 TB: $0.080 per GB US | ok
CloudFront next 40 TB: $0.085 per GB US | wrong
CloudFront first 10 TB: $0.080 per GB US | wrong
CloudFront 50 TB+: $0.060 per GB US | ok
CloudFront up to 10 TB in Australia $0.114/GB | ok
Japan CloudFront over 5 PB: $0.060/GB | ok
CloudFront US, first 1 TB free, then $0.085/GB | ok
CloudFront US: $0.085 per GB after the first 1 TB | ok
S3 egress over 150 TB: $0.09/GB us-east-1 | wrong
S3 data transfer out to internet 10 TB - 50 TB: $0.085 per GB us-east-1 | ok
S3 data transfer out to internet 10-50 TB: $0.09 per GB us-east-1 | wrong
Storage in Singapore next 450 TB: $0.024 per GB-month S3 Standard | unpriced
S3 standard is $0.023/GB for the first 50 TB, $0.022/GB for the next 450 TB and $0.021/GB over 500 TB (us-east-1) | ok ok ok
Glacier Flexible expedited retrieval: $0.03 per GB and $10 per 1,000 requests, us-east-1 | ok ok
S3 Batch Operations: $0.25 per job plus $1.00 per million objects us-east-1 | ok ok
S3 Select: $0.002 per GB scanned us-east-1 | ok
Lambda@Edge: $0.60 per 1M requests | unpriced
CloudFront KeyValueStore reads: $0.03 per million | unpriced
S3 PUT us-east-1: $0.005 per one thousand requests | ok
S3 Standard-IA us-east-1 storage: $0.0125 per GB, retrieval: $0.01 per GB | ok ok
S3 Standard-IA us-east-1: $0.0125 per GB-month + $0.01 per GB retrieved | ok ok
Data transfer in: $0.00 per GB | ok
Data transfer in: $0.09 per GB | ambiguous
"""

TABLES = {
    """S3 in us-east-1
| Storage class | Storage ($/GB-month) | PUT ($/1,000) | GET ($/1,000) |
|---|---|---|---|
| Standard | $0.023 | $0.005 | $0.0004 |
| Standard-IA | $0.0125 | $0.01 | $0.0004 |
| Deep Archive | $0.00099 | $0.05 | $0.0004 |
""": "ok ok ok, ok ok wrong, ok ok ok",
    """us-east-1
 | Standard | Standard-IA | Glacier Instant
--- | --- | --- | ---
Storage per GB-month | $0.023 | $0.0125 | $0.004
PUT per 1,000 requests | $0.005 | $0.01 | $0.02
GET per 1,000 requests | $0.0004 | $0.001 | $0.001
""": "ok ok ok, ok ok ok, ok ok wrong",
    """CloudFront
| | US | EU | Japan | India |
|---|---|---|---|---|
| First 10 TB per GB | $0.085 | $0.085 | $0.114 | $0.109 |
| Next 40 TB per GB | $0.080 | $0.080 | $0.089 | $0.109 |
| HTTPS per 10,000 requests | $0.0100 | $0.0120 | $0.0120 | $0.0100 |
""": "ok ok ok ok, ok ok ok wrong, ok ok ok wrong",
    """S3
| Region | Storage per GB-month | PUT per 1,000 | GET per 1,000 |
|---|---|---|---|
| eu-central-1 | $0.0245 | $0.0054 | $0.00043 |
| sa-east-1 | $0.0405 | $0.005 | $0.00056 |
""": "ok ok ok, ok wrong ok",
    """| Service | Price | Usage | Monthly cost |
|---|---|---|---|
| S3 Standard storage (us-east-1) | $0.023 per GB-month | 100 GB | $2.30 |
| CloudFront US transfer | $0.085 per GB | 500 GB | $42.50 |
""": "ok, ok",
    """| Provider | Storage per GB | Egress per GB |
|---|---|---|
| Backblaze B2 | $0.006 | $0.01 |
| AWS S3 (us-east-1) | $0.023 | $0.09 |
""": "unpriced unpriced, ok ok",
}


def judged(text):
    return check_text(text, bundled_sheet(), date(2026, 11, 20))


def verdicts(text):
    return [one.verdict for one in judged(text)]


@pytest.mark.parametrize("row", SENTENCES.strip().splitlines())
def test_a_sentence_is_judged_by_what_it_names(row):
    text, expected = row.rsplit(" | ", 1)
    assert verdicts(text) == expected.split()


@pytest.mark.parametrize(("text", "expected"), TABLES.items())
def test_a_price_in_a_table_is_judged_by_its_row_and_its_column(text, expected):
    assert verdicts(text) == expected.replace(",", "").split()


def test_a_price_of_another_tier_is_told_as_such():
    (found,) = judged("CloudFront next 40 TB: $0.085 per GB US")
    assert "the price of the tier from 0 to 10240" in found.likely_cause
    (last,) = judged("CloudFront first 10 TB: $0.02 per GB US")
    assert "the tier from 5242880 without end" in last.likely_cause
