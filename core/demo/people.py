"""Who works at the demo company. One password for all, made once per data folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from core.accounts.service import AccountsService
from core.model.identity import Account, Actor, Role
from core.stores.account_records import AccountRecords
from core.stores.records import RecordStore


class Person(NamedTuple):
    username: str
    role: Role
    share: int  # how many of a hundred files are theirs

    @property
    def email(self) -> str:
        return f"{self.username.split()[0].lower()}@demo.example"


PEOPLE = (
    Person("Ada Moreno", Role.ADMIN, 20),
    Person("Sven Okafor", Role.SUPPORT, 5),
    Person("Mia Lindqvist", Role.MEMBER, 30),
    Person("Tomas Rivera", Role.MEMBER, 25),
    Person("Yuki Tanaka", Role.MEMBER, 20),
)


def demo_password(data_dir: Path) -> str:
    """Readable by this machine's user only; the console shows it at each start."""
    path = data_dir / "demo-password"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(f"demo-{secrets.token_urlsafe(9)}")
    return path.read_text()


def hire(accounts: AccountsService, store: RecordStore, password: str) -> dict[str, Actor]:
    """Create whoever is missing; return an actor for each email."""
    known = AccountRecords(store)

    def account(person: Person, create: Callable[[], Account]) -> Account:
        found = known.by_email(person.email)
        return found[0] if found else create()

    first, *others = PEOPLE
    boss = actor_of(account(first, lambda: accounts.create_admin(first.email, password)))
    actors = {first.email: boss}
    for person in others:
        made = account(person, partial(accounts.register, person.email, password, person.username))
        if made.role is not person.role:
            made = accounts.change_role(boss, made.id, person.role)
        actors[person.email] = actor_of(made)
    return actors


def actor_of(account: Account) -> Actor:
    return Actor(
        account_id=account.id, role=account.role, email=account.email, username=account.username
    )
