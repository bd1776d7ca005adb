"""KMS keys: their policy and whether they are enabled."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from core.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

Shape = dict[str, Any]


class KeyWriter:
    def __init__(self, client: KMSClient) -> None:
        self._client: Any = client

    @translate("kms")
    def policy(self, key_id: str) -> Shape:
        found: Shape = json.loads(
            self._client.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"]
        )
        return found

    @translate("kms")
    def put_policy(self, key_id: str, policy: Shape) -> None:
        """AWS itself refuses a policy that would lock out whoever writes it."""
        self._client.put_key_policy(KeyId=key_id, PolicyName="default", Policy=json.dumps(policy))

    @translate("kms")
    def state(self, key_id: str) -> str:
        return str(self._client.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"])

    @translate("kms")
    def set_enabled(self, key_id: str, enabled: bool) -> None:
        """A key that waits for its deletion is saved from it first."""
        if not enabled:
            self._client.disable_key(KeyId=key_id)
            return
        if self.state(key_id) == "PendingDeletion":
            self._client.cancel_key_deletion(KeyId=key_id)
        self._client.enable_key(KeyId=key_id)
