"""Clients are made once, for the region and endpoint that were given."""

from core.aws.clients import AwsClients


def test_clients_are_made_once_and_go_to_the_given_endpoint():
    clients = AwsClients("eu-west-1", "http://127.0.0.1:4566", "AKIATEST", "secret")
    for name in ("s3", "cloudfront", "dynamodb", "cloudformation", "iam", "kms", "sts"):
        client = getattr(clients, name)
        assert client is getattr(clients, name)
        assert client.meta.endpoint_url == "http://127.0.0.1:4566"
        assert client.meta.service_model.service_name == name


def test_s3_is_addressed_by_path_at_an_emulator_only():
    near = AwsClients("eu-west-1", "http://127.0.0.1:4566", "AKIATEST", "secret").s3
    far = AwsClients("eu-west-1", None, "AKIATEST", "secret").s3
    assert near.meta.config.s3 == {"addressing_style": "path"}
    assert far.meta.config.s3 == {"addressing_style": "virtual"}
    assert near.meta.config.signature_version == far.meta.config.signature_version == "s3v4"


def test_a_hurried_copy_waits_less_with_the_same_credentials():
    patient = AwsClients("eu-west-1", None, "AKIATEST", "secret")
    hurried = patient.hurried(8)
    assert hurried.s3.meta.config.read_timeout == 8
    assert patient.s3.meta.config.read_timeout == 60
    assert hurried.s3._request_signer._credentials.access_key == "AKIATEST"
    assert hurried.s3.meta.region_name == "eu-west-1"
