"""Deploys deploy/template.yaml into the emulator, the same file that AWS gets."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import ClientError

from core.emulator.clients import EmulatorClients
from core.emulator.key_group import ensure_key_group
from core.errors import Configuration

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

TEMPLATE = Path(__file__).resolve().parents[2] / "deploy" / "template.yaml"
STACK_NAME = "media-dashboard"

_DEPLOY_SECONDS = 60.0


@dataclass(frozen=True)
class StackOutputs:
    """The names that AWS chose; the template's `Outputs`."""

    media_bucket: str
    distribution_id: str
    distribution_domain: str
    records_table: str
    app_policy: str
    doctor_policy: str
    repair_policy: str = ""  # where repairs are allowed
    log_bucket: str = ""
    cdn_key_id: str = ""  # of the public key with which private media is verified


def parameters(origins: tuple[str, ...], *, repairs: bool = False) -> dict[str, str]:
    """What differs from a deployment to AWS: the emulator has no HTTPS endpoint."""
    return {
        "SiteOrigins": ",".join(origins),
        "DenyInsecureTransport": "false",
        "AllowRepairs": "true" if repairs else "false",
    }


def fingerprint(template: str, chosen: Mapping[str, str]) -> str:
    """Changes whenever the stack has to be deployed again."""
    return hashlib.sha256(repr((template, sorted(chosen.items()))).encode()).hexdigest()


def deploy(
    clients: EmulatorClients, template: str, chosen: Mapping[str, str], public_key: str
) -> StackOutputs:
    """Create or update the stack and wait for it. Raises `Configuration` if it fails.

    ministack's CloudFormation knows no key groups: this one is made by API and named.
    """
    try:
        trusted = ensure_key_group(clients.cloudfront, public_key)
    except ClientError as error:
        raise _failed(str(error)) from error
    chosen = {**chosen, "CdnKeyGroupId": trusted.group_id}
    listed: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in chosen.items()
    ]
    try:
        _create_or_update(clients, template, listed)
        outputs = replace(_outputs(_finished(clients)), cdn_key_id=trusted.key_id)
        _complete(clients, template, outputs)
    except ClientError as error:
        raise _failed(str(error)) from error
    return outputs


def _create_or_update(
    clients: EmulatorClients, template: str, listed: list[ParameterTypeDef]
) -> None:
    stack = _stack(clients)
    if stack is not None and stack["StackStatus"] == "ROLLBACK_COMPLETE":
        # The rest of a first deployment that failed; CloudFormation only lets it be deleted.
        clients.cloudformation.delete_stack(StackName=STACK_NAME)
        clients.cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK_NAME)
        stack = None
    if stack is not None:
        _update(clients, template, listed)
        return
    clients.cloudformation.create_stack(
        StackName=STACK_NAME,
        TemplateBody=template,
        Parameters=listed,
        Capabilities=["CAPABILITY_IAM"],
    )


def is_live(clients: EmulatorClients, outputs: StackOutputs) -> bool:
    """Whether the app's key is known and finds the bucket, the distribution and the table."""
    try:
        clients.s3.head_bucket(Bucket=outputs.media_bucket)
        clients.s3.get_bucket_policy(Bucket=outputs.media_bucket)
        clients.cloudfront.get_distribution(Id=outputs.distribution_id)
        clients.dynamodb.describe_table(TableName=outputs.records_table)
    except ClientError:
        return False
    return True


def _update(clients: EmulatorClients, template: str, listed: list[ParameterTypeDef]) -> None:
    try:
        clients.cloudformation.update_stack(
            StackName=STACK_NAME,
            TemplateBody=template,
            Parameters=listed,
            Capabilities=["CAPABILITY_IAM"],
        )
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise


def _stack(clients: EmulatorClients) -> Any:
    try:
        return clients.cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError:  # CloudFormation's word for "there is none" is a ValidationError
        return None


def _finished(clients: EmulatorClients) -> Any:
    deadline = time.monotonic() + _DEPLOY_SECONDS
    while (stack := _stack(clients)) is not None and time.monotonic() < deadline:
        status = stack["StackStatus"]
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return stack
        if not status.endswith("_IN_PROGRESS"):
            break
        time.sleep(0.02)
    raise _failed(_reason(clients))


def _failed(reason: str) -> Configuration:
    return Configuration(
        f"deploy/template.yaml can't be deployed into the embedded cloud: {reason}",
        hint="Correct the template, or move the folder `emulator` of the data folder away.",
    )


def _reason(clients: EmulatorClients) -> str:
    events = clients.cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
    reasons = [e.get("ResourceStatusReason", "") for e in events if "FAILED" in e["ResourceStatus"]]
    return next(iter(reasons), "no reason given")


def _outputs(stack: Any) -> StackOutputs:
    values = {item["OutputKey"]: item["OutputValue"] for item in stack["Outputs"]}
    return StackOutputs(
        media_bucket=values["MediaBucketName"],
        distribution_id=values["DistributionId"],
        distribution_domain=values["DistributionDomain"],
        records_table=values["RecordsTableName"],
        app_policy=values["AppPolicyArn"],
        doctor_policy=values["DoctorPolicyArn"],
        repair_policy=values.get("RepairPolicyArn", ""),
        log_bucket=values["LogBucketName"],
    )


def _complete(clients: EmulatorClients, template: str, outputs: StackOutputs) -> None:
    """Set by API what ministack's CloudFormation accepts and then leaves out."""
    resources = yaml.load(template, Loader=_TemplateLoader)["Resources"]  # noqa: S506  # a SafeLoader
    lifecycle = resources["MediaBucket"]["Properties"]["LifecycleConfiguration"]
    clients.s3.put_bucket_lifecycle_configuration(
        Bucket=outputs.media_bucket,
        LifecycleConfiguration={"Rules": [_lifecycle_rule(r) for r in lifecycle["Rules"]]},
    )
    table = resources["RecordsTable"]["Properties"]
    recovery = table["PointInTimeRecoverySpecification"]
    clients.dynamodb.update_continuous_backups(
        TableName=outputs.records_table, PointInTimeRecoverySpecification=recovery
    )
    clients.dynamodb.update_table(
        TableName=outputs.records_table,
        SSESpecification={"Enabled": table["SSESpecification"]["SSEEnabled"]},
    )


def _lifecycle_rule(rule: Mapping[str, Any]) -> Any:
    """CloudFormation's spelling of a rule in the spelling of the S3 API."""
    expiration: dict[str, Any] = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = rule["ExpirationInDays"]
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = rule["ExpiredObjectDeleteMarker"]
    translated = {
        "ID": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix", "")},
        "Expiration": expiration,
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration"),
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
    }
    return {name: value for name, value in translated.items() if value}


class _TemplateLoader(yaml.SafeLoader):
    """Reads the template with its `!Ref`-like tags left as plain values."""


def _plain(loader: yaml.SafeLoader, _: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]


_TemplateLoader.add_multi_constructor("!", _plain)
