"""The one assembly, reachable for pages, routes and commands."""

from core.dashboard.assembly import Dashboard, build_dashboard, current, install
from core.dashboard.clock import utc_now
from core.dashboard.cloud import CDN_ROUTE, S3_ROUTE, CloudParts, open_cloud
from core.dashboard.stores import open_stores, opened_accounts, secret_key
from core.dashboard.support import stated_prices

__all__ = [
    "CDN_ROUTE",
    "S3_ROUTE",
    "CloudParts",
    "Dashboard",
    "build_dashboard",
    "current",
    "install",
    "open_cloud",
    "open_stores",
    "opened_accounts",
    "secret_key",
    "stated_prices",
    "utc_now",
]
