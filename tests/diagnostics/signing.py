"""Signed URLs made with fresh keys, as CloudFront's documentation describes them."""

import base64
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from worlds import HOST, behavior, case, distribution

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CURVE = ec.generate_private_key(ec.SECP256R1())
OBJECT = f"https://{HOST}/avatars/u1.jpg"
LATER, EARLIER = 1795179600, 1763000000


def pem(key):
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def safe(raw):
    text = base64.b64encode(raw).decode()
    return text.replace("+", "-").replace("=", "_").replace("/", "~")


def sign(text, key=KEY, digest=None):
    if key is CURVE:
        return safe(key.sign(text, ec.ECDSA(hashes.SHA1())))
    return safe(key.sign(text, padding.PKCS1v15(), digest or hashes.SHA1()))


def canned(resource, expires):
    return (f'{{"Statement":[{{"Resource":"{resource}","Condition":'
            f'{{"DateLessThan":{{"AWS:EpochTime":{expires}}}}}}}]}}').encode()  # fmt: skip


def custom(resource, expires, **condition):
    limits = {"DateLessThan": {"AWS:EpochTime": expires}, **condition}
    return json.dumps({"Statement": [{"Resource": resource, "Condition": limits}]}).encode()


TRUSTED = {"Enabled": True, "Quantity": 1, "Items": ["kg-1"]}


def signed_case(url, *, key=KEY, groups=True, known="K1", **parts):
    """A distribution that wants signatures by the key K1."""
    return case(
        url=url,
        **{
            "distributions": [distribution(default=behavior(TrustedKeyGroups=TRUSTED))],
            "public_keys": [{"Id": "K1", "EncodedKey": pem(key)}],
            "key_groups": [{"Id": "kg-1", "Items": [known]}] if groups else [],
            **parts,
        },
    )


def with_policy(text, key=KEY):
    return f"{OBJECT}?Policy={safe(text)}&Signature={sign(text, key)}&Key-Pair-Id=K1"
