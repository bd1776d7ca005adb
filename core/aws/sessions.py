"""boto3 sessions that share what botocore knows of the services: 12 MiB for S3 alone."""

from __future__ import annotations

from functools import cache

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader


def new_session(region: str, access_key: str | None, secret_key: str | None) -> boto3.Session:
    """Without keys boto3's own chain (profile, role, environment) finds the credentials."""
    inner = botocore.session.Session()
    inner.register_component("data_loader", _descriptions(inner.get_config_variable("data_path")))
    return boto3.Session(access_key, secret_key, region_name=region, botocore_session=inner)


@cache
def _descriptions(folders: str | None) -> Loader:
    return create_loader(folders)
