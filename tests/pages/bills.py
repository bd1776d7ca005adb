"""A few months of a media account's bill and what was measured of it, for the costs page."""

import calendar
from datetime import date
from decimal import Decimal

from core.costs.service.inputs import NothingMeasured
from core.model.actuals import Actuals, Charge, ChargeKind
from core.model.estimates import UsageLine
from core.model.measured import (
    Counted,
    DeliveredGroup,
    MeasuredMonth,
    StoredGroup,
    ViewedFile,
    Weight,
    Weights,
)
from core.model.waste import AbandonedUploads, BucketRules, DuplicateObjects, OldVersions, Waste

D, GIB = Decimal, 2**30
# service, usage type, what a day uses, unit, USD per unit
LINES = (
    ("Amazon CloudFront", "US-DataTransfer-Out-Bytes", "14", "GB", "0.085"),
    ("Amazon CloudFront", "EU-DataTransfer-Out-Bytes", "6", "GB", "0.085"),
    ("Amazon CloudFront", "US-Requests-Tier2-HTTPS", "90000", "Requests", "0.000001"),
    ("Amazon CloudFront", "EU-Requests-Tier2-HTTPS", "41000", "Requests", "0.0000012"),
    ("Amazon Simple Storage Service", "TimedStorage-ByteHrs", "11.2", "GB-Mo", "0.023"),
    ("Amazon Simple Storage Service", "TimedStorage-SIA-ByteHrs", "8", "GB-Mo", "0.0125"),
    ("Amazon Simple Storage Service", "Requests-Tier1", "2400", "Requests", "0.000005"),
    ("Amazon Simple Storage Service", "Requests-Tier2", "31000", "Requests", "0.0000004"),
    ("AWS Lambda", "Request", "900", "Requests", "0.0000002"),
    ("Amazon DynamoDB", "WriteRequestUnits", "4100", "WriteRequestUnits", "0.000000625"),
    ("AmazonCloudWatch", "CW:GMD-Metrics", "300", "Metrics", "0.00001"),
    ("AWS Shield", "Mystery-Bytes", "1", "GB", "0.01"),
)


def bill(period, as_of, factor=1.0):
    """Every line on every day up to the day before `as_of`; tax on the first."""
    year, month = int(period[:4]), int(period[5:])
    days = [date(year, month, n + 1) for n in range(calendar.monthrange(year, month)[1])]
    charges = [charge(day, line, factor) for day in days if day < as_of.date() for line in LINES]
    tax = Charge(day=days[0], service="Tax", usage_type="", kind=ChargeKind.TAX, billed=D("1.30"))
    return Actuals(
        source="Cost Explorer", period=period, as_of=as_of, charges=(*charges, tax),
        estimated=days[-1] >= as_of.date(),
    )  # fmt: skip


def charge(day, line, factor):
    service, usage_type, quantity, unit, price = line
    wave = D(str(factor)) * (D(1) + D(day.weekday()) / 50)
    amount = D(quantity) * wave
    return Charge(
        day=day, service=service, usage_type=usage_type, quantity=amount, unit=unit,
        billed=amount * D(price),
    )  # fmt: skip


class Measured(NothingMeasured):
    """One bucket with originals and renditions, read by the US and Europe."""

    def month(self, period):
        return MeasuredMonth(
            period=period,
            origin_region="us-east-1",
            stored=(
                StoredGroup(bucket="media", region="us-east-1", prefix="media/", role="original",
                            objects=4200, bytes=340 * GIB, views=0, age_days=90),
                StoredGroup(bucket="media", region="us-east-1", prefix="media/", role="rendition",
                            objects=9000, bytes=12 * GIB, views=90_000, age_days=20),
            ),
            delivered=(
                DeliveredGroup(edge_group="US", requests=2_800_000, bytes=430 * GIB, misses=90_000),
                DeliveredGroup(edge_group="EU", requests=1_200_000, bytes=180 * GIB, misses=31_000),
            ),
            lines=(UsageLine(line="cw.get_metric_data", region="global", quantity=D(9000)),
                   UsageLine(line="s3.metadata_tables", region="us-east-1", quantity=D(3))),
            files=tuple(ViewedFile(path=f"/media/{n}/p.jpg", requests=900 // (n + 1), misses=3)
                        for n in range(50)),
            ttl_seconds=86_400,
            weights=tuple(_weights(by) for by in ("bucket", "prefix", "owner", "file")),
            views=Counted(amount=D(4_000_000), source="access logs"),
            users=Counted(amount=D(40), source="accounts"),
        )  # fmt: skip

    def waste(self):
        return Waste(
            rules=(BucketRules(bucket="media", region="us-east-1", rules=()),),
            uploads=(AbandonedUploads(bucket="media", region="us-east-1", count=14,
                                      bytes=38 * GIB, oldest_days=240),),
            versions=(OldVersions(bucket="media", region="us-east-1", objects=900,
                                  bytes=120 * GIB),),
            duplicates=(DuplicateObjects(bucket="media", region="us-east-1", objects=60,
                                         bytes=9 * GIB, groups=31, examples=("<b>x</b>.jpg",)),),
        )  # fmt: skip


def _weights(by):
    names = {"bucket": ("media",), "prefix": ("media/", "avatars/"), "owner": ("ann", "bob"),
             "file": tuple(f"f{n}" for n in range(30))}[by]  # fmt: skip
    return Weights(
        by=by, measure="delivered_bytes", total=D(10 * len(names)), source="access logs",
        weights=tuple(Weight(key=name, amount=D(8)) for name in names),
    )  # fmt: skip
