"""The vendor's own model checks every boto3 call and argument that a `MediaBucket` makes."""

import ast
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from core.aws.errors import PERMISSIONS
from core.aws.s3 import ServedAs

AWS = Path(__file__).parents[2] / "core" / "aws"
FILES = [AWS / name for name in ("s3.py", "s3_multipart.py", "s3_signing.py")]
NODES = [node for file in FILES for node in ast.walk(ast.parse(file.read_text()))]
MODEL = botocore.session.get_session().get_service_model("s3")
OPERATIONS = {xform_name(name): name for name in MODEL.operation_names}
HELPERS = {"get_paginator", "generate_presigned_url", "generate_presigned_post"}


def calls():
    for node in NODES:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "self._s3"
        ):
            yield node.func.attr, [k.arg for k in node.keywords if k.arg]


def paginations():
    for node in NODES:
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".paginate"):
            name = node.func.value.args[0].value
            yield name, [k.arg for k in node.keywords if k.arg]


DIRECT = [call for call in calls() if call[0] not in HELPERS]


def test_the_files_make_calls():
    assert len(DIRECT) > 10
    assert len(list(paginations())) == 4


@pytest.mark.parametrize(("method", "arguments"), [*DIRECT, *paginations()])
def test_the_operation_and_its_arguments_exist(method, arguments):
    shape = MODEL.operation_model(OPERATIONS[method]).input_shape
    assert set(arguments) <= set(shape.members)


@pytest.mark.parametrize("operation", ["PutObject", "CopyObject", "CreateMultipartUpload"])
def test_the_headers_of_a_served_object_are_arguments_of(operation):
    given = ServedAs("image/png", "no-store", "attachment").arguments()
    assert set(given) <= set(MODEL.operation_model(operation).input_shape.members)


def test_the_named_permissions_belong_to_real_operations():
    assert set(PERMISSIONS) <= set(MODEL.operation_names)
