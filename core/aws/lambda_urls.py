"""The function URLs of an account and who may call them."""

from __future__ import annotations

from typing import Any

from core.aws.errors import translate

Shape = dict[str, Any]


class FunctionUrlReader:
    def __init__(self, client: Any) -> None:
        self._client = client

    def urls(self) -> list[Shape]:
        """Rows of FunctionName, FunctionUrl and AuthType, of the client's region."""
        found: list[Shape] = []
        with translate("lambda"):
            for page in self._client.get_paginator("list_functions").paginate():
                for function in page["Functions"]:
                    found += self._of(str(function["FunctionName"]))
        return found

    def _of(self, name: str) -> list[Shape]:
        answer = self._client.list_function_url_configs(FunctionName=name)
        return [
            {"FunctionName": name, "FunctionUrl": one["FunctionUrl"], "AuthType": one["AuthType"]}
            for one in answer["FunctionUrlConfigs"]
        ]
