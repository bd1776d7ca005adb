"""AWS Secrets Manager: values that are kept nowhere else and never shown."""

from __future__ import annotations

from typing import Any

from core.aws.errors import translate
from core.errors import Configuration


@translate("secretsmanager")
def read_secret(client: Any, id: str) -> str:
    """The current text of a secret, by name or ARN. Raises `NotFound`, `AwsDenied`."""
    answer = client.get_secret_value(SecretId=id)
    text = answer.get("SecretString")
    if not text:
        raise Configuration(
            f"The secret {id} holds no text.", hint="Store the value as a string, not as bytes."
        )
    return str(text)
