"""Demo content comes through the real services, once, and goes on after an interruption."""

import dataclasses

import pytest

from core import dashboard
from core.demo import load
from core.demo.people import PEOPLE, actor_of, demo_password
from core.model.media import FileQuery
from core.settings import load_settings
from core.stores.account_records import AccountRecords

pytestmark = pytest.mark.emulator


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A few pictures in a data folder of its own; the missing web server leaves them undelivered."""
    monkeypatch.setattr(load, "PICTURES", 24)
    monkeypatch.setattr(load, "LOGOS", 1)
    monkeypatch.setattr(load, "_PHOTOS", tmp_path / "none")
    monkeypatch.setattr(load, "KITS", ("press-kit",))
    monkeypatch.setattr(load, "press_kit", lambda _: b"PK" + bytes(4000))
    monkeypatch.setattr(load, "plant_faults", lambda *_: None)
    monkeypatch.setattr(load, "furnish", lambda *_: None)
    monkeypatch.setattr(load, "measure", lambda *_: None)
    built = dashboard.build_dashboard(load_settings(data_dir=tmp_path / "data", demo=True))
    yield built
    built.stop()


def test_an_interrupted_load_goes_on_and_a_finished_one_is_not_repeated(small, monkeypatch):
    received = load._receive
    calls = []

    def fails_at_the_fifth(board, actor, item):
        calls.append(item.name)
        if len(calls) == 5:
            raise ConnectionError("the machine went to sleep")
        received(board, actor, item)

    monkeypatch.setattr(load, "_receive", fails_at_the_fifth)
    one_by_one = dataclasses.replace(
        small, settings=small.settings.model_copy(update={"workers": 1})
    )
    with pytest.raises(ConnectionError):
        load.load_demo(one_by_one)
    monkeypatch.setattr(load, "_receive", received)
    load.load_demo(small)
    assert load.load_demo(small) == 0

    ada = AccountRecords(small.store).by_email(PEOPLE[0].email)[0]
    page = small.library.page(actor_of(ada), FileQuery(), limit=100)
    assert page.total == 24 + 1 + 1 + 1
    assert len({file.name for file in page.items}) == page.total
    assert {file.owner_id for file in page.items} <= {
        a.id for a in AccountRecords(small.store).accounts.all()
    }


def test_everybody_signs_in_with_the_password_that_the_console_shows(small):
    load.load_demo(small)
    password = demo_password(small.settings.data_dir)
    for person in PEOPLE:
        assert small.accounts.sign_in(person.email, password).account.role is person.role
    assert (small.settings.data_dir / "demo-password").stat().st_mode & 0o077 == 0
