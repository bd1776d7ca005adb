"""Signs addresses of private media with a key of the distribution's key group.

Source: CloudFront Developer Guide, "Create a signed URL using a canned policy" and "Set signed
cookies using a custom policy". Signed addresses are credentials: nothing may log them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from core.errors import Configuration
from core.model.signed_access import COOKIE_PREFIX, encode

LIFE = timedelta(minutes=15)
WINDOW = timedelta(minutes=5)  # within it an address stays the same, so that browsers keep its copy
_REMEMBERED = 20_000


class CdnSigner:
    """`site` is what CloudFront is asked for, as `https://d111.cloudfront.net`; times are UTC."""

    def __init__(
        self, key_id: str, private_pem: str, site: str, clock: Callable[[], datetime]
    ) -> None:
        self.key_id, self._site, self._clock = key_id, site.rstrip("/"), clock
        key = _loaded(private_pem)
        self._sign: Callable[[bytes], bytes] = lambda text: key.sign(
            text,
            padding.PKCS1v15(),
            hashes.SHA1(),  # noqa: S303  # CloudFront's default
        )
        self._signer = CloudFrontSigner(key_id, self._sign)
        self._query = lru_cache(_REMEMBERED)(self._fresh_query)

    def ends(self) -> datetime:
        """When an address that is made now ends: 15 to 20 minutes from now."""
        seconds = WINDOW.total_seconds()
        now = self._clock()
        began = now.timestamp() // seconds * seconds
        return datetime.fromtimestamp(began, now.tzinfo) + WINDOW + LIFE

    def query(self, path: str, until: datetime | None = None) -> str:
        """What to append after `?` to the address of this percent-encoded path."""
        return self._query(path, until or self.ends())

    def _fresh_query(self, path: str, until: datetime) -> str:
        url = self._signer.generate_presigned_url(self._site + path, date_less_than=until)
        return urlsplit(url).query

    def cookies(self, path: str, until: datetime | None = None) -> dict[str, str]:
        """Cookies for all addresses that match `path`, in which `*` is a wildcard."""
        text = self._signer.build_policy(self._site + path, until or self.ends()).encode()
        values = {"Policy": encode(text), "Signature": encode(self._sign(text)),
                  "Key-Pair-Id": self.key_id}  # fmt: skip
        return {COOKIE_PREFIX + name: value for name, value in values.items()}


def new_private_key() -> str:
    """A key as CloudFront takes it: RSA, 2,048 bits, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_half(private_pem: str) -> str:
    """What is told to CloudFront."""
    return (
        _loaded(private_pem)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def _loaded(private_pem: str) -> rsa.RSAPrivateKey:
    """Raises `Configuration`, which never shows the key."""
    try:
        key = serialization.load_pem_private_key(private_pem.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise _no_key("can't be read as PEM") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _no_key("is not an RSA key")
    return key


def _no_key(what: str) -> Configuration:
    return Configuration(
        f"The private key for signed addresses {what}.",
        hint="Keep the PEM of the 2,048-bit RSA key whose public half is in the key group.",
    )
