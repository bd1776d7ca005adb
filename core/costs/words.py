"""What the words around a price mean: the service, the class, the request, the place.

Each table lists patterns in the order in which they are tried; the first one that is found wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

Table = tuple[tuple[str, re.Pattern[str]], ...]


def _table(*rows: tuple[str, str]) -> Table:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in rows)


_S3 = (
    r"\bS3\b|\bbuckets?\b|\bglacier\b|intelligent[- ]tiering|deep archive|infrequent access"
    r"|one zone|\b(?:standard|onezone)[-_ ]ia\b|object storage"
)
_OTHERS = (  # they have prices, but none of ours
    r"EC2|EBS|RDS|EFS|FSx|Fargate|ECS|EKS|Aurora|SQS|SNS|(?-i:SES)|(?-i:NAT)|ALB|Route\s?53|WAF"
    r"|API Gateway|Cognito|Athena|Amplify|Lightsail|ElastiCache|OpenSearch|Rekognition|Vercel"
    r"|Cloudflare|Backblaze|Azure|GCP|Google|Firebase|Supabase|Lambda@Edge"
)

SERVICES = _table(
    (
        "cloudfront",
        r"\bcloud\s?front\b|\bCDN\b|(?<!@)\bedges?\b|field-level encryption|origin shield",
    ),
    ("lambda", r"\blambda\b(?!@edge)"),
    ("dynamodb", r"\bdynamo\s?db\b|\bDDB\b|\b[WR]RUs?\b|request units?\b"),
    ("kms", r"\bKMS\b|key management"),
    ("cloudwatch", r"\bcloud\s?watch\b"),
    ("cost_explorer", r"\bcost explorer\b"),
    ("s3", _S3),
    ("other", rf"\b(?:{_OTHERS})\b"),
)

CLASSES = _table(
    ("INT", r"intelligent[-_ ]?tiering|(?-i:\bINT\b)"),
    ("EXPRESS_ONEZONE", r"express"),
    ("ONEZONE_IA", r"one[-_ ]?zone|\bZIA\b"),
    ("STANDARD_IA", r"infrequent[- ]access|standard[-_ ]ia\b|(?-i:\bS?IA\b)"),
    ("DEEP_ARCHIVE", r"deep[-_ ]archive|\bGDA\b"),
    ("GLACIER_IR", r"instant[- ]retrieval|glacier[-_ ]instant|\bGIR\b|glacier[-_ ]ir\b"),
    ("GLACIER", r"glacier|flexible[- ]retrieval"),
    ("RRS", r"reduced[-_ ]redundancy|\bRRS\b"),
    ("STANDARD", r"\bstandard\b"),
)

INT_TIERS = _table(
    ("INT_DAA", r"deep[- ]archive"),
    ("INT_AIA", r"archive[- ]instant"),
    ("INT_AA", r"archive[- ]access"),
    ("INT_IA", r"(?<!in)infrequent"),
    ("INT_FA", r"(?<!in)frequent"),
)

SPEEDS = _table(
    ("expedited", r"expedited"), ("bulk", r"bulk"), ("standard", r"standard (?:restore|retriev)")
)

VERBS = _table(
    ("delete", r"\bDELETEs?\b|\bCANCEL\b"),
    ("write", r"\b(?:PUT|COPY|POST|LIST)s?\b|\bwrites?\b|\buploads?\b|tier[- ]?1\b|class a\b"),
    ("read", r"\b(?:GET|SELECT|HEAD)s?\b|\breads?\b|\bdownloads?\b|tier[- ]?2\b|class b\b"),
)

PROTOCOLS = _table(("https", r"\bHTTPS\b|\bTLS\b|\bSSL\b"), ("http", r"\bHTTP\b"))

# Of a whole document: how its viewers are made to come.
DOCUMENT_HTTPS = re.compile(
    r"redirect[- ]?(?:http[- ]?)?to[- ]?https|https[- ]only|viewer[- ]?protocol[^\n]{0,40}https",
    re.IGNORECASE,
)

MEASURES = _table(
    ("transition", r"transition|lifecycle"),
    ("restore_request", r"(?:restore|retrieval) requests?"),
    ("retrieval", r"retriev(?:al|ed|e|ing)|restor"),
    ("monitoring", r"monitor"),
    ("inventory", r"\binventory\b"),
    ("analytics", r"\banalytics\b"),
    ("lens", r"storage lens"),
    ("tags", r"\btags?\b|tagging"),
    ("batch", r"\bbatch\b"),
    ("select_scanned", r"\bscann(?:ed|ing)\b"),
    ("select_returned", r"\bselect\b.*\breturned\b|\breturned\b.*\bselect\b"),
    ("key_value_store", r"key[- ]?value[- ]?store|\bKVS\b"),
    ("to_cloudfront", r"(?:s3|origin|bucket)\s*(?:to|->|→)\s*(?:cloudfront|cdn)|to cloudfront"),
    ("to_origin", r"to (?:the )?origin|origin (?:transfer|upload)"),
    ("replication_time", r"\bRTC\b|replication time"),
    (
        "other_region",
        r"(?:cross|inter|other|another)[- ]?regions?|between regions|\bCRR\b|replicat",
    ),
    ("acceleration", r"acceleration"),
    ("transfer_in", r"transfer[- ]in\b|\bingress\b|inbound|data in\b"),
    ("transfer", r"transfer|egress|bandwidth|data out|\bout\b|served|deliver|internet|traffic"),
    ("invalidation", r"invalidat"),
    ("function", r"functions?\b|invocation"),
    ("shield", r"origin shield"),
    ("fle", r"field[- ]level"),
    ("log_line", r"real[- ]?time log|log lines?"),
    ("certificate", r"certificate|dedicated ip"),
    ("ingest", r"ingest|collect"),
    ("alarm_hires", r"high[- ]res\w*"),
    ("storage", r"stor(?:age|ed|e|ing)|\bkept\b|at rest"),
    ("duration", r"duration|compute|GB-?s"),
    ("pitr", r"point[- ]in[- ]time|PITR"),
    ("backup", r"backup"),
)

EDGE_GROUPS = _table(
    ("SA", r"south america|brazil|(?-i:\bSA\b)"),
    ("ZA_ME", r"south africa|middle east|kenya|nigeria"),
    ("US", r"united states|north america|(?-i:\bUSA?\b(?!\$))|\bU\.S\.|canada|mexico"),
    ("EU", r"(?-i:\bEU\b)|europe|israel|turk"),
    ("JP", r"\bjapan\b"),
    ("AU", r"australia|new zealand"),
    ("IN", r"\bindia\b"),
    (
        "AP",
        r"asia|hong kong|singapore|korea|taiwan|philippines|thailand|malaysia|vietnam|indonesia",
    ),
)

REGIONS = _table(
    ("us-east-1", r"n(?:orth(?:ern)?|\.)? virginia"),
    ("us-east-2", r"\bohio\b"),
    ("us-west-2", r"\boregon\b"),
    ("eu-west-1", r"\bireland\b|\bdublin\b"),
    ("eu-west-2", r"\blondon\b"),
    ("eu-central-1", r"\bfrankfurt\b"),
    ("ap-southeast-1", r"\bsingapore\b"),
    ("ap-southeast-3", r"\bjakarta\b"),
    ("ap-northeast-1", r"\btokyo\b"),
    ("ap-south-1", r"\bmumbai\b"),
    ("sa-east-1", r"s[aã]o paulo"),
)
_REGION_CODE = re.compile(r"(?<![\w-])(?:us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d(?![\w-])")

_NO_UNIT = re.compile(
    r"(?:in|at|for|from|on|to|with|within|after|beyond|above|over|via|when|if|as|up to|on average"
    r"|USD|list price)\b",
    re.IGNORECASE,
)


def first(table: Table, texts: Iterable[str]) -> str:
    """The name of the first pattern that is found in the first text that has any; '' for none."""
    return next(filter(None, (_found(table, text) for text in texts)), "")


@lru_cache(maxsize=4096)  # the same surroundings are asked for every price of a line
def _found(table: Table, text: str) -> str:
    return next((name for name, pattern in table if pattern.search(text)), "")


def region_in(texts: Sequence[str]) -> str:
    """The AWS region that the nearest text names, by its code or its place."""
    for text in texts:
        code = _REGION_CODE.search(text)
        if code:
            return code.group()
        named = first(REGIONS, [text])
        if named:
            return named
    return ""


def names_no_unit(words: str) -> bool:
    """Whether what follows `per 1,000` says where or when, and not what is counted."""
    text = words.strip()
    places = (_REGION_CODE, *(pattern for _, pattern in (*REGIONS, *EDGE_GROUPS)))
    return not text or any(one.match(text) for one in (_NO_UNIT, *places))


def document_region(text: str) -> str:
    """The one region that a document speaks of; '' where it names none or several."""
    found = set(_REGION_CODE.findall(text))
    return found.pop() if len(found) == 1 else ""
