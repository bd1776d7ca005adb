"""Amazon SES: sends a plain text mail."""

from __future__ import annotations

from typing import Any

from core.aws.errors import translate
from core.errors import Configuration


class Mail:
    def __init__(self, client: Any, sender: str) -> None:
        """`client` is boto3's `sesv2`; `sender` an address that SES has verified, or ''."""
        self._ses, self._sender = client, sender

    def send(self, to: str, subject: str, text: str) -> str:
        """The id of the mail. Raises our errors."""
        if not self._sender:
            raise Configuration(
                "No mail can be sent: there is no sender.",
                hint="Set DASHBOARD_ALERT_MAIL_FROM to an address that Amazon SES has verified.",
            )
        with translate("ses"):
            answer = self._ses.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": " ".join(subject.split()), "Charset": "UTF-8"},
                        "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                    }
                },
            )
        return str(answer["MessageId"])
