"""Tokens, tries, robots, zips and limits, each for itself."""

import io
import tracemalloc
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, InvalidInput, TooLarge, UnsupportedType
from core.model.media import FileKind, FileState, Grant, MediaFile, Right
from core.model.sharing import DropLimits, DroppedFile, DropState, SharePolicy
from core.shares import drops, people, tokens
from core.shares.records import DropRequest
from core.shares.robots import is_robot
from core.shares.tries import counters, network
from core.zipping import Entry, unique, zipped

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ID = "0123456789abcdef01234567"

# Tokens


def test_a_token_names_its_link_and_is_another_for_each_link_and_key():
    token = tokens.token("key", ID)
    assert tokens.link_of(token) == ID
    assert len(token.partition(".")[2]) == 43  # 256 bits
    others = {tokens.token("key", ID[::-1]), tokens.token("other", ID)}
    assert token not in others
    assert tokens.fits(token, tokens.token_hash(token))
    assert not any(tokens.fits(other, tokens.token_hash(token)) for other in others)


@pytest.mark.parametrize("token", ["", ID, f"{ID}.short", f"../{ID}.{'x' * 43}", "\u0660" * 68])
def test_what_can_not_be_a_token_is_never_looked_up(token):
    assert tokens.link_of(token) is None


def test_a_proof_counts_for_one_link_one_password_and_until_its_end():
    proof = tokens.proof("key", ID, "hash", NOW + timedelta(hours=1))
    late = NOW + timedelta(hours=1)
    assert tokens.proves(proof, "key", ID, "hash", NOW)
    assert not tokens.proves(proof, "key", ID, "hash", late)
    assert not tokens.proves(proof, "key", ID[::-1], "hash", NOW)
    assert not tokens.proves(proof, "key", ID, "new hash", NOW)
    assert not tokens.proves(proof, "other", ID, "hash", NOW)
    longer = f"{int(late.timestamp()) + 9999}.{proof.partition('.')[2]}"
    assert not tokens.proves(longer, "key", ID, "hash", NOW)
    assert not tokens.proves("nonsense", "key", ID, "hash", NOW)


# Tries and robots

NETWORKS = [
    ("203.0.113.7", "203.0.113.7"),
    ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
    ("::ffff:203.0.113.7", "203.0.113.7"),
    ("testclient", "testclient"),
    ("", ""),
]


@pytest.mark.parametrize(("address", "counted_as"), NETWORKS)
def test_one_household_is_one_visitor(address, counted_as):
    assert network(address) == counted_as


def test_tries_are_counted_by_link_and_visitor_and_by_link_alone():
    first, second = counters("a", "203.0.113.7"), counters("b", "203.0.113.7")
    assert len({name for name, _ in (*first, *second)}) == 4
    assert first == counters("a", "203.0.113.7")
    assert [limit.tries for _, limit in first] == [5, 100]


AGENTS = [
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142 Safari/537.36", False),
    ("curl/8.5", False),
    ("Mozilla/5.0 (Robotron; Windows)", False),
    ("Twitterbot/1.0", True),
    ("Mozilla/5.0 (compatible; Googlebot/2.1)", True),
    ("facebookexternalhit/1.1", True),
    ("TelegramBot (like TwitterBot)", True),
    ("Mozilla/5.0 (Linux; Android 10; CUBOT X30) Chrome/142 Mobile Safari/537.36", False),
    ("Mozilla/5.0 (iPhone) Mobile/15E148 [Pinterest/iOS]", False),
    ("WhatsApp/2.23.20.0", True),
    ("Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", True),
]


@pytest.mark.parametrize(("agent", "robot"), AGENTS)
def test_robots_are_told_from_people(agent, robot):
    assert is_robot("GET", {"user-agent": agent}) is robot


# Zips


def entry(name, *chunks, at=NOW):
    return Entry(name, at, sum(map(len, chunks)), chunks)


def test_a_zip_can_be_read_by_others_and_keeps_names_of_any_script():
    made = b"".join(
        zipped([entry("\u5c71.jpg", b"one", b"two"), entry("old", b"", at=NOW.replace(year=1970))])
    )
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["\u5c71.jpg", "old"]
        assert archive.read("\u5c71.jpg") == b"onetwo"


def test_a_zip_of_any_size_needs_little_memory():
    chunk = bytes(1024 * 1024)
    tracemalloc.start()
    size = sum(len(part) for part in zipped([Entry("a", NOW, 0, (chunk for _ in range(200)))]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 200 * len(chunk)
    assert peak < 8 * len(chunk)


def test_names_in_a_zip_are_no_paths_and_each_is_its_own():
    taken = set()
    given = ("a.jpg", "A.jpg", "a.jpg", "../../etc/passwd", "c:\\x", "..", " ")
    names = [unique(name, taken) for name in given]
    assert names == [
        "a.jpg", "A (2).jpg", "a (3).jpg", ".._.._etc_passwd", "c:_x", "file", "file (2)",
    ]  # fmt: skip


# Drop boxes

LIMITS = DropLimits(max_files=3, max_file_bytes=100, max_total_bytes=250)


def dropped(id, size, state=DropState.RECEIVED, *, until=NOW + timedelta(hours=1)):
    return DroppedFile(
        id=id, share_id="s", name="x", size=size, state=state, at=NOW, reserved_until=until
    )


def wanted(size=10, type="image/png"):
    return DropRequest("a.png", size, type, "")


def test_what_is_under_way_takes_room_until_it_is_given_up():
    under_way = dropped("b", 50, DropState.OPEN)
    given_up = dropped("c", 50, DropState.OPEN, until=NOW)
    refused = dropped("d", 50, DropState.REFUSED)
    room = drops.room(LIMITS, [dropped("a", 100), under_way, given_up, refused], NOW)
    assert room == (1, 100)
    assert drops.room(LIMITS, [dropped(str(n), 100) for n in range(4)], NOW) == (0, 0)


def test_a_box_closes_for_who_goes_on_sending_what_is_refused():
    refused = [dropped(str(n), 10, DropState.REFUSED) for n in range(49)]
    assert drops.room(LIMITS, refused, NOW).files == 1
    assert drops.room(LIMITS, [*refused, dropped("x", 10, DropState.REFUSED)], NOW).files == 0


def test_a_file_that_fits_is_taken_and_others_are_told_why():
    room = drops.Room(1, 50)
    drops.check(wanted(50), LIMITS, room)
    for size, kind in ((0, InvalidInput), (101, TooLarge), (60, TooLarge)):
        with pytest.raises(kind):
            drops.check(wanted(size), LIMITS, room)
    with pytest.raises(Conflict, match="full"):
        drops.check(wanted(), LIMITS, drops.Room(0, 50))


def test_kinds_are_checked_as_declared_and_left_open_where_nothing_is():
    pictures = LIMITS.model_copy(update={"kinds": (FileKind.IMAGE,)})
    room = drops.Room(1, 200)
    for said in ("image/png", "IMAGE/JPEG; x=y", "", "application/octet-stream"):
        drops.check(wanted(type=said), pictures, room)
    for said in ("video/mp4", "application/pdf", "application/zip", "text/html"):
        with pytest.raises(UnsupportedType, match="only pictures"):
            drops.check(wanted(type=said), pictures, room)


def test_a_stricter_policy_also_cuts_boxes_made_before():
    cut = drops.within(LIMITS, SharePolicy(largest_drop_bytes=80))
    assert (cut.max_total_bytes, cut.max_file_bytes) == (80, 80)
    assert drops.within(LIMITS, SharePolicy()) == LIMITS


def test_a_senders_name_is_one_short_line():
    assert drops.sender("  Zo\u00eb\n\u202eevil  ") == "Zo\u00eb evil"
    assert len(drops.sender("x" * 500)) == 40


# People

FILE = MediaFile(
    id="f", owner_id="ada", name="a.jpg", size=1, content_type="image/jpeg", kind=FileKind.IMAGE,
    state=FileState.DELIVERED, uploaded_at=NOW, bucket="media", key="media/f/a.jpg",
    grants=(Grant(account_id="bob", right=Right.VIEW),),
)  # fmt: skip


def test_a_person_has_one_right_and_the_owner_needs_none():
    shared = people.with_grants(FILE, ["bob", "cat", "ada"], Right.EDIT)
    assert [(g.account_id, g.right) for g in shared.grants] == [
        ("bob", Right.EDIT), ("cat", Right.EDIT),
    ]  # fmt: skip
    assert people.without_grants(shared, ["bob", "nobody"]).grants == shared.grants[1:]


def test_a_file_is_shared_with_a_hundred_people_at_most():
    full = people.with_grants(FILE, map(str, range(99)), Right.VIEW)
    assert len(full.grants) == 100
    with pytest.raises(InvalidInput, match="101"):
        people.with_grants(full, ["one more"], Right.VIEW)


def test_addresses_outside_the_allowed_domains_are_named():
    policy = SharePolicy(domains=("example.com",))
    assert people.checked_emails(["a@example.com", "a@example.com"], policy) == ("a@example.com",)
    for outside in ("a@sub.example.com", "a@example.com.evil.example"):
        with pytest.raises(InvalidInput, match="may not"):
            people.checked_emails([outside], policy)
    with pytest.raises(InvalidInput):
        people.checked_emails([], SharePolicy())
    with pytest.raises(InvalidInput, match="51"):
        people.checked_emails([f"{n}@example.com" for n in range(51)], SharePolicy())
