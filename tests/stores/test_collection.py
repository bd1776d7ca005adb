import pytest

from core.errors import Conflict, NotFound
from core.model.base import Noun
from core.stores.collection import Collection


class Boat(Noun):
    id: str
    harbour: str
    length: int = 0


@pytest.fixture
def boats(open_sqlite):
    return Collection(
        open_sqlite(),
        "boat",
        Boat,
        key=lambda boat: boat.id,
        parent=lambda boat: boat.harbour,
        sort=lambda boat: f"{boat.length:05}",
    )


def test_a_noun_comes_back_as_it_went(boats):
    boat = Boat(id="a", harbour="Aarhus", length=7)
    assert boats.add(boat) == boat
    assert boats.get("a") == boat
    assert boats.find("a").value == boat
    assert boats.find("b") is None


def test_a_missing_noun_is_not_found(boats):
    with pytest.raises(NotFound):
        boats.get("a")
    with pytest.raises(NotFound):
        boats.update("a", lambda boat: boat)


def test_adding_twice_conflicts(boats):
    boats.add(Boat(id="a", harbour="x"))
    with pytest.raises(Conflict):
        boats.add(Boat(id="a", harbour="y"))


def test_saving_on_an_old_version_conflicts(boats):
    boats.add(Boat(id="a", harbour="x"))
    version = boats.find("a").version
    boats.save(Boat(id="a", harbour="y"), version)
    with pytest.raises(Conflict):
        boats.save(Boat(id="a", harbour="z"), version)
    assert boats.get("a").harbour == "y"


def longer(boat):
    return boat.model_copy(update={"length": boat.length + 1})


def test_an_update_is_repeated_where_somebody_was_faster(boats):
    boats.add(Boat(id="a", harbour="x"))
    calls = []

    def slow(boat):
        calls.append(boat.length)
        if len(calls) < 3:
            boats.update("a", longer)
        return boat.model_copy(update={"harbour": "y"})

    assert boats.update("a", slow) == Boat(id="a", harbour="y", length=2)
    assert calls == [0, 1, 2]


def test_an_update_gives_up_where_somebody_is_always_faster(boats):
    boats.add(Boat(id="a", harbour="x"))

    def always_late(boat):
        boats.update("a", longer)
        return boat

    with pytest.raises(Conflict, match="many at once"):
        boats.update("a", always_late)


def test_a_conflict_that_the_change_itself_finds_comes_through_at_once(boats):
    boats.add(Boat(id="a", harbour="x"))
    calls = []

    def refuse(boat):
        calls.append(boat)
        raise Conflict("The boat is at sea.", hint="Wait.")

    with pytest.raises(Conflict, match="at sea"):
        boats.update("a", refuse)
    assert len(calls) == 1


def test_an_update_of_what_was_removed_meanwhile_is_not_found(boats):
    boats.add(Boat(id="a", harbour="x"))

    def sink(boat):
        boats.remove("a")
        return boat

    with pytest.raises(NotFound):
        boats.update("a", sink)


def test_pages_and_all_follow_parent_and_sort(boats):
    boats.store.transact(
        [boats.put(Boat(id=f"{n}", harbour="x", length=100 - n)) for n in range(5)]
    )
    boats.add(Boat(id="other", harbour="y"))
    page = boats.page("x", limit=2)
    assert [boat.id for boat in page.items] == ["4", "3"]
    assert [boat.id for boat in boats.page("x", after=page.next).items] == ["2", "1", "0"]
    assert [boat.id for boat in boats.page("x", descending=True, limit=1).items] == ["0"]
    assert [boat.id for boat in boats.all("x")] == ["4", "3", "2", "1", "0"]


def test_all_goes_through_every_page(boats):
    for first in range(0, 1100, 100):
        numbers = range(first, first + 100)
        boats.store.transact([boats.put(Boat(id=f"{n:04}", harbour="x")) for n in numbers])
    assert [boat.id for boat in boats.all("x")] == [f"{n:04}" for n in range(1100)]


def test_a_drop_works_inside_a_transaction(boats):
    boats.add(Boat(id="a", harbour="x"))
    version = boats.find("a").version
    with pytest.raises(Conflict):
        boats.store.transact([boats.drop("a", version + 1)])
    boats.store.transact([boats.drop("a", version), boats.put(Boat(id="b", harbour="x"))])
    assert [boat.id for boat in boats.all("x")] == ["b"]
