"""Small offer files in the documented form of AWS's bulk price list, and a server for them."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PUBLISHED = "2026-12-03T18:03:12Z"


def offer(code, *products, version="20261203180312", published=PUBLISHED):
    """`products`: (attributes, tiers) with tiers as (begin, end, usd, unit)."""
    listed, terms = {}, {}
    for number, (attributes, tiers) in enumerate(products):
        sku = f"SKU{number:03}"
        listed[sku] = {"sku": sku, "attributes": {"servicecode": code} | attributes}
        dimensions = {
            f"{sku}.JRTCKXETXF.{index}": {
                "rateCode": f"{sku}.JRTCKXETXF.{index}",
                "description": "as published",
                "beginRange": begin,
                "endRange": end,
                "unit": unit,
                "pricePerUnit": {"USD": usd},
                "appliesTo": [],
            }
            for index, (begin, end, usd, unit) in enumerate(tiers)
        }
        terms[sku] = {
            f"{sku}.JRTCKXETXF": {"offerTermCode": "JRTCKXETXF", "priceDimensions": dimensions}
        }
    return {
        "formatVersion": "v1.0", "offerCode": code, "version": version, "publicationDate": published,
        "products": listed, "terms": {"OnDemand": terms},
    }  # fmt: skip


def product(usage_type, *tiers, region="eu-west-1", operation=""):
    return {"usagetype": usage_type, "operation": operation, "regionCode": region}, tiers


S3_IRELAND = offer(
    "AmazonS3",
    product("EU-TimedStorage-ByteHrs", ("0", "51200", "0.0230000000", "GB-Mo"), ("51200", "512000", "0.0220000000", "GB-Mo"), ("512000", "Inf", "0.0205000000", "GB-Mo")),
    product("EU-TimedStorage-GIR-ByteHrs", ("0", "Inf", "0.0045000000", "GB-Mo")),
    product("EU-TimedStorage-GDA-Staging", ("0", "Inf", "0.0210000000", "GB-Mo")),
    product("EU-Requests-Tier1", ("0", "Inf", "0.0000055000", "Requests")),
    product("EU-Requests-Tier3", ("0", "Inf", "0.0000330000", "Requests"), operation="S3-GlacierTransition"),
    product("EU-Requests-Tier3", ("0", "Inf", "0.0000550000", "Requests"), operation="S3-GDATransition"),
    product("EU-Requests-Tier3", ("0", "Inf", "0.0000990000", "Requests"), operation="S3-Other"),
    product("EU-Requests-GIR-Tier2", ("0", "Inf", "0.0000000000", "Requests")),
    product("EU-Requests-SIA-Tier2", ("0", "Inf", "0.0001000000", "Requests")),
    product("EU-DataTransfer-Out-Bytes", ("0", "Inf", "0.0000000000", "GB")),
    product("EU-CloudFront-Out-Bytes", ("0", "Inf", "0.0000000000", "GB")),
    product("EU-TimedStorage-SIA-ByteHrs", ("0", "100", "0.0125000000", "GB-Mo"), ("200", "Inf", "0.0120000000", "GB-Mo")),
    product("EU-Something-New", ("0", "Inf", "1.0000000000", "Things")),
    product("TimedStorage-ByteHrs", ("0", "Inf", "9.0000000000", "GB-Mo")),
)  # fmt: skip
DEEP_IRELAND = offer(
    "AmazonS3GlacierDeepArchive",
    product("EU-TimedStorage-GDA-ByteHrs", ("0", "Inf", "0.0009900000", "GB-Mo")),
)
TRANSFER_IRELAND = offer(
    "AWSDataTransfer",
    product("EU-DataTransfer-Out-Bytes", ("0", "10240", "0.0900000000", "GB"), ("10240", "51200", "0.0850000000", "GB"), ("51200", "153600", "0.0700000000", "GB"), ("153600", "Inf", "0.0500000000", "GB")),
    published="2026-12-02T00:00:00Z",
)  # fmt: skip
CLOUDFRONT = offer(
    "AmazonCloudFront",
    product("US-Requests-Tier2-HTTPS", ("0", "Inf", "0.0000010000", "Requests"), region=""),
    product("CA-Requests-Tier2-HTTPS", ("0", "Inf", "0.0000010000", "Requests"), region=""),
    product("EU-Requests-Tier1", ("0", "Inf", "0.0000009500", "Requests"), region=""),
    product("ZA-Requests-Tier1", ("0", "Inf", "0.0000009000", "Requests"), region=""),
    product("ME-Requests-Tier1", ("0", "Inf", "0.0000009100", "Requests"), region=""),
    product("US-Requests-HTTPS-Proxy", ("0", "Inf", "0.0000010000", "Requests"), region=""),
    product("Global-DataTransfer-Out-Bytes", ("0", "1024", "0.0000000000", "GB"), region=""),
    product("Invalidations", ("0", "1000", "0.0000000000", "URL"), ("1000", "Inf", "0.0050000000", "URL"), region=""),
)  # fmt: skip

ROOT = "/offers/v1.0/aws"


def site(**changes):
    """Path to answer, as AWS lays it out; values are JSON, bytes or a status."""
    pages = {}
    regional = {
        "AmazonS3": S3_IRELAND,
        "AmazonS3GlacierDeepArchive": DEEP_IRELAND,
        "AWSDataTransfer": TRANSFER_IRELAND,
    }
    for code, data in regional.items():
        path = f"{ROOT}/{code}/20261203180312/eu-west-1/index.json"
        pages[path] = data
        regions = {"eu-west-1": {"regionCode": "eu-west-1", "currentVersionUrl": path}}
        pages[f"{ROOT}/{code}/current/region_index.json"] = {"regions": regions}
    pages[f"{ROOT}/AmazonCloudFront/current/index.json"] = CLOUDFRONT
    return pages | changes


@contextmanager
def served(pages):
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self):
            page = pages.get(self.path, 404)
            body = page if isinstance(page, bytes) else json.dumps(page).encode()
            self.send_response(page if isinstance(page, int) else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
