"""What goes in and out, field by field: nothing leaves that is not named here."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Email = Annotated[str, Field(max_length=320, examples=["ada@example.com"])]
Password = Annotated[str, Field(max_length=1024, json_schema_extra={"format": "password"})]


class Body(BaseModel):
    """A request; an unknown field is a mistake that should be told."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ProblemOut(Answer):
    """RFC 9457. `detail` says what went wrong here, `hint` what to do about it."""

    type: str = Field(examples=["urn:problem:not-found"])
    title: str
    status: int
    detail: str
    hint: str = ""
    reference: str | None = Field(None, description="Of an unexpected error: its number in the log")
    errors: list[dict[str, str]] | None = Field(None, description="Of a 400: each wrong field")
