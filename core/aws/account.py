"""Settings of the account beside CloudFront and S3: account-wide public access block, KMS, WAF."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate
from core.errors import NotFound

if TYPE_CHECKING:
    from core.aws.clients import AwsClients

Shape = dict[str, Any]


class AccountReader:
    """One method per read, in the shapes of the APIs."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    def public_access_block(self, account_id: str) -> Shape | None:
        try:
            with translate("s3"):
                answer = self._clients.s3control.get_public_access_block(AccountId=account_id)
        except NotFound:
            return None
        found: Shape = answer["PublicAccessBlockConfiguration"]
        return found

    def kms_key(self, key_id: str) -> Shape:
        with translate("kms"):
            found = self._clients.kms.describe_key(KeyId=key_id)["KeyMetadata"]
            document = self._clients.kms.get_key_policy(KeyId=key_id, PolicyName="default")
        return {
            "KeyId": found["KeyId"], "Arn": found["Arn"], "KeyState": found.get("KeyState"),
            "KeyManager": found.get("KeyManager"), "Policy": json.loads(document["Policy"]),
        }  # fmt: skip

    def web_acl(self, arn: str) -> Shape:
        """`arn:aws:wafv2:…:global/webacl/{name}/{id}`."""
        name, acl_id = arn.split("/")[-2:]
        with translate("wafv2"):
            answer = self._clients.wafv2.get_web_acl(Name=name, Id=acl_id, Scope="CLOUDFRONT")
        found: Shape = answer["WebACL"]
        return found
