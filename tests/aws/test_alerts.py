"""Mails and messages go out through SES and SNS; refusals are our errors."""

import pytest
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends
from moto.sns.models import sns_backends

from core.aws.clients import AwsClients
from core.aws.ses import Mail
from core.aws.sns import Topics
from core.errors import Configuration, DashboardError

REGION = "us-east-1"


@pytest.fixture
def clients():
    with mock_aws():
        yield AwsClients(REGION, None, "AKIATEST", "secret")


def test_a_message_reaches_its_topic_with_a_subject_that_sns_takes(clients):
    client = clients.sns(REGION)
    topic = client.create_topic(Name="costs")["TopicArn"]
    assert Topics(client).publish(topic, "Budget\n\u2014 " + "x" * 200, "Too much")
    _, text, subject, *_ = (
        sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics[topic].sent_notifications[0]
    )
    assert text == "Too much"
    assert len(subject) == 100
    assert subject.startswith("Budget ? x")
    with pytest.raises(DashboardError):
        Topics(client).publish(topic + "gone", "a", "b")


def test_a_mail_has_its_sender_and_text(clients):
    clients.sesv2.create_email_identity(EmailIdentity="costs@x.org")
    assert Mail(clients.sesv2, "costs@x.org").send(
        "ann@x.org", "Budget\r\nBcc: all@x.org", "Too much"
    )
    (sent,) = ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages
    assert (sent.source, sent.subject, sent.body) == (
        "costs@x.org",
        "Budget Bcc: all@x.org",
        "Too much",
    )
    with pytest.raises(DashboardError):
        Mail(clients.sesv2, "unknown@x.org").send("ann@x.org", "a", "b")
    with pytest.raises(Configuration, match="no sender"):
        Mail(clients.sesv2, "").send("ann@x.org", "a", "b")
