"""Sends alerts as mail through SES and to topics of SNS."""

from __future__ import annotations

from core.aws.clients import AwsClients
from core.aws.ses import Mail
from core.aws.sns import Topics


class AwsNotifier:
    def __init__(self, clients: AwsClients, sender: str) -> None:
        self._clients, self._sender = clients, sender

    def mail(self, to: str, subject: str, text: str) -> None:
        Mail(self._clients.sesv2, self._sender).send(to, subject, text)

    def topic(self, topic_arn: str, subject: str, text: str) -> None:
        region = topic_arn.split(":")[3]
        Topics(self._clients.sns(region)).publish(topic_arn, subject, text)
