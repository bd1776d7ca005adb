"""What depends on the store's promises: counts of two processes, lists and the policy, on DynamoDB."""

import threading

import pytest
from moto import mock_aws

from core.aws.clients import AwsClients
from core.errors import Conflict, InvalidInput, TooManyAttempts
from core.model.sharing import SharePolicy
from core.settings import load_settings
from core.shares.service import SharesService
from core.stores.dynamodb import DynamoRecordStore
from tests.shares.conftest import PASSWORD, House
from tests.stores.conftest import make_table


@pytest.fixture
def house(tmp_path):
    with mock_aws():
        clients = AwsClients("us-east-1", None, "AKIATEST", "secret")
        store = DynamoRecordStore(clients.dynamodb, make_table(clients.dynamodb))
        built = House(tmp_path, clients, store)
        yield built
        built.index.close()


@pytest.fixture
def elsewhere(house):
    """The same service in another process."""
    return SharesService(
        house.store, house.index, house.bucket, house.audit, load_settings(), house.clock, "k" * 40
    )


@pytest.fixture
def one_writer_at_a_time(monkeypatch):
    """moto copies its tables to write a transaction, and stumbles over a second one meanwhile."""
    lock, transact = threading.Lock(), DynamoRecordStore.transact

    def alone(store, operations):
        with lock:
            return transact(store, operations)

    monkeypatch.setattr(DynamoRecordStore, "transact", alone)


@pytest.mark.usefixtures("one_writer_at_a_time")
def test_two_processes_hand_out_no_more_downloads_than_there_are(house, elsewhere):
    house.file("one")
    own = house.link("one", max_downloads=3)
    outcomes = []

    def fetch(service):
        try:
            outcomes.append(service.download(service.enter(house.token(own)), "one")[:4])
        except Conflict:
            outcomes.append("none")

    threads = [
        threading.Thread(target=fetch, args=(service,)) for service in (house.shares, elsewhere) * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("http") == house.current(own).link.downloads == 3


def test_wrong_passwords_and_the_policy_are_known_to_every_process(house, elsewhere):
    house.file("one")
    token = house.token(house.link("one", password=PASSWORD))
    for service in (house.shares, elsewhere, house.shares, elsewhere, house.shares):
        with pytest.raises(InvalidInput):
            service.unlock(token, "wrong", address="1.2.3.4")
    with pytest.raises(TooManyAttempts):
        elsewhere.unlock(token, PASSWORD, address="1.2.3.4")
    house.shares.set_policy(house.root, SharePolicy(longest_days=3))
    house.shares.set_policy(house.root, SharePolicy(longest_days=2))
    assert elsewhere.policy(house.ada).longest_days == 2
    with pytest.raises(InvalidInput, match="2 days"):
        house.link("one")


def test_own_and_all_links_are_listed_newest_first(house):
    house.file("one")
    house.file("two", owner="bob")
    for name, person in (("one", house.ada), ("two", house.bob), ("one", house.ada)):
        house.link(name, by=person)
        house.clock.turn(seconds=1)
    first = house.shares.everybodys(house.root, limit=2)
    rest = house.shares.everybodys(house.root, limit=2, after=first.next)
    owners = [own.link.owner_id for own in (*first.items, *rest.items)]
    assert owners == ["ada", "bob", "ada"]
    assert len(house.shares.mine(house.ada).items) == 2
