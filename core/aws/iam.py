"""What identities may do, as IAM answers it: policies of users, groups and roles, access keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.aws.errors import translate

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

Shape = dict[str, Any]
_KINDS = {
    "UserDetailList": ("user", "UserName", "UserPolicyList"),
    "GroupDetailList": ("group", "GroupName", "GroupPolicyList"),
    "RoleDetailList": ("role", "RoleName", "RolePolicyList"),
}


class IdentityReader:
    """Read-only; one method per read."""

    def __init__(self, client: IAMClient) -> None:
        self._client: Any = client

    def policies(self) -> list[Shape]:
        """Rows of PolicyName, Holder and PolicyDocument; AWS's own policies have no document.

        Left out are policies that nobody has, and roles that AWS services made for themselves.
        """
        found: list[Shape] = []
        with translate("iam"):
            pages = self._client.get_paginator("get_account_authorization_details").paginate(
                Filter=["User", "Group", "Role", "LocalManagedPolicy"]
            )
            for page in pages:
                found += _held(page)
                attached = [p for p in page.get("Policies") or [] if p.get("AttachmentCount") != 0]
                found += [_managed(policy) for policy in attached]
        return found

    def access_keys(self) -> list[Shape]:
        """The keys of every user, without their secrets, which IAM never tells."""
        found: list[Shape] = []
        with translate("iam"):
            for page in self._client.get_paginator("list_users").paginate():
                for user in page["Users"]:
                    answer = self._client.list_access_keys(UserName=user["UserName"])
                    found += [_key(row) for row in answer["AccessKeyMetadata"]]
        return found


def _held(page: Shape) -> list[Shape]:
    found = []
    for listed, (kind, name, inline) in _KINDS.items():
        for holder in page.get(listed) or []:
            who = f"{kind} {holder[name]}"
            if str(holder.get("Path", "")).startswith("/aws-service-role/"):
                continue
            found += [_inline(policy, who) for policy in holder.get(inline) or []]
            attached = holder.get("AttachedManagedPolicies") or []
            found += [{"PolicyName": p["PolicyName"], "Holder": who} for p in attached]
    return found


def _inline(policy: Shape, who: str) -> Shape:
    return {"PolicyName": policy["PolicyName"], "Holder": who,
            "PolicyDocument": policy["PolicyDocument"]}  # fmt: skip


def _managed(policy: Shape) -> Shape:
    versions = policy.get("PolicyVersionList") or []
    current = next((v for v in versions if v.get("IsDefaultVersion")), None)
    name = str(policy.get("PolicyName") or str(policy.get("Arn", "")).rpartition("/")[2])
    shape = {"PolicyName": name, "Holder": f"policy {name}"}
    return shape | ({"PolicyDocument": current["Document"]} if current else {})


def _key(row: Shape) -> Shape:
    made = row.get("CreateDate")
    return {
        "UserName": row["UserName"], "AccessKeyId": row["AccessKeyId"], "Status": row["Status"],
        "CreateDate": made.isoformat() if made else "",
    }  # fmt: skip
