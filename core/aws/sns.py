"""Amazon SNS: publishes a message to a topic."""

from __future__ import annotations

from typing import Any

from core.aws.errors import translate

_MOST_SUBJECT = 100  # characters, ASCII only


class Topics:
    def __init__(self, client: Any) -> None:
        """`client` is boto3's `sns`."""
        self._sns = client

    def publish(self, topic_arn: str, subject: str, text: str) -> str:
        """The id of the message. Raises our errors."""
        plain = " ".join(subject.encode("ascii", "replace").decode().split())[:_MOST_SUBJECT]
        with translate("sns"):
            answer = self._sns.publish(TopicArn=topic_arn, Subject=plain, Message=text)
        return str(answer["MessageId"])
