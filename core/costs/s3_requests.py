"""Which lines an S3 request bills: by class, for writing, reading, retrieving, decrypting."""

from __future__ import annotations

from decimal import Decimal

from core.costs.quantities import Tally, gib, times

# S3's names on the left, the price sheet's on the right; other names are the same in both.
_SHEET_CLASSES = {"INTELLIGENT_TIERING": "INT", "REDUCED_REDUNDANCY": "RRS"}
_RETRIEVED = ("STANDARD_IA", "ONEZONE_IA", "GLACIER_IR")
_KEPT_BY_BUCKET_KEYS = Decimal("0.01")  # bucket keys cut about 99 % of the KMS requests


def sheet_class(storage_class: str) -> str:
    return _SHEET_CLASSES.get(storage_class, storage_class)


def request_line(stored: str, *, read: bool) -> str:
    """The line of one request to an object of this class (the sheet's name of it)."""
    if stored == "EXPRESS_ONEZONE":
        return "s3.express.get" if read else "s3.express.put"
    family = "STANDARD" if stored == "RRS" else stored
    return f"s3.req.{family}.tier{2 if read else 1}"


def add_reads(tally: Tally, stored: str, region: str, gets: Decimal, size: Decimal | int) -> None:
    """GET requests, and the bytes where the class charges for retrieving them."""
    tally.add(request_line(stored, read=True), region, gets)
    if stored in _RETRIEVED:
        tally.add(f"s3.retrieval.{stored}", region, times(gets, gib(size)))
    if stored == "EXPRESS_ONEZONE":
        tally.add("s3.express.retrieval", region, times(gets, gib(size)))


def add_kms(tally: Tally, region: str, requests: Decimal, *, bucket_keys: bool) -> None:
    share = _KEPT_BY_BUCKET_KEYS if bucket_keys else Decimal(1)
    tally.add("kms.request", region, times(requests, share))
