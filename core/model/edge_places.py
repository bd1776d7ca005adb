"""Which price group of CloudFront an edge location belongs to, from the airport in its name.

`FRA56-P4` is Frankfurt. An airport that is not in the table is unknown, and has no price.
"""

from __future__ import annotations

import re

_AIRPORTS = {
    "US": (
        "ATL BNA BOS CLE CLT CMH DEN DFW DTW EWR HIO HOU IAD IAH IND JAX JFK LAS LAX MCI MCO "
        "MEM MIA MSP MSY ORD OMA PDX PHL PHX PIT RDU RIC SAN SAT SEA SFO SJC SLC STL TPA YUL "
        "YTO YVR YYC YYZ QRO MEX "
        "EMB"  # no airport: the embedded cloud's own edge, which is in us-east-1
    ),
    "EU": (
        "AMS ARN ATH BCN BER BRU BUD CDG CPH DUB DUS FCO FRA GVA HAM HEL LHR LIS MAD MAN MRS "
        "MUC MXP OSL OTP PMO PRG SOF TLV VIE WAW ZAG ZRH IST"
    ),
    "ZA_ME": "AUH BAH CAI CPT DOH DXB FJR JED JNB KWI LOS MCT NBO RUH",
    "SA": "ASU BOG EZE FOR GIG GRU LIM POA REC SCL",
    "JP": "HND KIX NGO NRT",
    "AU": "AKL BNE MEL PER SYD",
    "AP": "BKK CAN CGK DMK HAN HKG ICN KUL MNL SGN SIN TPE",
    "IN": "BLR BOM CCU DEL HYD MAA PNQ",
}
_GROUPS = {airport: group for group, names in _AIRPORTS.items() for airport in names.split()}
_LOCATION = re.compile(r"([A-Z]{3})\d")


def edge_group(location: str) -> str:
    """'' where the place is not known."""
    match = _LOCATION.match(location)
    return _GROUPS.get(match[1], "") if match else ""
