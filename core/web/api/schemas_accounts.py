"""Accounts, people, sessions and audit events as they go in and out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from core.model.identity import Role
from core.web.api.schemas import Answer, Body, Email, Password


class RegisterIn(Body):
    email: Email
    password: Password
    username: Annotated[str, Field(max_length=200)]


class LoginIn(Body):
    email: Email
    password: Password


class AccountOut(Answer):
    id: str
    email: str
    username: str
    role: Role
    full_name: str
    gender: str
    date_of_birth: date | None
    disabled: bool
    invited: bool = Field(description="Has no password yet, only a link to set one")
    created_at: datetime
    last_sign_in_at: datetime | None


class LoginOut(Answer):
    access_token: str
    token_type: Literal["bearer"]
    expires_in: int = Field(description="Seconds")
    account: AccountOut


class ProfileIn(Body):
    """Fields that are not sent stay as they are."""

    username: Annotated[str, Field(max_length=200)] = ""
    full_name: Annotated[str, Field(max_length=500)] = ""
    gender: Annotated[str, Field(max_length=200)] = ""
    date_of_birth: date | None = None


class PasswordIn(Body):
    current: Password
    new: Password


class AccountChangesIn(Body):
    role: Role | None = None
    disabled: bool | None = None


class InvitationIn(Body):
    email: Email
    username: Annotated[str, Field(max_length=200)]
    role: Role = Role.MEMBER


class PasswordLinkOut(Answer):
    """Sets the account's password once. It is shown here and never again."""

    url: str
    expires_at: datetime


class InvitationOut(Answer):
    account: AccountOut
    password_link: PasswordLinkOut


class SessionOut(Answer):
    id: str
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime
    device: str
    address: str
    current: bool = Field(description="This very session")


class SessionsOut(Answer):
    items: list[SessionOut]
    next_cursor: None = None


class AuditEventOut(Answer):
    id: str
    at: datetime
    action: str
    actor_id: str
    subject: str
    address: str
    details: dict[str, str]


class AuditEventsOut(Answer):
    items: list[AuditEventOut]
    next_cursor: str | None
