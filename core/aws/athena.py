"""Athena: one SELECT with its values beside it, waited for, its rows and the bytes it scanned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from core.aws.errors import translate
from core.errors import AwsUnavailable, InvalidInput

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


class AthenaPlace(NamedTuple):
    """Where queries run. `output`: an s3:// folder, or '' where the workgroup has its own."""

    database: str
    workgroup: str = "primary"
    output: str = ""


class Answer(NamedTuple):
    rows: tuple[tuple[str | None, ...], ...]
    scanned_bytes: int


class AthenaRunner:
    def __init__(
        self,
        client: Any,
        place: AthenaPlace,
        *,
        seconds: float = 120.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._place, self._seconds, self._sleep = client, place, seconds, sleep

    def run(self, text: str, values: Sequence[str | int]) -> Answer:
        """`text` has a `?` for each value. Raises `InvalidInput` with Athena's own reason."""
        name = self._start(text, values)
        execution = self._finished(name)
        scanned = int(execution.get("Statistics", {}).get("DataScannedInBytes") or 0)
        return Answer(tuple(self._rows(name)), scanned)

    def _start(self, text: str, values: Sequence[str | int]) -> str:
        given: dict[str, Any] = {
            "QueryString": text,
            "QueryExecutionContext": {"Database": self._place.database},
            "WorkGroup": self._place.workgroup,
        }
        if values:
            given["ExecutionParameters"] = [literal(one) for one in values]
        if self._place.output:
            given["ResultConfiguration"] = {"OutputLocation": self._place.output}
        with translate("athena"):
            return str(self._client.start_query_execution(**given)["QueryExecutionId"])

    def _finished(self, name: str) -> dict[str, Any]:
        pause, waited = _FIRST_PAUSE, 0.0
        while waited <= self._seconds:
            with translate("athena"):
                answer = self._client.get_query_execution(QueryExecutionId=name)
            execution: dict[str, Any] = answer["QueryExecution"]
            state = execution["Status"]["State"]
            if state == "SUCCEEDED":
                return execution
            if state in {"FAILED", "CANCELLED"}:
                raise _failed(state, execution["Status"].get("StateChangeReason") or "no reason")
            self._sleep(pause)
            waited += pause
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        with translate("athena"):
            self._client.stop_query_execution(QueryExecutionId=name)  # it costs while it runs
        raise AwsUnavailable(
            f"Athena did not answer within {self._seconds:.0f} seconds.",
            hint="The query was stopped. Ask for fewer days, or try again.",
        )

    def _rows(self, name: str) -> Iterator[tuple[str | None, ...]]:
        """The first row of a SELECT's answer is its header."""
        with translate("athena"):
            pages = self._client.get_paginator("get_query_results").paginate(QueryExecutionId=name)
            first = True
            for page in pages:
                for row in page["ResultSet"]["Rows"]:
                    if not first:
                        yield tuple(cell.get("VarCharValue") for cell in row["Data"])
                    first = False


def _failed(state: str, reason: str) -> InvalidInput:
    return InvalidInput(
        f"Athena's query ended as {state}: {reason}.",
        hint="Compare the table with deploy/athena/, and check the workgroup's rights.",
    )


def literal(value: str | int) -> str:
    """Execution parameters are SQL literals, in which only the quote means something."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
