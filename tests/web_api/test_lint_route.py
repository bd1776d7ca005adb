"""The linter by REST: a text or a configuration in, findings out."""

import pytest

POLICY = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'


def test_a_text_is_checked_under_the_name_that_was_sent(bearer):
    body = {"text": "Policy: AmazonS3FullAccess", "name": "design.md"}
    report = bearer("support").post("/api/lint", json=body).json()
    assert report["inputs"] == ["design.md"]
    (found,) = report["findings"]
    assert (found["rule"], found["severity"]) == ("X5", "error")
    assert found["evidence"][0]["where"] == "design.md:1"


def test_a_policy_as_text_and_a_part_of_a_case_are_checked_as_configuration(bearer):
    client = bearer("support")
    assert client.post("/api/lint", json={"text": POLICY}).json()["findings"][0]["rule"] == "X5"
    held = {"iam_policies": [{"PolicyName": "AdministratorAccess", "Holder": "user app"}]}
    assert client.post("/api/lint", json={"snapshot": held}).json()["findings"][0]["rule"] == "X5"


@pytest.mark.parametrize(
    "body", [{}, {"text": "a", "snapshot": {}}, {"text": 7}, {"snapshot": {"buckets": 7}}]
)
def test_what_is_neither_text_nor_configuration_is_a_400(bearer, body):
    answer = bearer("support").post("/api/lint", json=body)
    assert answer.status_code == 400
    assert answer.json()["hint"]
